import { Anchor, Paper, Text } from '@mantine/core'
import type { IncidentView } from '@tillwatch/shared/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatDay, formatRelative } from '../../format.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { browserZone, useNow } from '../../now.ts'
import { hoursText } from '../../span-text.ts'
import { urgencyOf } from '../../stop-urgency.ts'
import { Moment } from '../../widgets/moment.tsx'
import { LinkTo } from './incident-notes.tsx'

function Row({ label, children }: { label: string; children: ReactNode }) {
  return children ? (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  ) : null
}

/** How long is left, in the colour of its urgency; nothing once the incident is over. */
export function StopNote({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  const now = useNow()
  if (!incident.timeToStop || incident.status === 'solved' || incident.status === 'closed') return null
  const atMs = Date.parse(incident.timeToStop.at)
  return (
    <div className="tw-note" data-tone={{ red: 'red', yellow: 'yellow', calm: undefined }[urgencyOf(atMs - now)]}>
      <Text fz="sm" c="dimmed">
        {t('incident.timeToStop')}
      </Text>
      <Text fw={600} fz="lg">
        {atMs <= now ? t('stop.passed') : formatRelative(language, atMs, now)} ·{' '}
        {formatDay(language, atMs, now, browserZone())}
      </Text>
      <Text fz="sm" className="tw-sentence">
        {pick(incident.timeToStop.text)}
      </Text>
    </div>
  )
}

/** When somebody reacted, when it was done and how it ended. */
function Outcome({ incident, timeZone }: { incident: IncidentView; timeZone: string | undefined }) {
  const { t } = useTranslation()
  const moment = (at: string | null) => (at ? <Moment at={at} timeZone={timeZone} withZone /> : null)
  return (
    <>
      <Row label={t('work.reacted')}>{moment(incident.reactedAt)}</Row>
      <Row label={t('work.executed')}>
        {incident.executedAt === incident.solvedAt ? null : moment(incident.executedAt)}
      </Row>
      <Row label={t('work.closed')}>{moment(incident.closedAt)}</Row>
      <Row label={t('work.resolution')}>
        {incident.resolution ? t(`work.resolutions.${incident.resolution}`) : null}
      </Row>
      <Row label={t('work.mode')}>{incident.resolutionMode ? t(`work.modes.${incident.resolutionMode}`) : null}</Row>
      <Row label={t('work.byLine')}>{incident.solvedByLine}</Row>
    </>
  )
}

/** Who, where, since when, and what is missing in the directory. */
export function IncidentDetails({ incident, timeZone }: { incident: IncidentView; timeZone: string | undefined }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  return (
    <Paper component="section" aria-label={t('incident.facts')}>
      <dl className="tw-details">
        <Row label={t('incident.assignee')}>{incident.assignee ?? t('incidents.nobody')}</Row>
        <Row label={t('work.line')}>{incident.line}</Row>
        <Row label={t('work.due')}>
          {incident.dueAt ? <Moment at={incident.dueAt} timeZone={timeZone} withZone /> : null}
        </Row>
        <Row label={t('work.estimate')}>
          {incident.estimateMinutes === null ? null : hoursText(language, incident.estimateMinutes * 60_000)}
        </Row>
        <Row label={t('incident.client')}>{incident.client}</Row>
        <Row label={t('incident.place')}>{incident.site?.name}</Row>
        <Row label={t('incident.address')}>{incident.address}</Row>
        <Row label={t('incident.item')}>
          {incident.agentId ? (
            <Link href={`/terminals/${encodeURIComponent(incident.agentId)}`}>{incident.itemTitle}</Link>
          ) : (
            incident.itemTitle
          )}
        </Row>
        <Row label={t('incident.component')}>{pick(incident.component)}</Row>
        <Row label={t('incident.onset')}>
          <Moment at={incident.onsetAt} timeZone={timeZone} withZone />
        </Row>
        <Row label={t('incident.opened')}>
          <Moment at={incident.openedAt} timeZone={timeZone} withZone />
        </Row>
        <Row label={t('incident.solved')}>
          {incident.solvedAt ? <Moment at={incident.solvedAt} timeZone={timeZone} withZone /> : null}
        </Row>
        <Outcome incident={incident} timeZone={timeZone} />
        <Row label={t('work.kind')}>
          {[
            t(`work.kinds.${incident.kind}`),
            t(`work.types.${incident.type}`),
            t(`work.categories.${incident.category}`),
          ].join(' · ')}
        </Row>
        <Row label={t('work.source')}>{t(`work.sources.${incident.source}`)}</Row>
        <Row label={t('work.parent')}>{incident.parent ? <LinkTo incident={incident.parent} /> : null}</Row>
        <Row label={t('work.duplicateOf')}>
          {incident.duplicateOf ? <LinkTo incident={incident.duplicateOf} /> : null}
        </Row>
        <Row label={t('work.previous')}>{incident.previous ? <LinkTo incident={incident.previous} /> : null}</Row>
      </dl>
      {incident.gaps.length > 0 ? (
        <div className="tw-note tw-note-after">
          <Text fz="sm" fw={500}>
            {t('incident.gaps')}
          </Text>
          <ul className="tw-bullets">
            {incident.gaps.map(gap => (
              <li key={gap.en}>{pick(gap)}</li>
            ))}
          </ul>
          <Anchor component={Link} href="/directory" fz="sm">
            {t('incident.gapsAction')}
          </Anchor>
        </div>
      ) : null}
    </Paper>
  )
}
