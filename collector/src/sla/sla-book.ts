import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import {
  compileBook,
  type PackProblem,
  type SlaBook,
  type SlaPolicy,
  timeOf,
  type WorkingCalendar,
  workingDaysLater,
} from '@tillwatch/rules'
import { AppError, type EpochMs, err } from '@tillwatch/shared'
import { problemLine } from '../rulebook/rule-keeper.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import type { FileText } from '../watched-files.ts'

/** Texts of calendars and policies, in order, as read from disk. */
export interface SlaTexts {
  readonly calendars: readonly FileText[]
  readonly policies: readonly FileText[]
}

/** What is in force since when; plain data, because it crosses threads. */
export interface SlaBookState {
  readonly loadedAt: EpochMs
  readonly policies: readonly SlaPolicy[]
  readonly calendars: readonly WorkingCalendar[]
  readonly warnings: readonly PackProblem[]
  /** What was wrong with the texts that were refused last; empty once they are taken. */
  readonly refused: readonly PackProblem[]
}

/** Calendars and policies in force. Lives in the state thread under the name `sla`. */
export interface SlaKeeping {
  state(): Promise<SlaBookState>
  /** Takes the texts as they are now, or refuses all of them and goes on with what was. Unfinished incidents count by the new calendars. */
  load(texts: SlaTexts, now: EpochMs): Promise<SlaBookState>
}

export interface SlaBookKeeper {
  readonly service: SlaKeeping
  book(): SlaBook
  /** A calendar by its id, also one that is no longer in force: incidents go on counting by it. */
  calendarOf(id: string): WorkingCalendar
  /** The same time of day so many working days later, by the usual calendar of work. */
  workingDaysLater(at: EpochMs, days: number): EpochMs
}

/** A short name of exactly this policy. */
export const versionOf = (policy: SlaPolicy): string =>
  createHash('sha256').update(JSON.stringify(policy)).digest('hex').slice(0, 12)

/** The texts as a book, or everything that is wrong with them. */
function bookOf({ calendars, policies }: SlaTexts): ReturnType<typeof compileBook> {
  const unreadable = [...calendars, ...policies].flatMap(({ file, unreadable: reason }) =>
    reason === undefined ? [] : { file, line: 1, column: 1, path: '', reason },
  )
  return unreadable.length > 0 ? err(unreadable) : compileBook(calendars, policies)
}

const ALWAYS: WorkingCalendar = {
  ...{ id: '24x7', title: { ru: 'Круглосуточно', en: 'Around the clock' }, zone: 'UTC' },
  ...{ hours: null, dayMs: 24 * 3_600_000, holidays: null },
}

/** Opens the texts over a connection of the state thread. Throws `sla.invalid` naming every place that is wrong. */
export function createSlaBookKeeper(
  database: DatabaseSync,
  texts: SlaTexts,
  edited: (now: EpochMs) => void,
  now: EpochMs,
): SlaBookKeeper {
  const upsert = database.prepare(
    `INSERT INTO sla_calendars (id, calendar_json) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET calendar_json = excluded.calendar_json
      WHERE calendar_json <> excluded.calendar_json`,
  )
  const select = database.prepare('SELECT calendar_json AS json FROM sla_calendars WHERE id = ?')
  /** True when a calendar is another one than it was. */
  const keep = (book: SlaBook): boolean =>
    [...book.calendars.values()]
      .map(calendar => Number(upsert.run(calendar.id, JSON.stringify(calendar)).changes))
      .some(changes => changes > 0)
  const first = bookOf(texts)
  if (!first.ok) {
    const problems = first.error.map(problemLine)
    throw new AppError('sla.invalid', `calendars or policies are wrong:\n  ${problems.join('\n  ')}`, {
      nextStep: 'Correct the named places; the files stand under calendars and policies in the configuration.',
      context: { problems },
    })
  }
  let book = first.value
  let loadedAt = now
  let refused: readonly PackProblem[] = []
  if (keep(book)) edited(now)
  const state = (): SlaBookState => {
    const { policies, calendars, warnings } = book
    return { loadedAt, policies: [...policies.values()], calendars: [...calendars.values()], warnings, refused }
  }
  const calendarOf = (id: string): WorkingCalendar => {
    const known = book.calendars.get(id)
    if (known) return known
    const row = select.get(id) as { json: string } | undefined
    return row ? (JSON.parse(row.json) as WorkingCalendar) : ALWAYS
  }
  const usualCalendar = (): WorkingCalendar => {
    const usual = [...book.policies.values()].find(policy => policy.scope.some(scope => 'default' in scope))
    const own = usual ? calendarOf(usual.calendar) : ALWAYS
    return own.hours === null ? calendarOf('business-hours') : own
  }
  return {
    book: () => book,
    calendarOf,
    workingDaysLater: (at, days) => workingDaysLater(timeOf(usualCalendar(), 'UTC'), at, days),
    service: {
      state: async () => state(),
      load: (next, at) =>
        inTransaction(database, () => {
          const compiled = bookOf(next)
          refused = compiled.ok ? [] : compiled.error
          if (!compiled.ok) return state()
          if (keep(compiled.value)) edited(at)
          book = compiled.value
          loadedAt = at
          return state()
        }),
    },
  }
}
