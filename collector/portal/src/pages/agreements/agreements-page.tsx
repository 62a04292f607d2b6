import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { api } from '../../api.ts'
import { useAgreements } from '../../queries.ts'
import { withParameter } from '../../search-params.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ReloadFiles } from '../../widgets/reload-files.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { Calendars, Findings, Policies } from './agreement-parts.tsx'
import { Contracts } from './contract-list.tsx'
import { Notices } from './notice-list.tsx'
import { People } from './people-list.tsx'

const TABS = ['policies', 'contracts', 'people', 'calendars', 'notices'] as const
/** Where what is to be put right stands above the rest. */
const WITH_FINDINGS: readonly (typeof TABS)[number][] = ['policies', 'contracts', 'people', 'calendars']

/** Service levels in force, contracts, who is told, the calendars they count in, and messages to people. */
export default function AgreementsPage() {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const agreements = useAgreements()
  const [parameters, setParameters] = useSearchParams()
  const tab = TABS.find(each => each === parameters.get('tab')) ?? 'policies'
  const choose = (value: string | null) =>
    setParameters(withParameter('tab', value === 'policies' || !value ? '' : value), { replace: true })
  return (
    <Page
      title={t('agreements.title')}
      intro={t('agreements.intro')}
      actions={
        mayAdminister ? (
          <ReloadFiles
            queryKey={['agreements']}
            reload={api.reloadAgreements}
            label={t('agreements.reload')}
            done={t('agreements.reloaded')}
          />
        ) : null
      }
    >
      <Tabs value={tab} onChange={choose}>
        <Tabs.List className="tw-tabs">
          {TABS.map(each => (
            <Tabs.Tab key={each} value={each}>
              {t(`agreements.tabs.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {agreements.error ? <ErrorNotice thrown={agreements.error} onRetry={() => void agreements.refetch()} /> : null}
      {agreements.isPending ? <ListSkeleton rows={3} height={140} /> : null}
      {agreements.data && WITH_FINDINGS.includes(tab) ? <Findings agreements={agreements.data} /> : null}
      {agreements.data && tab === 'policies' ? <Policies agreements={agreements.data} /> : null}
      {agreements.data && tab === 'contracts' ? <Contracts agreements={agreements.data} /> : null}
      {tab === 'people' ? <People /> : null}
      {agreements.data && tab === 'calendars' ? <Calendars agreements={agreements.data} /> : null}
      {tab === 'notices' ? <Notices /> : null}
    </Page>
  )
}
