import { formatMoment, formatRelative, zoneName } from '../format.ts'
import { useLanguage } from '../i18n/i18n.ts'
import { browserZone, useNow } from '../now.ts'

interface MomentProps {
  readonly at: string
  /** Zone of the site; the reader's own when left out. */
  readonly timeZone?: string | undefined
  /** Tells the zone beside the time. */
  readonly withZone?: boolean
}

/** A moment as day and time in a zone that is always told: beside it or on hovering. */
export function Moment({ at, timeZone = browserZone(), withZone = false }: MomentProps) {
  const language = useLanguage()
  const now = useNow()
  const atMs = Date.parse(at)
  const zone = zoneName(timeZone, atMs)
  return (
    <time dateTime={at} title={`${formatRelative(language, atMs, now)} · ${timeZone} (${zone})`} className="tw-time">
      {formatMoment(language, atMs, now, timeZone)}
      {withZone ? <span className="tw-zone"> {zone}</span> : null}
    </time>
  )
}

/** A moment as its age: "2 мин. назад"; the exact time on hovering. */
export function Ago({ at, timeZone = browserZone() }: MomentProps) {
  const language = useLanguage()
  const now = useNow()
  const atMs = Date.parse(at)
  return (
    <time
      dateTime={at}
      title={`${formatMoment(language, atMs, now, timeZone)} ${zoneName(timeZone, atMs)}`}
      className="tw-time"
    >
      {formatRelative(language, atMs, now, 'short')}
    </time>
  )
}
