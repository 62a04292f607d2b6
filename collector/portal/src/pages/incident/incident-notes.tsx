import { Anchor, Paper, Text, Title } from '@mantine/core'
import type { IncidentView } from '@tillwatch/shared/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { StatusBadge } from '../../widgets/badges.tsx'
import { Moment } from '../../widgets/moment.tsx'

type IncidentLink = IncidentView['held'][number]

function Note({ tone, title, children }: { tone: 'red' | 'yellow' | 'accent'; title: string; children: ReactNode }) {
  return (
    <div className="tw-note" data-tone={tone}>
      <Text fw={600} fz="sm">
        {title}
      </Text>
      {children}
    </div>
  )
}

/** Another incident by its number and title. */
export function LinkTo({ incident }: { incident: IncidentLink }) {
  const pick = usePick()
  return (
    <Anchor component={Link} href={`/incidents/${encodeURIComponent(incident.id)}`} fz="sm" className="tw-wrap">
      № {incident.number} {pick(incident.title)}
    </Anchor>
  )
}

/** What stands out about the work: critical, a question that waits for its answer, a cause that is muted. */
export function WorkNotes({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <>
      {incident.criticalReason ? (
        <Note tone="red" title={t('work.critical.title')}>
          <Text fz="sm" className="tw-sentence tw-wrap">
            {pick(incident.criticalReason)}
            {incident.criticalSince ? (
              <>
                {' · '}
                <Moment at={incident.criticalSince} />
              </>
            ) : null}
          </Text>
        </Note>
      ) : null}
      {incident.waitingFor !== null ? (
        <Note tone="yellow" title={t('work.waiting.title')}>
          <Text fz="sm" className="tw-preline tw-wrap">
            {incident.waitingFor}
          </Text>
          {incident.waitingUntil ? (
            <Text fz="sm" c="dimmed">
              {t('work.waiting.until')} <Moment at={incident.waitingUntil} />
            </Text>
          ) : null}
        </Note>
      ) : null}
      {incident.muted ? (
        <Note tone="accent" title={t('work.muted.title')}>
          <Text fz="sm">{t('work.muted.text')}</Text>
          {incident.mutedUntil ? (
            <Text fz="sm" c="dimmed">
              {t('work.muted.until')} <Moment at={incident.mutedUntil} />
            </Text>
          ) : null}
        </Note>
      ) : null}
    </>
  )
}

/** The incidents that a mass incident holds together. */
export function HeldIncidents({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  if (incident.held.length === 0) return null
  return (
    <Paper component="section" aria-label={t('work.held')}>
      <Title order={2} mb={4}>
        {t('work.held')}
      </Title>
      <ul className="tw-list">
        {incident.held.map(one => (
          <li key={one.id} className="tw-line tw-line-wrap">
            <StatusBadge status={one.status} />
            <LinkTo incident={one} />
          </li>
        ))}
      </ul>
    </Paper>
  )
}
