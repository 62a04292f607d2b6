import type { EpochMs } from '@tillwatch/shared'
import { instantAfterOpenMs, openMsBetween, wholeDayEndAfter } from '../calendar/opening-hours.ts'
import { dayOfDate, dayStart, instantOfLocal, localDay } from '../calendar/zone.ts'
import type { Bilingual } from '../model.ts'
import type { CompiledMeasure } from './rule-set.ts'
import { type Scope, silentSince, whyUnknown } from './scope.ts'

const UNIT_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000, percent: 1, count: 1 } as const

export type Measured =
  | { readonly known: true; readonly value: number; readonly dueAt: EpochMs | null }
  | { readonly known: false; readonly why: Bilingual }

const known = (value: number, dueAt: EpochMs | null = null): Measured => ({ known: true, value, dueAt })

/**
 * The number a rule looks at, and the next moment at which time alone brings it to one of its thresholds.
 * `lastingSince` is the start of the rule's state for measures of kind `lasting`.
 */
export function measure(scope: Scope, compiled: CompiledMeasure, lastingSince: EpochMs): Measured {
  const measured = rawMeasure(scope, compiled, lastingSince)
  const { otherwise } = compiled.source
  return !measured.known && otherwise !== undefined ? known(otherwise) : measured
}

function rawMeasure(scope: Scope, compiled: CompiledMeasure, lastingSince: EpochMs): Measured {
  const { source } = compiled
  if ('of' in source) return known(Number(compiled.expression?.run(scope.context)))
  if ('lasting' in source) return age(scope, compiled, lastingSince, source.lasting)
  if ('missed_days_of' in source) return missedDays(scope)
  const why = compiled.fact ? whyUnknown(scope, compiled.fact) : null
  if (why) return { known: false, why }
  const text = compiled.fact ? String(scope.item.facts[compiled.fact]?.value) : ''
  if ('days_left' in source) return daysLeft(scope, compiled, text)
  const since = sinceOf(scope, source.age_of, text)
  return since === null ? unreadable(text) : age(scope, compiled, since, source.clock)
}

/** `presence` leaves our own absence out, `last_heard` does not. */
function sinceOf({ item, site }: Scope, name: string, text: string): EpochMs | null {
  if (name === 'presence') return silentSince(item)
  if (name === 'last_heard') return item.presence?.lastHeardAt ?? null
  return instantOfLocal(site.timezone, text)
}

const unreadable = (text: string): Measured => ({
  known: false,
  why: {
    ru: text ? `непонятная дата «${text}»` : 'агент ещё не выходил на связь',
    en: text ? `unclear date "${text}"` : 'the agent was never heard',
  },
})

/** Grows with time: the next threshold is the smallest one above. */
function age(
  { site, now }: Scope,
  { unit, thresholds }: CompiledMeasure,
  since: EpochMs,
  clock: 'wall' | 'opening',
): Measured {
  const unitMs = UNIT_MS[unit]
  if (clock === 'wall') {
    const value = Math.max(0, now - since) / unitMs
    const next = thresholds.find(threshold => threshold > value)
    return known(value, next === undefined ? null : since + Math.ceil(next * unitMs))
  }
  if (!site.hours) return known(0)
  const value = (openMsBetween(site, since, now) ?? 0) / unitMs
  const next = thresholds.find(threshold => threshold > value)
  return known(value, next === undefined ? null : instantAfterOpenMs(site, since, Math.ceil(next * unitMs)))
}

/** Falls by one at every local midnight: the next threshold is the largest one below, or the day after it. */
function daysLeft({ site, now }: Scope, { thresholds }: CompiledMeasure, text: string): Measured {
  const last = dayOfDate(text)
  if (last === null) return unreadable(text)
  const today = localDay(site.timezone, now)
  let next: number | null = null
  for (const threshold of thresholds) {
    for (const day of [last - Math.floor(threshold), last - Math.floor(threshold) + 1]) {
      if (day > today && (next === null || day < next)) next = day
    }
  }
  return known(last - today, next === null ? null : dayStart(site.timezone, next))
}

function missedDays(scope: Scope): Measured {
  const since = silentSince(scope.item)
  const end = since === null ? null : wholeDayEndAfter(scope.site, since)
  if (end === null) return known(0)
  return scope.now >= end ? known(1) : known(0, end)
}
