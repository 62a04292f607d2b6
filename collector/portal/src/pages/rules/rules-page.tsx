import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useRules } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { RefusedFiles, RuleFiles } from './rule-files.tsx'
import { RuleList } from './rule-list.tsx'
import { Trial } from './trial.tsx'

function Reload() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const reload = useMutation({
    mutationFn: api.reloadRules,
    onSuccess: view => {
      queryClient.setQueryData(['rules'], view)
      if (view.refused.length === 0) notifications.show({ message: t('rules.reloaded'), color: 'green' })
    },
  })
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={reload.isPending}
        onClick={() => reload.mutate()}
      >
        {t('rules.reload')}
      </Button>
      {reload.error ? <ErrorNotice thrown={reload.error} /> : null}
    </>
  )
}

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
    <Page title={t('rules.title')} intro={intro} width={900} actions={mayAdminister ? <Reload /> : null}>
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
