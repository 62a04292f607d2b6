import type { EpochMs } from '@tillwatch/shared'
import { instantAfterOpenMs, isOpeningDay, openMsBetween, wholeDayEndAfter } from '../calendar/opening-hours.ts'
import { DAY_MS, dayOfDate, dayStart, instantOf, instantOfLocal, MINUTE_MS } from '../calendar/zone.ts'
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
  if (measured.known) return measured
  const { otherwise } = compiled.source
  return otherwise === undefined ? measured : known(otherwise)
}

type Source<Key extends string> = Extract<CompiledMeasure['source'], Readonly<Record<Key, unknown>>>

function rawMeasure(scope: Scope, compiled: CompiledMeasure, lastingSince: EpochMs): Measured {
  const { source, kind, fact, slot } = compiled
  if (kind === 'of') return known(Number(compiled.expression?.run(scope.context)))
  if (kind === 'lasting') return age(scope, compiled, lastingSince, (source as Source<'lasting'>).lasting)
  if (kind === 'missed_days_of') return missedDays(scope)
  if (kind === 'read_age_of') return readAge(scope, compiled, (source as Source<'read_age_of'>).read_age_of)
  const why = fact ? whyUnknown(scope, slot) : null
  if (why) return { known: false, why }
  const text = fact ? String(scope.slots[slot]?.value) : ''
  if (kind === 'days_left') return daysLeft(scope, compiled, text)
  if (kind === 'opening_days_since')
    return openingDays(scope, compiled, text, (source as Source<'opening_days_since'>).counted_at)
  const { age_of: name, clock } = source as Source<'age_of'>
  const since = sinceOf(scope, name, text)
  return since === null ? unreadable(text) : age(scope, compiled, since, clock)
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
function daysLeft({ site, today }: Scope, { thresholds }: CompiledMeasure, text: string): Measured {
  const last = dayOfDate(text)
  if (last === null) return unreadable(text)
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

/** How long ago a fact was last read; that a device could not tell it now leaves the reading before. */
function readAge(scope: Scope, compiled: CompiledMeasure, name: string): Measured {
  const fact = scope.item.facts[name]
  return fact && fact.value !== null
    ? age(scope, compiled, fact.at, 'wall')
    : { known: false, why: { ru: 'показаний ещё не было', en: 'nothing has been read yet' } }
}

/** Far beyond every threshold; a fact of years ago must not walk through them day by day. */
const OPENING_DAYS_MAX = 100

/**
 * Whole opening days after that of the fact, each counted at `countedAt` minutes of the day after it. Closed days count nothing; without
 * opening hours no day is known to be closed.
 */
function openingDays(
  { site, today, now }: Scope,
  { thresholds }: CompiledMeasure,
  text: string,
  countedAt: number,
): Measured {
  const first = dayOfDate(text)
  if (first === null) return unreadable(text)
  const atOf = (day: number) => instantOf(site.timezone, (day + 1) * DAY_MS + countedAt * MINUTE_MS)
  const worst = thresholds.at(-1) ?? 0
  let days = 0
  // What is counted next lies at most a break of the season ahead.
  for (let day = Math.max(first + 1, today - OPENING_DAYS_MAX); day <= today + OPENING_DAYS_MAX; day++) {
    if (!isOpeningDay(site, day)) continue
    const at = atOf(day)
    if (at > now) return known(days, days >= worst ? null : at)
    days++
  }
  return known(days)
}
