import { Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconRefresh, IconSend, IconTicketOff, IconX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { DeskAgreement } from '@tillwatch/shared/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { api, type DeskTest, type DeskView } from '../../api.ts'
import { useAgreements } from '../../desk-queries.ts'
import { formatNumber } from '../../format.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { sentenceClass, serverText, stepText } from '../../i18n/server-words.ts'
import { useDesks } from '../../queries.ts'
import { withParameter } from '../../search-params.ts'
import { useMe } from '../../session.ts'
import { Ago } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { DeskAgreementLines } from './desk-agreement.tsx'
import { DeskDeliveries } from './desk-deliveries.tsx'
import { RoutesInForce } from './routes-in-force.tsx'

const STATE_COLORS = { ready: 'green', failing: 'red', paused: 'gray' } as const
const COUNTERS = ['waiting', 'delivered', 'failed'] as const

function TestSteps({ test }: { test: DeskTest }) {
  const { t } = useTranslation()
  const language = useLanguage()
  return (
    <div className="tw-note" data-tone={test.ok ? 'green' : 'red'} role="status">
      <Text fw={500} fz="sm">
        {t(test.ok ? 'desks.testOk' : 'desks.testFailed')}
        {test.url ? ' · ' : ''}
        {test.url ? (
          <Anchor href={test.url} target="_blank" rel="noreferrer" fz="sm">
            {t('desks.openTicket')}
          </Anchor>
        ) : null}
      </Text>
      <ol className="tw-steps">
        {test.steps.map(step => (
          <li key={`${step.name} ${step.message}`} className="tw-line tw-line-top">
            {step.ok ? <IconCheck size={16} aria-hidden /> : <IconX size={16} aria-hidden />}
            <span className="tw-wrap">
              <b>{stepText(step.name, language)}:</b> {serverText(step.message, language)}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function useDeskWork<T>(name: string, work: (name: string) => Promise<T>, onDone?: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => work(name),
    ...(onDone ? { onSuccess: onDone } : {}),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ['desks'] }),
  })
}

function DeskHead({ desk, actions }: { desk: DeskView; actions: ReactNode }) {
  const { t } = useTranslation()
  return (
    <Group justify="space-between" gap="sm" align="flex-start">
      <div className="tw-desk-head">
        <Title order={2} className="tw-line tw-line-wrap">
          {desk.name}
          <Badge variant="light" color={STATE_COLORS[desk.state]} tt="none" fw={500}>
            {t(`desks.states.${desk.state}`)}
          </Badge>
        </Title>
        <Text fz="sm" c="dimmed">
          {t(`desks.kinds.${desk.kind}`)} · {t(desk.searchable ? 'desks.once' : 'desks.atLeastOnce')}
        </Text>
      </div>
      {actions}
    </Group>
  )
}

interface DeskProps {
  desk: DeskView
  agreement: DeskAgreement | undefined
  isOpen: boolean
  onToggle: () => void
}

function Desk({ desk, agreement, isOpen, onToggle }: DeskProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { mayAdminister } = useMe()
  const test = useDeskWork(desk.name, api.testDesk)
  const retry = useDeskWork(desk.name, api.retryDesk, () =>
    notifications.show({ message: t('desks.retried'), color: 'green' }),
  )
  const actions = mayAdminister ? (
    <Group gap="xs">
      {desk.failed > 0 || desk.state === 'paused' ? (
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
          aria-label={`${t('desks.retry')}: ${desk.name}`}
        >
          {t('desks.retry')}
        </Button>
      ) : null}
      <Button
        variant="default"
        leftSection={<IconSend size={16} aria-hidden />}
        loading={test.isPending}
        onClick={() => test.mutate()}
        aria-label={`${t('desks.test')}: ${desk.name}`}
      >
        {t('desks.test')}
      </Button>
    </Group>
  ) : null
  return (
    <Paper component="section" aria-label={desk.name}>
      <DeskHead desk={desk} actions={actions} />
      <div className="tw-counts tw-counts-after">
        {COUNTERS.map(counter => (
          <span key={counter} className="tw-count" data-zero={desk[counter] === 0 || undefined}>
            <b>{formatNumber(language, desk[counter])}</b> {t(`desks.${counter}`)}
          </span>
        ))}
      </div>
      {desk.calledAt === null ? null : (
        <Text fz="sm" c="dimmed" mt="xs">
          {t('desks.called')} <Ago at={desk.calledAt} />
        </Text>
      )}
      {desk.problem ? (
        <div className="tw-note tw-note-after" data-tone="red">
          <Text fz="sm" className={`tw-wrap ${sentenceClass(desk.problem)}`}>
            {serverText(desk.problem, language)}
          </Text>
          {desk.state === 'ready' ? null : <Text fz="sm">{t(`desks.next.${desk.state}`)}</Text>}
        </div>
      ) : null}
      {agreement ? <DeskAgreementLines agreement={agreement} /> : null}
      <Button
        mt="sm"
        size="xs"
        variant="default"
        aria-expanded={isOpen}
        onClick={onToggle}
        aria-label={`${t(isOpen ? 'deliveries.hide' : 'deliveries.show')}: ${desk.name}`}
      >
        {t(isOpen ? 'deliveries.hide' : 'deliveries.show')}
      </Button>
      {test.error || retry.error ? <ErrorNotice thrown={test.error ?? retry.error} /> : null}
      {test.data ? (
        <div className="tw-note-after">
          <TestSteps test={test.data} />
        </div>
      ) : null}
      {isOpen ? <DeskDeliveries desk={desk.name} /> : null}
    </Paper>
  )
}

/** Where tickets go, whether they arrive, and a way to try. */
export default function DesksPage() {
  const { t } = useTranslation()
  const desks = useDesks()
  const agreements = useAgreements()
  const [parameters, setParameters] = useSearchParams()
  const open = parameters.get('desk')
  return (
    <Page title={t('desks.title')} width={900}>
      {desks.error ? <ErrorNotice thrown={desks.error} onRetry={() => void desks.refetch()} /> : null}
      {desks.isPending ? <ListSkeleton rows={3} height={96} /> : null}
      {desks.data?.length === 0 ? (
        <EmptyNotice
          icon={IconTicketOff}
          title={t('desks.emptyTitle')}
          text={t('desks.emptyText')}
          action={
            <Button component={Link} href="/incidents" variant="default">
              {t('desks.emptyAction')}
            </Button>
          }
        />
      ) : null}
      <Stack>
        {desks.data?.map(desk => (
          <Desk
            key={desk.name}
            desk={desk}
            agreement={agreements.data?.find(each => each.desk === desk.name)}
            isOpen={open === desk.name}
            onToggle={() =>
              setParameters(withParameter('desk', open === desk.name ? '' : desk.name), { replace: true })
            }
          />
        ))}
      </Stack>
      {desks.data && desks.data.length > 0 ? <RoutesInForce /> : null}
    </Page>
  )
}
