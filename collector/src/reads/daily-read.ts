import { DEFAULT_ZONE, dateOfDay, isOpeningDay, localDay, type OpeningHours, type TimeToStop } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { DailyView } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { dailyFactsOf } from '../conclusions/daily-set.ts'
import { instant, instantOrNull, stopOf } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** Registers that are named; the rest is counted. */
const UNCHECKED_MAX = 1_000
const DISK = 'host.disk.free_bytes'

interface Row {
  readonly item_id: string
  readonly agent_id: string
  readonly agent_state: 'never' | 'online' | 'offline'
  readonly heard_at: number | null
  readonly identity: string | null
  readonly terminal: string | null
  readonly site_code: string | null
  readonly site: string | null
  readonly timezone: string | null
  readonly hours_json: string | null
  readonly client_code: string | null
  readonly client: string | null
  /** When each fact of the set was read and what it is, then autonomy and the last full day; see `SET`. */
  readonly set_json: string
  readonly disk_at: number | null
  readonly stop_json: string | null
}

const fact = (name: string) => `$.facts."${name}"`
/** Facts of a register of which the day is made, in the order of `set_json`. */
const NAMES = dailyFactsOf(false)
const SET = sql.join([
  ...NAMES.flatMap(name => [`${fact(name)}.at`, `${fact(name)}.value`]),
  `${fact('fiscal.register.autonomous')}.value`,
  `${fact('daily.checked_to')}.value`,
])

/** The day of every register of a tenant, summed up by site and client (R1, domain ruling 17.19). */
export async function readDaily(queries: Kysely<ReadTables>, tenantId: string, now: EpochMs): Promise<DailyView> {
  const { rows } = await sql<Row>`
    SELECT i.id AS item_id, i.agent_id, a.state AS agent_state, a.last_heard_at AS heard_at, i.identity, t.name AS terminal, s.code AS site_code, s.name AS site, s.timezone, s.hours_json,
      c.code AS client_code, c.name AS client, json_extract(i.state_json, ${SET}) AS set_json,
      (SELECT json_extract(v.state_json, ${`${fact(DISK)}.at`}) FROM items v
        WHERE v.tenant_id = i.tenant_id AND v.agent_id = i.agent_id AND v.kind = 'volume' AND v.slot = 'system') AS disk_at,
      CASE WHEN i.stop_at IS NULL THEN NULL ELSE json_extract(i.view_json, '$.timeToStop') END AS stop_json
    FROM items i
    JOIN agents a ON a.id = i.agent_id AND a.tenant_id = i.tenant_id
    LEFT JOIN terminals t ON t.agent_id = a.id AND t.tenant_id = a.tenant_id
    LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = a.tenant_id
    LEFT JOIN clients c ON c.id = s.client_id
    WHERE i.tenant_id = ${tenantId} AND i.kind = 'register' AND a.revoked_at IS NULL
    ORDER BY i.id`.execute(queries)
  const days = rows.map(row => dayOf(row, now))
  const unchecked = days.filter(({ lacks }) => lacks.length > 0).sort((a, b) => Number(b.open) - Number(a.open))
  return {
    at: instant(now),
    totals: countsOf(days),
    clients: groups(days, ({ row }) => row.client_code).map(([code, part]) => ({
      ...countsOf(part),
      ...{ code, name: part[0]?.row.client ?? code },
    })),
    sites: groups(days, ({ row }) => row.site_code)
      .map(([code, part]) => siteOf(code, part))
      .sort((a, b) => b.registers - b.checked - (a.registers - a.checked)),
    unchecked: unchecked.slice(0, UNCHECKED_MAX).map(({ row, lacks, checkedTo, missed }) => ({
      ...{ itemId: row.item_id, agentId: row.agent_id, terminal: row.terminal, serial: row.identity },
      ...{ site: row.site, siteCode: row.site_code, lacks, checkedTo, missed },
      ...{ agentState: row.agent_state, heardAt: instantOrNull(row.heard_at) },
    })),
    uncheckedTotal: unchecked.length,
  }
}

interface RegisterDay {
  readonly row: Row
  readonly day: string
  readonly open: boolean
  readonly lacks: string[]
  readonly checkedTo: string | null
  readonly missed: boolean
  readonly stop: TimeToStop | null
}

function dayOf(row: Row, now: EpochMs): RegisterDay {
  const timezone = row.timezone ?? DEFAULT_ZONE
  const today = localDay(timezone, now)
  const values = JSON.parse(row.set_json) as (string | number | boolean | null)[]
  const [isAutonomous, checkedTo] = values.slice(2 * NAMES.length)
  const isToday = (at: unknown) => typeof at === 'number' && localDay(timezone, at) === today
  const wanted = dailyFactsOf(isAutonomous === true || isAutonomous === 1)
  const isRead = (name: (typeof NAMES)[number]) => {
    const at = 2 * NAMES.indexOf(name)
    return isToday(values[at]) && values[at + 1] !== null
  }
  const lacks: string[] = wanted.filter(name => !isRead(name))
  if (!isToday(row.disk_at)) lacks.push(DISK)
  const hours = row.hours_json === null ? null : (JSON.parse(row.hours_json) as OpeningHours)
  return {
    ...{ row, day: dateOfDay(today), open: isOpeningDay({ timezone, hours }, today) },
    // A set that was full earlier today stays so, though a fact may have become unknown since.
    lacks: checkedTo === dateOfDay(today) ? [] : lacks,
    checkedTo: typeof checkedTo === 'string' ? checkedTo : null,
    missed: typeof checkedTo === 'string' && checkedTo < dateOfDay(today - 1),
    stop: row.stop_json === null ? null : (JSON.parse(row.stop_json) as TimeToStop),
  }
}

const countsOf = (days: readonly RegisterDay[]) => ({
  registers: days.length,
  checked: days.filter(({ lacks }) => lacks.length === 0).length,
  missed: days.filter(({ lacks, missed }) => missed && lacks.length > 0).length,
})

function siteOf(code: string, part: readonly RegisterDay[]): DailyView['sites'][number] {
  const [first] = part
  const stops = part.flatMap(({ stop }) => stop ?? []).sort((a, b) => a.at - b.at)
  return {
    ...countsOf(part),
    ...{ code, name: first?.row.site ?? code, client: first?.row.client ?? '' },
    clientCode: first?.row.client_code ?? null,
    ...{ day: first?.day ?? '', open: first?.open ?? true, timeToStop: stopOf(stops[0] ?? null) },
  }
}

/** By a code; what has none is only in the totals. */
function groups(days: readonly RegisterDay[], codeOf: (day: RegisterDay) => string | null): [string, RegisterDay[]][] {
  const found = new Map<string, RegisterDay[]>()
  for (const day of days) {
    const code = codeOf(day)
    if (code === null) continue
    const part = found.get(code)
    if (part) part.push(day)
    else found.set(code, [day])
  }
  return [...found]
}
