import { AppError, err, ok, type Result } from '@tillwatch/shared'
import type { OpeningHours } from '../model.ts'
import { minutesOfInterval } from './opening-hours.ts'

type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7
const DAYS: Readonly<Record<string, Weekday>> = {
  mo: 1,
  mon: 1,
  monday: 1,
  пн: 1,
  понедельник: 1,
  tu: 2,
  tue: 2,
  tuesday: 2,
  вт: 2,
  вторник: 2,
  we: 3,
  wed: 3,
  wednesday: 3,
  ср: 3,
  среда: 3,
  th: 4,
  thu: 4,
  thursday: 4,
  чт: 4,
  четверг: 4,
  fr: 5,
  fri: 5,
  friday: 5,
  пт: 5,
  пятница: 5,
  sa: 6,
  sat: 6,
  saturday: 6,
  сб: 6,
  суббота: 6,
  su: 7,
  sun: 7,
  sunday: 7,
  вс: 7,
  воскресенье: 7,
}
const ALL_DAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7]
const EVERY_DAY = new Set(['daily', 'ежедневно', 'каждый день', 'без выходных'])
const AROUND_THE_CLOCK = new Set(['24/7', '24x7', '24х7', 'круглосуточно', '00:00-24:00'])
const CLOSED = new Set(['off', 'closed', 'выходной', 'закрыто', 'вых'])
const CLOCK = /\d{1,2}[:.]\d{2}\s*-\s*\d{1,2}[:.]\d{2}/g
const NEXT_STEP = 'Write hours as "10:00-23:00", "Mo-Fr 09:00-18:00; Sa,Su 10:00-16:00", "пн-пт 09:00-18:00" or "24/7".'

const problem = (text: string, reason: string): Result<never> =>
  err(new AppError('hours.invalid', `opening hours "${text}": ${reason}`, { nextStep: NEXT_STEP }))

/** Weekdays of "Mo-Fr", "сб,вс" or "daily"; a reason in words when there is an unknown one. */
function daysOf(text: string): readonly Weekday[] | string {
  if (text === '' || EVERY_DAY.has(text)) return ALL_DAYS
  const days: Weekday[] = []
  for (const part of text.split(/[,\s]+/).filter(Boolean)) {
    const [from = '', to = from, ...rest] = part.replaceAll('.', '').split('-')
    const first = DAYS[from]
    const last = DAYS[to]
    if (!first || !last || rest.length > 0) return `"${part}" is not a weekday`
    for (let day = first; ; day = ((day % 7) + 1) as Weekday) {
      days.push(day)
      if (day === last) break
    }
  }
  return days
}

/** `9.00 - 18:30` as `09:00-18:30`; null when it is no time of day. */
function intervalOf(text: string): string | null {
  const [from = '', to = ''] = text.replaceAll('.', ':').split(/\s*-\s*/)
  const interval = `${from.padStart(5, '0')}-${to.padStart(5, '0')}`
  return minutesOfInterval(interval) ? interval : null
}

/** Hours of one clause such as `mo-fr 09:00-13:00, 14:00-18:00`, or a reason in words. */
function clauseOf(clause: string): { days: readonly Weekday[]; intervals: readonly string[] } | string {
  const times = clause.match(CLOCK) ?? []
  const word = clause.split(/\s+/).at(-1) ?? ''
  const closed = times.length === 0 && CLOSED.has(word)
  const allDay = times.length === 0 && AROUND_THE_CLOCK.has(word)
  if (times.length === 0 && !closed && !allDay) return `"${clause}" has no time of day`
  const head = closed || allDay ? clause.slice(0, -word.length) : clause.replace(CLOCK, '')
  const days = daysOf(head.replace(/[,:\s]+$/, '').trim())
  if (typeof days === 'string') return days
  const intervals: string[] = allDay ? ['00:00-24:00'] : []
  for (const time of times) {
    const interval = intervalOf(time)
    if (!interval) return `"${time}" is not a time between 00:00 and 24:00`
    intervals.push(interval)
  }
  return { days, intervals }
}

/**
 * Weekly opening hours from the way people write them, in English or Russian, clauses divided by `;`.
 * A weekday named in two clauses takes the later one; a weekday never named is closed. Error: `hours.invalid`.
 */
export function parseHours(text: string): Result<OpeningHours> {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/[–—−]/g, '-')
    .replace(/\s*-\s*/g, '-')
    .replace(/\s*,\s*/g, ',')
  if (plain === '') return problem(text, 'is empty')
  const week: Record<Weekday, readonly string[]> = { 1: [], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] }
  for (const part of plain
    .split(';')
    .map(clause => clause.trim())
    .filter(Boolean)) {
    const clause = clauseOf(part)
    if (typeof clause === 'string') return problem(text, clause)
    for (const day of clause.days) week[day] = clause.intervals
  }
  return ok({ week })
}
