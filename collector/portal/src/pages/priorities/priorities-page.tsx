import { Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { withParameter } from '../../search-params.ts'
import { Page } from '../../widgets/page.tsx'
import { CriticalTab } from './critical-tab.tsx'
import { MethodTab } from './method-tab.tsx'
import { OverridesTab } from './overrides-tab.tsx'

const TABS = ['method', 'overrides', 'critical'] as const

/** How priorities come about, what people changed by hand, and what makes an incident critical. */
export default function PrioritiesPage() {
  const { t } = useTranslation()
  const [parameters, setParameters] = useSearchParams()
  const tab = TABS.find(each => each === parameters.get('tab')) ?? 'method'
  const choose = (value: string | null) =>
    setParameters(withParameter('tab', value === 'method' || !value ? '' : value), { replace: true })
  return (
    <Page title={t('priorities.title')} intro={t('priorities.intro')}>
      <Tabs value={tab} onChange={choose}>
        <Tabs.List className="tw-tabs">
          {TABS.map(each => (
            <Tabs.Tab key={each} value={each}>
              {t(`priorities.tabs.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {tab === 'method' ? <MethodTab /> : null}
      {tab === 'overrides' ? <OverridesTab /> : null}
      {tab === 'critical' ? <CriticalTab /> : null}
    </Page>
  )
}
