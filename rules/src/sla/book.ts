import { assert, err, ok, type Result } from '@tillwatch/shared'
import { parseHours } from '../calendar/parse-hours.ts'
import { type PackProblem, type PackSource, type Path, readSource } from '../pack/source.ts'
import {
  type CalendarFile,
  calendarFile,
  type PolicySource,
  parseLimit,
  policyFile,
  type RowSource,
} from './book-schema.ts'
import type { MilestoneLimit, SlaPolicy, SlaRow } from './policy.ts'
import { usualDayMs, type WorkingCalendar, withHolidays, type YearOfHolidays } from './working-calendar.ts'

/** Calendars and policies in force. */
export interface SlaBook {
  readonly calendars: ReadonlyMap<string, WorkingCalendar>
  readonly policies: ReadonlyMap<string, SlaPolicy>
  /** What is not wrong but should be looked at: two policies for one scope, with the file and line of the second. */
  readonly warnings: readonly PackProblem[]
}

/** File URLs of the calendars and policies that ship with the product. */
export const SHIPPED_CALENDARS: readonly URL[] = [new URL('../../calendars/ru.yaml', import.meta.url)]
export const SHIPPED_POLICIES: readonly URL[] = [new URL('../../policies/ready.yaml', import.meta.url)]

type Place = (path: Path, reason: string) => PackProblem
interface Placed<T> {
  readonly source: T
  readonly place: Place
  /** Which of the files it stands in, in their order. */
  readonly file: number
}

/**
 * Reads, checks and puts together calendars and policies. A later file replaces what an earlier one names the same way; every fault is
 * told with file, line and column, and nothing is taken by halves. Pure: texts come in as strings.
 */
export function compileBook(
  calendarSources: readonly PackSource[],
  policySources: readonly PackSource[],
): Result<SlaBook, readonly PackProblem[]> {
  const problems: PackProblem[] = []
  const calendars = readCalendars(calendarSources, problems)
  const placed = readPolicies(policySources, problems)
  const policies = new Map<string, SlaPolicy>()
  for (const [id, { source, place }] of placed) {
    const policy = policyOf(source, place, calendars, problems)
    if (policy) policies.set(id, policy)
  }
  if (![...policies.values()].some(policy => policy.scope.some(scope => 'default' in scope)) && problems.length === 0) {
    const [first] = placed.values()
    assert(first, 'a file of policies has at least one')
    problems.push(
      first.place([], 'no policy has the scope { default: true }: incidents of nobody in particular need one'),
    )
  }
  return problems.length > 0 ? err(problems) : ok({ calendars, policies, warnings: doubles(placed) })
}

function readCalendars(sources: readonly PackSource[], problems: PackProblem[]): Map<string, WorkingCalendar> {
  const holidays = new Map<string, Placed<CalendarFile['holidays'][number]>>()
  const calendars = new Map<string, Placed<CalendarFile['calendars'][number]>>()
  for (const [number, source] of sources.entries()) {
    const file = readSource(source, calendarFile)
    problems.push(...file.problems)
    const at =
      (kind: string, index: number): Place =>
      (path, reason) =>
        file.problemAt([kind, index, ...path], reason)
    gather(file.content?.holidays ?? [], number, index => at('holidays', index), holidays, problems)
    gather(file.content?.calendars ?? [], number, index => at('calendars', index), calendars, problems)
  }
  for (const { source, place } of holidays.values())
    for (const [year, days] of Object.entries(source.years)) problems.push(...strayDays(year, days, place))
  const made = [...calendars.values()].map(({ source, place }): WorkingCalendar => {
    const parsed = parseHours(source.hours)
    assert(parsed.ok, 'the schema has read the hours')
    const { week } = parsed.value
    const { id, title, zone } = source
    const followed = source.holidays === undefined ? undefined : holidays.get(source.holidays)?.source
    if (source.holidays !== undefined && !followed)
      problems.push(place(['holidays'], `no holidays are named ${source.holidays}`))
    const always = Object.values(week).every(day => day.length === 1 && day[0] === '00:00-24:00')
    return {
      ...{ id, title, zone, dayMs: usualDayMs(week) },
      hours: followed ? withHolidays(week, followed) : always ? null : { week },
      holidays: followed ? { id: followed.id, years: Object.keys(followed.years).map(Number) } : null,
    }
  })
  return new Map(made.map(calendar => [calendar.id, calendar]))
}

/** Dates under another year than their own: a year that was copied and not finished. */
function strayDays(year: string, { moved, off, short }: YearOfHolidays, place: Place): PackProblem[] {
  const dates: [Path, string][] = [
    ...moved.flatMap(({ from, to }, index): [Path, string][] => [
      [['moved', index, 'from'], from],
      [['moved', index, 'to'], to],
    ]),
    ...off.map((date, index): [Path, string] => [['off', index], date]),
    ...short.map((date, index): [Path, string] => [['short', index], date]),
  ]
  return dates
    .filter(([, date]) => !date.startsWith(year))
    .map(([path, date]) => place(['years', Number(year), ...path], `${date} is not in ${year}`))
}

