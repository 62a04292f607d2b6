import { Anchor, Badge, Paper, Stack, Text, Title } from '@mantine/core'
import { IconBellOff, IconChevronLeft } from '@tabler/icons-react'
import type { IncidentView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { latestOf } from '../../chart-points.ts'
import { formatMoment, zoneName } from '../../format.ts'
import { factName } from '../../i18n/fact-values.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { browserZone, useNow } from '../../now.ts'
import { useIncident, useTerminal } from '../../queries.ts'
import { chartLevels } from '../../thresholds.ts'
import { PriorityBadge, StatusBadge } from '../../widgets/badges.tsx'
import { RangedFactChart } from '../../widgets/fact-chart.tsx'
import { IncidentBadges } from '../../widgets/incident-badges.tsx'
import { MaintenanceNote } from '../../widgets/maintenance-note.tsx'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { PageSkeleton } from '../../widgets/skeletons.tsx'
import { IncidentActions } from './incident-actions.tsx'
import { IncidentBackground } from './incident-background.tsx'
import { IncidentFiles } from './incident-files.tsx'
import { IncidentKnowledge } from './incident-knowledge.tsx'
import { IncidentLinks } from './incident-links.tsx'
import { HeldIncidents, WorkNotes } from './incident-notes.tsx'
import { IncidentDetails, StopNote } from './incident-side.tsx'
import { Tickets } from './incident-tickets.tsx'
import { KnownError } from './known-error.tsx'
import { MassPanel } from './mass-panel.tsx'
import { Runbook } from './runbook.tsx'
import { SlaCard } from './sla-card.tsx'
import { Timeline } from './timeline.tsx'

function Story({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <Paper component="section" aria-label={t('incident.happened')}>
      <Title order={2} mb={6}>
        {t('incident.happened')}
      </Title>
      <Text className="tw-preline tw-sentence">{pick(incident.explanation)}</Text>
      <Title order={3} mt="md" mb={4}>
        {t('incident.expected')}
      </Title>
      <Text className="tw-preline">{pick(incident.expected)}</Text>
      <Title order={3} mt="md" mb={4}>
        {t('incident.priorityReason')}
        {incident.priorityManual ? (
          <Badge ml={8} size="sm" variant="light" color="gray" tt="none">
            {t('incident.manual')}
          </Badge>
        ) : null}
      </Title>
      <Text>{pick(incident.priorityReason)}</Text>
      {incident.priorityComputed !== incident.priority ? (
        <Text fz="sm" c="dimmed">
          {t('work.computed', {
            priority: `${incident.priorityComputed} · ${t(`priority.p${incident.priorityComputed}`)}`,
          })}
        </Text>
      ) : null}
      <Text fz="sm" mb="sm">
        <Anchor component={Link} href="/priorities">
          {t('work.method')}
        </Anchor>
      </Text>
      {incident.runbook ? <Runbook path={incident.runbook} /> : null}
    </Paper>
  )
}

function Conditions({ incident, timeZone }: { incident: IncidentView; timeZone: string | undefined }) {
  const { t } = useTranslation()
  const pick = usePick()
  if (incident.conditions.length < 2) return null
  return (
    <Paper component="section" aria-label={t('incident.conditions')}>
      <Title order={2} mb={4}>
        {t('incident.conditions')}
      </Title>
      <ul className="tw-list">
        {incident.conditions.map(condition => (
          <li key={condition.rule}>
            <Text fw={500}>{pick(condition.title)}</Text>
            <Text fz="sm" c="dimmed" className="tw-sentence">
              {pick(condition.explanation)} · <Moment at={condition.since} timeZone={timeZone} withZone />
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  )
}

function Loaded({ incident }: { incident: IncidentView }) {
  const language = useLanguage()
  const terminal = useTerminal(incident.agentId ?? '', incident.agentId !== null).data
  // Known once the terminal is; the reader's own until then.
  const timeZone = terminal?.site?.timezone
  const chart = incident.chart
  const facts = terminal?.items.find(item => item.id === chart?.itemId)?.facts ?? []
  return (
    <div className="tw-two">
      <Stack gap="md">
        <KnownError incident={incident} />
        <StopNote incident={incident} />
        {incident.agentId ? <MaintenanceNote agentId={incident.agentId} timeZone={timeZone} /> : null}
        <WorkNotes incident={incident} />
        <Story incident={incident} />
        <Conditions incident={incident} timeZone={timeZone} />
        {incident.itemId.startsWith('mass:') ? (
          <MassPanel incidentId={incident.id} />
        ) : (
          <HeldIncidents incident={incident} />
        )}
        {chart ? (
          <Stack gap="xs">
            <RangedFactChart
              itemId={chart.itemId}
              fact={chart.fact}
              title={factName(chart.fact, language)}
              timeZone={timeZone ?? browserZone()}
              levels={chartLevels(chart.fact, null)}
              latest={latestOf(facts, chart.fact)}
            />
          </Stack>
        ) : null}
        <IncidentBackground incident={incident} timeZone={timeZone} />
        <Timeline incident={incident} timeZone={timeZone} />
      </Stack>
      <Stack gap="md" className="tw-side">
        <SlaCard incident={incident} timeZone={timeZone} />
        <IncidentDetails incident={incident} timeZone={timeZone} />
        <IncidentKnowledge incident={incident} />
        <IncidentLinks incidentId={incident.id} />
        <Tickets incident={incident} />
        <IncidentFiles incidentId={incident.id} />
      </Stack>
    </div>
  )
}

function Head({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const now = useNow()
  const silencedMs = incident.silencedUntil ? Date.parse(incident.silencedUntil) : 0
  return (
    <span className="tw-line tw-line-wrap">
      <PriorityBadge priority={incident.priority} />
      <StatusBadge status={incident.status} />
      <IncidentBadges row={incident} />
      <span>{t('incident.title', { number: incident.number })}</span>
      {incident.reopens > 0 ? <span>· {t('incidents.reopens', { count: incident.reopens })}</span> : null}
      {silencedMs > now ? (
        <Badge variant="light" color="gray" tt="none" leftSection={<IconBellOff size={13} aria-hidden />}>
          {t('incidents.silenced', {
            time: `${formatMoment(language, silencedMs, now, browserZone())} ${zoneName(browserZone(), silencedMs)}`,
          })}
        </Badge>
      ) : null}
    </span>
  )
}

/** One incident: what happened and why it matters, what was done, what can be done. */
export default function IncidentPage({ incidentId }: { incidentId: string }) {
  const { t } = useTranslation()
  const pick = usePick()
  const query = useIncident(incidentId)
  const incident = query.data
  if (query.isPending) return <PageSkeleton />
  const back = (
    <Anchor component={Link} href="/incidents" className="tw-back" fz="sm">
      <IconChevronLeft size={16} aria-hidden /> {t('nav.incidents')}
    </Anchor>
  )
  if (!incident) {
    return (
      <Page title={t('incidents.title')} above={back}>
        <ErrorNotice thrown={query.error} onRetry={() => void query.refetch()} />
      </Page>
    )
  }
  return (
    <Page
      title={pick(incident.title)}
      above={back}
      intro={<Head incident={incident} />}
      actions={<IncidentActions incident={incident} />}
    >
      {query.error ? <ErrorNotice thrown={query.error} onRetry={() => void query.refetch()} /> : null}
      <Loaded incident={incident} />
    </Page>
  )
}
