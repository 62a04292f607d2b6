import {
  type Bilingual,
  type CompiledRule,
  dayOfDate,
  type Facts,
  instantOfLocal,
  isOpen,
  nextBoundary,
  type OpeningHours,
  spanText,
} from '@tillwatch/rules'
import { type EpochMs, factDefinition } from '@tillwatch/shared'
import type { Incident } from '../incidents/incident.ts'
import type { ChartMark, ChartSubject } from './chart.ts'
import { ageLevelsOf, levelsOf, metricOf, scaleOf, termOf } from './metric.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A week shows the rhythm of a site; an older fault is shown from before it began, as far back as raw numbers are of use. */
const WINDOW_MS = 7 * DAY_MS
const BEFORE_ONSET_MS = 12 * HOUR_MS
const WINDOW_MS_MAX = 31 * DAY_MS
/** More would hide the line that matters. */
const MARKS_MAX = 4
const SPANS_MAX = 100

/** What is known around an incident whose chart is drawn. */
export interface ChartSurroundings {
  readonly facts: Facts
  /** Rules of the conditions that the incident has. */
  readonly rules: readonly CompiledRule[]
  readonly timezone: string
  readonly hours: OpeningHours | null
  /** Site and device, as people call them. */
  readonly place: string
}

const ONSET: Bilingual = { ru: 'начало', en: 'onset' }

/** The chart of the metric that an incident is about; null where no number tells of its cause. */
export function chartSubject(
  incident: Pick<Incident, 'itemId' | 'causeClass' | 'title' | 'onsetAt'>,
  { facts, rules, timezone, hours, place }: ChartSurroundings,
  now: EpochMs,
): ChartSubject | null {
  const drawn = drawnOf(incident.causeClass, rules, facts)
  if (!drawn) return null
  const { itemId, title, onsetAt } = incident
  const from = Math.max(now - WINDOW_MS_MAX, Math.min(now - WINDOW_MS, onsetAt - BEFORE_ONSET_MS))
  return {
    ...{ itemId, title, place, timezone, from, to: now, ...drawn },
    marks: [{ at: onsetAt, kind: 'onset' as const, text: ONSET }, ...levelMarks(rules, facts, timezone)]
      .filter(({ at }) => at >= from && at <= now)
      .slice(0, MARKS_MAX),
    open: hours && openSpans({ timezone, hours }, from, now),
  }
}

type Drawn = Pick<ChartSubject, 'fact' | 'metric' | 'scale' | 'unit' | 'levels' | 'lastDay'>

/** The number of the cause, with what its rules compare it with; where they compare none, the days left of the term that they look at. */
function drawnOf(causeClass: string, rules: readonly CompiledRule[], facts: Facts): Drawn | null {
  const metric = metricOf(causeClass)
  const scaled = metric && scaleOf(metric, facts)
  const levels = metric ? levelsOf(metric, rules) : []
  const term = levels.length === 0 ? termOf(rules) : null
  const lastDay = term && dayOfDate(String(facts[term.fact]?.value))
  if (term && lastDay !== null) return { ...term, lastDay, scale: { factor: 1, absolute: false } }
  if (!metric || !scaled) return null
  const { ru, en } = factDefinition(metric.fact)
  return { fact: metric.fact, metric: metric.name ?? { ru, en }, levels, lastDay: null, ...scaled }
}

function levelMarks(rules: readonly CompiledRule[], facts: Facts, timezone: string): readonly ChartMark[] {
  return ageLevelsOf(rules).flatMap(({ fact, levels }) => {
    const since = instantOfLocal(timezone, String(facts[fact]?.value))
    if (since === null) return []
    return levels.map(({ afterMs }) => ({
      at: since + afterMs,
      kind: 'level' as const,
      text: { ru: spanText('ru', afterMs), en: spanText('en', afterMs) },
    }))
  })
}

function openSpans(
  site: { readonly timezone: string; readonly hours: OpeningHours },
  from: EpochMs,
  to: EpochMs,
): readonly (readonly [EpochMs, EpochMs])[] {
  const spans: (readonly [EpochMs, EpochMs])[] = []
  let at = from
  for (let n = 0; n < SPANS_MAX && at < to; n++) {
    const until = Math.min(nextBoundary(site, at) ?? to, to)
    if (isOpen(site, at)) spans.push([at, until])
    at = until
  }
  return spans
}
