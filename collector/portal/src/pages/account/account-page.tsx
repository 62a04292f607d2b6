import { Badge, Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api.ts'
import { deviceOf } from '../../device.ts'
import { PASSWORD_LENGTH_MIN } from '../../password.ts'
import { useSessions } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { Ago } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { LanguageSwitch, ThemeSwitch } from '../../widgets/preferences.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

function PasswordForm() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useMutation({
    mutationFn: api.changePassword,
    onSuccess: () => {
      setCurrent('')
      setNext('')
      notifications.show({ message: t('account.changed'), color: 'green' })
      void queryClient.invalidateQueries({ queryKey: ['sessions'] })
    },
  })
  const short = next !== '' && next.length < PASSWORD_LENGTH_MIN
  return (
    <Paper component="section" aria-label={t('account.password')}>
      <Title order={2} mb="sm">
        {t('account.password')}
      </Title>
      <form
        onSubmit={event => {
          event.preventDefault()
          if (current && next.length >= PASSWORD_LENGTH_MIN) change.mutate({ current, next })
        }}
      >
        <Stack maw={400}>
          <PasswordInput
            label={t('account.current')}
            autoComplete="current-password"
            required
            value={current}
            onChange={event => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('account.next')}
            description={t('session.passwordHint', { count: PASSWORD_LENGTH_MIN })}
            autoComplete="new-password"
            required
            maxLength={200}
            value={next}
            onChange={event => setNext(event.currentTarget.value)}
            error={short ? t('session.passwordShort', { count: PASSWORD_LENGTH_MIN }) : null}
          />
          {change.error ? <ErrorNotice thrown={change.error} /> : null}
          <Group>
            <Button
              type="submit"
              variant="default"
              loading={change.isPending}
              disabled={!current || next.length < PASSWORD_LENGTH_MIN}
            >
              {t('account.change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}

type Session = NonNullable<ReturnType<typeof useSessions>['data']>[number]

function SessionLine({ session, onEnd, ending }: { session: Session; onEnd: () => void; ending: boolean }) {
  const { t } = useTranslation()
  const device = deviceOf(session.userAgent) ?? t('account.unknownDevice')
  return (
    <Group justify="space-between" gap="xs">
      <div>
        <Text fz="sm" fw={500} title={session.userAgent}>
          {device}{' '}
          {session.current ? (
            <Badge size="sm" variant="light" color="green" tt="none">
              {t('account.thisSession')}
            </Badge>
          ) : null}
        </Text>
        <Text fz="sm" c="dimmed">
          {t('account.lastSeen', { time: '' })}
          <Ago at={session.lastSeenAt} /> · {t('account.created', { time: '' })}
          <Ago at={session.createdAt} />
        </Text>
      </div>
      {session.current ? null : (
        <Button
          size="xs"
          variant="default"
          aria-label={t('account.endLabel', { device })}
          loading={ending}
          onClick={onEnd}
        >
          {t('account.end')}
        </Button>
      )}
    </Group>
  )
}

function Sessions() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const sessions = useSessions()
  const told = (message: string) => () => {
    notifications.show({ message, color: 'green' })
    void queryClient.invalidateQueries({ queryKey: ['sessions'] })
  }
  const end = useMutation({ mutationFn: api.endSession, onSuccess: told(t('account.ended')) })
  const endOthers = useMutation({ mutationFn: api.endOtherSessions, onSuccess: told(t('account.endedOthers')) })
  if (sessions.isPending) return <ListSkeleton rows={2} />
  const failure = end.error ?? endOthers.error
  return (
    <Paper component="section" aria-label={t('account.sessions')}>
      <Group justify="space-between" gap="xs" mb={4}>
        <Title order={2}>{t('account.sessions')}</Title>
        {(sessions.data?.length ?? 0) > 1 ? (
          <Button size="xs" variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t('account.endOthers')}
          </Button>
        ) : null}
      </Group>
      {sessions.error ? <ErrorNotice thrown={sessions.error} onRetry={() => void sessions.refetch()} /> : null}
      {failure ? <ErrorNotice thrown={failure} /> : null}
      <ul className="tw-list">
        {sessions.data?.map(session => (
          <li key={session.id}>
            <SessionLine
              session={session}
              ending={end.isPending && end.variables === session.id}
              onEnd={() => end.mutate(session.id)}
            />
          </li>
        ))}
      </ul>
    </Paper>
  )
}

/** One's own password, sessions, language and look. */
export default function AccountPage() {
  const { t } = useTranslation()
  const { me } = useMe()
  return (
    <Page title={t('account.title')} intro={`${me.name} · ${t(`roles.${me.role}`)} · ${me.tenant.name}`} width={760}>
      <Paper component="section" aria-label={t('preferences.title')}>
        <Title order={2} mb="sm">
          {t('preferences.title')}
        </Title>
        <Stack gap="sm">
          <Group gap="sm">
            <Text fz="sm" miw={110}>
              {t('preferences.language')}
            </Text>
            <LanguageSwitch full />
          </Group>
          <Group gap="sm">
            <Text fz="sm" miw={110}>
              {t('preferences.theme')}
            </Text>
            <ThemeSwitch />
          </Group>
        </Stack>
      </Paper>
      <PasswordForm />
      <Sessions />
    </Page>
  )
}
