import { Text, Tooltip } from '@mantine/core'
import type { FleetRow } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { formatDay, formatRelative } from '../format.ts'
import { useLanguage, usePick } from '../i18n/i18n.ts'
import { browserZone, useNow } from '../now.ts'
import { urgencyOf } from '../stop-urgency.ts'

type Stop = NonNullable<FleetRow['timeToStop']>
const BARS = { high: 3, medium: 2, low: 1 } as const

function Confidence({ level }: { level: Stop['confidence'] }) {
  const { t } = useTranslation()
  return (
    <span className="tw-bars" role="img" aria-label={t(`stop.confidence.${level}`)}>
      {[1, 2, 3].map(bar => (
        <i key={bar} data-on={bar <= BARS[level] || undefined} />
      ))}
    </span>
  )
}

interface TimeToStopProps {
  readonly stop: Stop | null
  readonly timeZone?: string | undefined
  readonly large?: boolean
}

/** "через 12 дней · 04.12 (ОФД)" with its urgency as colour and its confidence as bars; the rule's own words on hovering. */
export function TimeToStop({ stop, timeZone = browserZone(), large = false }: TimeToStopProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  const now = useNow()
  if (!stop) {
    return (
      <Text span c="dimmed" fz={large ? 'md' : 'sm'}>
        {t('stop.none')}
      </Text>
    )
  }
  const atMs = Date.parse(stop.at)
  const stopped = stop.reason === 'stopped'
  const main = stopped ? t('stop.stopped') : atMs <= now ? t('stop.passed') : formatRelative(language, atMs, now)
  return (
    <Tooltip label={`${pick(stop.text)} · ${t(`stop.confidence.${stop.confidence}`)}`} multiline maw={340}>
      <span className="tw-stop" data-urgency={stopped ? 'red' : urgencyOf(atMs - now)} data-large={large || undefined}>
        <span className="tw-stop-main">{main}</span>
        <span className="tw-stop-rest">
          {formatDay(language, atMs, now, timeZone)}
          {stopped ? null : ` (${t(`stop.reasons.${stop.reason}`)})`}
          {stopped ? null : <Confidence level={stop.confidence} />}
        </span>
      </span>
    </Tooltip>
  )
}
