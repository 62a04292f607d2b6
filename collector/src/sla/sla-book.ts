import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import {
  type PackProblem,
  type SlaBook,
  type SlaPolicy,
  timeOf,
  type WorkingCalendar,
  workingDaysLater,
} from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { inTransaction } from '../store/sqlite/database.ts'
import { createKeptTexts } from '../store/sqlite/kept-texts.ts'
import { openSla, type RefusedSlaFile, type SlaTexts } from './sla-opening.ts'

/** What is in force since when; plain data, because it crosses threads. */
export interface SlaBookState {
  readonly loadedAt: EpochMs
  readonly policies: readonly SlaPolicy[]
  readonly calendars: readonly WorkingCalendar[]
  readonly warnings: readonly PackProblem[]
  /** Files of the customer that do not count as they lie on the disk; empty once they are taken. */
  readonly refused: readonly RefusedSlaFile[]
}

/** Calendars and policies in force. Lives in the state thread under the name `sla`. */
export interface SlaKeeping {
  state(): Promise<SlaBookState>
  /** Takes the texts as they are now, or goes on with what was while one of them is wrong. Unfinished incidents count by the new calendars. */
  load(texts: SlaTexts, now: EpochMs): Promise<SlaBookState>
}

/** Versions of calendars by their ids. */
export type PinnedCalendars = Readonly<Record<string, string>>

export interface SlaBookKeeper {
  readonly service: SlaKeeping
  book(): SlaBook
  /** A calendar by its id, of the version that is pinned, else the current one; also one that is no longer in force: incidents go on counting by it. */
  calendarOf(id: string, pinned: PinnedCalendars | null): WorkingCalendar
  /** The versions by which a policy counts now. */
  versionsFor(policy: SlaPolicy): PinnedCalendars
  /** The same time of day so many working days later, by the usual calendar of work. */
  workingDaysLater(at: EpochMs, days: number): EpochMs
}

/** A short name of exactly this content. */
export const versionOf = (content: SlaPolicy | WorkingCalendar): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12)

const ALWAYS: WorkingCalendar = {
  ...{ id: '24x7', title: { ru: 'Круглосуточно', en: 'Around the clock' }, zone: 'UTC' },
  ...{ hours: null, dayMs: 24 * 3_600_000, holidays: null },
}

/** Opens the texts over a connection of the state thread. Throws `sla.invalid` when what ships is wrong; a file of the customer is only refused. */
export function createSlaBookKeeper(
  database: DatabaseSync,
  texts: SlaTexts,
  edited: (now: EpochMs) => void,
  now: EpochMs,
): SlaBookKeeper {
  const kept = { calendars: createKeptTexts(database, 'calendars'), policies: createKeptTexts(database, 'policies') }
  const isCurrent = database.prepare('SELECT 1 FROM sla_calendars WHERE id = ? AND version = ? AND current = 1')
  const retire = database.prepare('UPDATE sla_calendars SET current = 0 WHERE id = ?')
  const insert = database.prepare(
    `INSERT INTO sla_calendars (id, version, calendar_json, current) VALUES (?, ?, ?, 1)
     ON CONFLICT (id, version) DO UPDATE SET current = 1`,
  )
  const selectVersion = database.prepare('SELECT calendar_json AS json FROM sla_calendars WHERE id = ? AND version = ?')
  const selectCurrent = database.prepare(
    'SELECT calendar_json AS json, version FROM sla_calendars WHERE id = ? AND current = 1',
  )
  /** True when a calendar is another one than it was. */
  const keep = ({ calendars }: SlaBook): boolean => {
    let isEdited = false
    for (const calendar of calendars.values()) {
      const version = versionOf(calendar)
      if (isCurrent.get(calendar.id, version)) continue
      retire.run(calendar.id)
      insert.run(calendar.id, version, JSON.stringify(calendar))
      isEdited = true
    }
    return isEdited
  }
  const take = (next: SlaTexts, at: EpochMs) => {
    const opened = openSla(next, { calendars: kept.calendars.read(), policies: kept.policies.read() })
    for (const kind of ['calendars', 'policies'] as const)
      kept[kind].keep(opened.inForce[kind].filter(text => !text.shipped))
    if (keep(opened.book)) edited(at)
    return { ...opened, loadedAt: at }
  }
  let taken = take(texts, now)
  const state = (): SlaBookState => {
    const { policies, calendars, warnings } = taken.book
    const { loadedAt, refused } = taken
    return { loadedAt, policies: [...policies.values()], calendars: [...calendars.values()], warnings, refused }
  }
  const calendarOf = (id: string, pinned: PinnedCalendars | null): WorkingCalendar => {
    const version = pinned?.[id]
    const known = version === undefined ? taken.book.calendars.get(id) : undefined
    if (known) return known
    const row = version === undefined ? selectCurrent.get(id) : selectVersion.get(id, version)
    return row ? (JSON.parse(String(row['json'])) as WorkingCalendar) : ALWAYS
  }
  const usualCalendar = (): WorkingCalendar => {
    const usual = [...taken.book.policies.values()].find(policy => policy.scope.some(scope => 'default' in scope))
    const own = usual ? calendarOf(usual.calendar, null) : ALWAYS
    return own.hours === null ? calendarOf('business-hours', null) : own
  }
  return {
    book: () => taken.book,
    calendarOf,
    versionsFor: policy =>
      Object.fromEntries(
        calendarsOf(policy).flatMap(id => {
          const row = selectCurrent.get(id)
          return row ? [[id, String(row['version'])]] : []
        }),
      ),
    workingDaysLater: (at, days) => workingDaysLater(timeOf(usualCalendar(), 'UTC'), at, days),
    service: {
      state: async () => state(),
      load: (next, at) =>
        inTransaction(database, () => {
          const { loadedAt } = taken
          taken = take(next, at)
          // What goes on was not loaded now.
          if (taken.refused.length > 0) taken = { ...taken, loadedAt }
          return state()
        }),
    },
  }
}

/** Every calendar that a policy counts in. */
const calendarsOf = ({ calendar, rows }: SlaPolicy): readonly string[] => [
  ...new Set([
    calendar,
    ...Object.values(rows).flatMap(({ reaction, solution, milestones }) => [
      ...[reaction.calendar, solution.calendar],
      ...milestones.map(milestone => milestone.calendar),
    ]),
  ]),
]
