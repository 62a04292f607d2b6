import { Badge, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { IconPlayerPause } from '@tabler/icons-react'
import type { IncidentView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatRelative } from '../../format.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { useNow } from '../../now.ts'
import { hoursText } from '../../span-text.ts'
import { Moment } from '../../widgets/moment.tsx'
import { promiseTone } from './promise-tone.ts'

type Sla = NonNullable<IncidentView['sla']>
type Promised = Sla['reaction'] | Sla['solution']

/** One promise: how much of its time is used, until when it runs, and whether it was kept. */
function PromiseLine({
  label,
  promised,
  paused,
  timeZone,
}: {
  label: string
  promised: Promised
  paused: boolean
  timeZone: string | undefined
}) {
  const { t } = useTranslation()
  const language = useLanguage()
  const now = useNow()
  const { limitAt, at, met, percent, usedMs, limitMs } = promised
  const tone = promiseTone({ met, percent, done: at !== null })
  const left = limitAt === null || at !== null || paused ? null : formatRelative(language, Date.parse(limitAt), now)
  return (
    <div>
      <div className="tw-line tw-line-wrap">
        <Text fw={500} className="tw-grow">
          {label}
        </Text>
        <Badge variant="light" color={tone} tt="none" fw={500}>
          {met === null ? t('sla.percent', { percent }) : t(met ? 'sla.kept' : 'sla.broken')}
        </Badge>
      </div>
      <Progress value={Math.min(100, percent)} color={tone} mt={6} mb={4} aria-label={label} />
      <Text fz="sm" c="dimmed">
        {t('sla.used', { used: hoursText(language, usedMs), limit: hoursText(language, limitMs) })}
        {left ? ` · ${met === false ? t('sla.overdue', { time: left }) : t('sla.left', { time: left })}` : ''}
      </Text>
      {limitAt && at === null ? (
        <Text fz="sm" c="dimmed">
          {t(paused ? 'sla.untilIfResumed' : 'sla.until')} <Moment at={limitAt} timeZone={timeZone} withZone />
        </Text>
      ) : null}
    </div>
  )
}

/** Whom the clocks have called and what they say next. */
function Marks({ sla, timeZone }: { sla: Sla; timeZone: string | undefined }) {
  const { t } = useTranslation()
  const pick = usePick()
  if (sla.marks.length === 0 && !sla.next) return null
  return (
    <ul className="tw-list">
      {sla.marks.map(mark => (
        <li key={mark.name.en} className="tw-small">
          <span className="tw-sentence">{pick(mark.name)}</span>
          {' · '}
          {t(`sla.marks.${mark.how}`)} <Moment at={mark.at} timeZone={timeZone} />
        </li>
      ))}
      {sla.next ? (
        <li className="tw-small tw-dim">
          {t('sla.next')} {pick(sla.next.name)}, <Moment at={sla.next.at} timeZone={timeZone} />
        </li>
      ) : null}
    </ul>
  )
}

/** What was agreed for an incident, how much of it is used, and why it stands. */
export function SlaCard({ incident, timeZone }: { incident: IncidentView; timeZone: string | undefined }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { sla } = incident
  if (!sla) return null
  const paused = sla.paused.length > 0
  return (
    <Paper component="section" aria-label={t('sla.title')}>
      <Title order={2} mb={4}>
        {t('sla.title')}
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        <Link href="/agreements">{pick(sla.policy.title)}</Link>, {pick(sla.chosenBy)}
        {sla.contract ? ` ${sla.contract}` : ''} · {pick(sla.policy.calendar)}
      </Text>
      {paused ? (
        <div className="tw-note" data-tone="accent">
          <span className="tw-line">
            <IconPlayerPause size={16} aria-hidden />
            <Text fz="sm">
              {t('sla.paused')} {sla.paused.map(pick).join(', ')}
            </Text>
          </span>
        </div>
      ) : null}
      <Stack gap="sm" mt="sm">
        <PromiseLine label={t('sla.reaction')} promised={sla.reaction} paused={false} timeZone={timeZone} />
        {sla.reaction.targetAt ? (
          <Text fz="sm" c="dimmed">
            {t('sla.target')} <Moment at={sla.reaction.targetAt} timeZone={timeZone} />
          </Text>
        ) : null}
        <PromiseLine
          label={t(sla.solution.counts ? 'sla.solution' : 'sla.milestone')}
          promised={sla.solution}
          paused={paused}
          timeZone={timeZone}
        />
      </Stack>
      <Marks sla={sla} timeZone={timeZone} />
    </Paper>
  )
}
