import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useRules } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ReloadFiles } from '../../widgets/reload-files.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { RefusedFiles, RuleFiles } from './rule-files.tsx'
import { RuleList } from './rule-list.tsx'
import { Trial } from './trial.tsx'

/** By which rules incidents are opened, what changed them, and a way to try a change on the past. */
export default function RulesPage() {
  const { t } = useTranslation()
  const { mayWork, mayAdminister } = useMe()
  const rules = useRules()
  const view = rules.data
  const intro = (
    <>
      {t('rules.intro')}{' '}
      {view ? (
        <>
          {t('rules.version', { version: view.version })} <Moment at={view.loadedAt} />.
        </>
      ) : null}
    </>
  )
  return (
    <Page
      title={t('rules.title')}
      intro={intro}
      width={900}
      actions={
        mayAdminister ? (
          <ReloadFiles
            queryKey={['rules']}
            reload={api.reloadRules}
            label={t('rules.reload')}
            done={t('rules.reloaded')}
          />
        ) : null
      }
    >
      {rules.error ? <ErrorNotice thrown={rules.error} onRetry={() => void rules.refetch()} /> : null}
      {rules.isPending ? <ListSkeleton rows={5} height={96} /> : null}
      {view ? (
        <>
          <RefusedFiles refused={view.refused} />
          <RuleFiles files={view.files} />
          {mayWork ? <Trial /> : null}
          <RuleList rules={view.rules} />
        </>
      ) : null}
    </Page>
  )
}