function readPolicies(sources: readonly PackSource[], problems: PackProblem[]): Map<string, Placed<PolicySource>> {
  const placed = new Map<string, Placed<PolicySource>>()
  for (const [number, source] of sources.entries()) {
    const file = readSource(source, policyFile)
    problems.push(...file.problems)
    gather(
      file.content?.policies ?? [],
      number,
      index => (path, reason) => file.problemAt(['policies', index, ...path], reason),
      placed,
      problems,
    )
  }
  return withOneDefault(placed)
}

/** Whoever names a default in a file of his own means it instead of the one that came before. */
function withOneDefault(placed: ReadonlyMap<string, Placed<PolicySource>>): Map<string, Placed<PolicySource>> {
  const isDefault = ({ source }: Placed<PolicySource>) => source.scope.some(scope => 'default' in scope)
  const last = Math.max(...[...placed.values()].filter(isDefault).map(({ file }) => file))
  const kept = [...placed].map(([id, one]): [string, Placed<PolicySource>] => {
    if (!isDefault(one) || one.file === last) return [id, one]
    return [id, { ...one, source: { ...one.source, scope: one.source.scope.filter(scope => !('default' in scope)) } }]
  })
  return new Map(kept)
}

/** Entries by their id; one that stands twice in a file is a fault, one in a later file replaces. */
function gather<T extends { readonly id: string }>(
  entries: readonly T[],
  file: number,
  placeOf: (index: number) => Place,
  into: Map<string, Placed<T>>,
  problems: PackProblem[],
): void {
  const here = new Set<string>()
  for (const [index, source] of entries.entries()) {
    const place = placeOf(index)
    if (here.has(source.id)) problems.push(place(['id'], `${source.id} stands twice in this file`))
    here.add(source.id)
    into.set(source.id, { source, place, file })
  }
}

function policyOf(
  source: PolicySource,
  place: Place,
  calendars: ReadonlyMap<string, WorkingCalendar>,
  problems: PackProblem[],
): SlaPolicy | null {
  const before = problems.length
  const msOf = (text: string, calendar: string, path: Path): number => {
    const known = calendars.get(calendar)
    if (!known)
      problems.push(place(path, `no calendar is named ${calendar}; known are ${[...calendars.keys()].join(', ')}`))
    return parseLimit(text, known?.dayMs ?? 0) ?? 0
  }
  const rows = Object.fromEntries(
    Object.entries(source.rows).flatMap(([key, row]) => {
      if (row === undefined) return []
      const path = ['rows', /^\d$/.test(key) ? Number(key) : key]
      return [[key, rowFrom(row, source.calendar, path, msOf, (at, reason) => problems.push(place(at, reason)))]]
    }),
  )
  const { id, title, calendar, pauses, marks, scope } = source
  return problems.length > before
    ? null
    : { ...{ id, title, calendar, pauses, marks, scope }, rows: rows as unknown as SlaPolicy['rows'] }
}

function rowFrom(
  row: RowSource,
  usual: string,
  path: Path,
  msOf: (text: string, calendar: string, path: Path) => number,
  blame: (path: Path, reason: string) => void,
): SlaRow {
  const reaction = typeof row.reaction === 'string' ? { limit: row.reaction } : row.reaction
  const calendar = reaction.calendar ?? usual
  const limitMs = msOf(reaction.limit, calendar, [...path, 'reaction'])
  const targetMs = reaction.target === undefined ? limitMs : msOf(reaction.target, calendar, [...path, 'reaction'])
  if (targetMs > limitMs) blame([...path, 'reaction'], 'the target of the reaction is longer than its limit')
  const milestones = row.milestones.map((milestone, index): MilestoneLimit => {
    const own = milestone.calendar ?? usual
    return {
      event: milestone.event,
      limitMs: msOf(milestone.within, own, [...path, 'milestones', index]),
      calendar: own,
    }
  })
  return { reaction: { targetMs, limitMs, calendar }, solution: solutionFrom(), milestones }

  function solutionFrom(): SlaRow['solution'] {
    if (row.solution !== undefined) {
      const solution = typeof row.solution === 'string' ? { limit: row.solution } : row.solution
      const own = solution.calendar ?? usual
      return { limitMs: msOf(solution.limit, own, [...path, 'solution']), calendar: own, until: 'solved' }
    }
    const last = milestones.at(-1)
    if (last) return { limitMs: last.limitMs, calendar: last.calendar, until: last.event }
    blame(path, 'a row needs a time of solution, or milestones the last of which stands for it')
    return { limitMs: 0, calendar: usual, until: 'solved' }
  }
}

/** Two policies with one scope: the shorter limit holds, and somebody should know (domain ruling 18.9). */
function doubles(placed: ReadonlyMap<string, Placed<PolicySource>>): PackProblem[] {
  const holders = new Map<string, string>()
  const warnings: PackProblem[] = []
  for (const { source, place } of placed.values()) {
    for (const [index, scope] of source.scope.entries()) {
      const key = JSON.stringify(Object.entries(scope).sort())
      const other = holders.get(key)
      if (other !== undefined && other !== source.id)
        warnings.push(place(['scope', index], `${other} has the same scope: the shorter of the two times holds`))
      else holders.set(key, source.id)
    }
  }
  return warnings
}
