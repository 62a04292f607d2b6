import { Badge, Button, Group, Paper, Switch, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus, IconTool } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { MaintenanceWindowView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { useMaintenance } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { WindowDialog } from './window-form.tsx'

const COLORS = { on: 'blue', waiting: 'gray', over: 'gray' } as const

function Times({ window }: { window: MaintenanceWindowView }) {
  const { t } = useTranslation()
  const { weekly, startsAt, endsAt } = window
  if (!weekly) {
    return (
      <>
        {t('maintenance.fromTime')} <Moment at={startsAt} />{' '}
        {endsAt ? (
          <>
            {t('maintenance.untilTime')} <Moment at={endsAt} withZone />
          </>
        ) : null}
      </>
    )
  }
  const days = [...weekly.days].sort((a, b) => a - b).map(day => t(`maintenance.dayNames.d${day as 1}`))
  return (
    <>
      {t('maintenance.weekly')}: {days.join(', ')}, {weekly.from}–{weekly.to} ({t('maintenance.hours').toLowerCase()})
      {endsAt ? (
        <>
          {' '}
          {t('maintenance.untilTime')} <Moment at={endsAt} />
        </>
      ) : null}
    </>
  )
}

function Window({ window }: { window: MaintenanceWindowView }) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const queryClient = useQueryClient()
  const end = useMutation({
    mutationFn: () => api.endMaintenance(window.id),
    onSuccess: () => {
      notifications.show({ message: t('maintenance.ended'), color: 'green' })
      void queryClient.invalidateQueries({ queryKey: ['maintenance'] })
    },
  })
  const { scope, state } = window
  return (
    <Paper component="li" className="tw-wrap">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className="tw-grow">
          <Group gap="xs">
            <Text fw={600}>{[t(`maintenance.scopes.${scope.kind}`), scope.name].filter(Boolean).join(': ')}</Text>
            <Badge variant="light" color={COLORS[state]} tt="none">
              {t(`maintenance.states.${state}`)}
            </Badge>
            {window.agreed ? (
              <Badge variant="light" color="green" tt="none">
                {t('maintenance.agreed')}
              </Badge>
            ) : null}
          </Group>
          <Text>{window.source === 'replacement' ? t('maintenance.replacement') : window.reason}</Text>
          <Text fz="sm" c="dimmed">
            <Times window={window} />
          </Text>
          <Text fz="sm" c="dimmed">
            {t('maintenance.check')}: {window.check ?? t('maintenance.checkAll')} · {t('maintenance.by')}:{' '}
            {window.author}
            {window.endedBy ? ` · ${t('maintenance.endedBy')}: ${window.endedBy}` : ''}
          </Text>
        </div>
        {mayWork && state !== 'over' ? (
          <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
            {t('maintenance.end')}
          </Button>
        ) : null}
      </Group>
      {end.error ? <ErrorNotice thrown={end.error} /> : null}
    </Paper>
  )
}

function Windows({ title, windows }: { title: string; windows: readonly MaintenanceWindowView[] }) {
  if (windows.length === 0) return null
  return (
    <section aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <ul className="tw-plain">
        {windows.map(window => (
          <Window key={window.id} window={window} />
        ))}
      </ul>
    </section>
  )
}

/** Planned work: what is on, what is to come, what was. */
export default function MaintenancePage() {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const [all, setAll] = useState(false)
  const [opened, setOpened] = useState(false)
  const query = useMaintenance(all)
  const windows = query.data ?? []
  const current = windows.filter(({ state }) => state !== 'over')
  const open = mayWork ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpened(true)}>
      {t('maintenance.open')}
    </Button>
  ) : null
  return (
    <Page title={t('maintenance.title')} intro={t('maintenance.intro')} actions={open} width={1000}>
      {query.error ? <ErrorNotice thrown={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <ListSkeleton rows={4} /> : null}
      {query.data && current.length === 0 ? (
        <EmptyNotice
          icon={IconTool}
          title={t('maintenance.emptyTitle')}
          text={t('maintenance.emptyText')}
          action={open}
        />
      ) : null}
      <Windows title={t('maintenance.current')} windows={current} />
      <Switch label={t('maintenance.showOver')} checked={all} onChange={event => setAll(event.currentTarget.checked)} />
      {all ? <Windows title={t('maintenance.over')} windows={windows.filter(({ state }) => state === 'over')} /> : null}
      <WindowDialog opened={opened} onClose={() => setOpened(false)} />
    </Page>
  )
}
