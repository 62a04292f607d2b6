import { keyDate } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { ReplacementPlan, ReplacementRow } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { DateTime } from 'luxon'
import { addressKey } from './address-key.ts'
import { instantOrNull } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

const FACTS = [
  'fiscal.register.model',
  'fiscal.register.serial',
  'fiscal.fn.serial',
  'fiscal.register.inn',
  'fiscal.fn.valid_until',
  'fiscal.fn.exhausted_at',
  'fiscal.fn.key_until',
  'fiscal.ofd.unsent_documents',
  'fiscal.fn.last_document',
] as const
/** All facts in one call, so that SQLite reads each document once; the answer is a JSON array. */
const paths = sql.join([
  ...FACTS.map(name => sql.lit(`$.facts."${name}".value`)),
  // Forecasts put their confidence beside the date.
  sql.lit('$.facts."fiscal.fn.exhausted_at".raw'),
  sql.lit('$.facts."fiscal.fn.key_until".raw'),
])

type Known = readonly [
  model: string | null,
  serial: string | null,
  fnSerial: string | null,
  inn: string | null,
  validUntil: string | null,
  exhaustedAt: string | null,
  keyUntil: string | null,
  unsent: number | null,
  lastDocument: number | null,
  documentsConfidence: string | null,
  keyConfidence: string | null,
]

interface RegisterRow {
  readonly id: string
  readonly agent_id: string
  readonly identity: string | null
  readonly inn: string | null
  readonly replacement_until: number | null
  readonly known: string
  readonly terminal: string | null
  readonly site: string | null
  readonly address: string | null
  readonly timezone: string | null
  readonly client: string | null
}

/** Every register by the month in which its drive ends, for `months` months from the current one, and those overdue or unknown. */
export async function readReplacements(
  queries: Kysely<ReadTables>,
  tenantId: string,
  months: number,
  now: EpochMs,
): Promise<ReplacementPlan> {
  const { rows } = await sql<RegisterRow>`
    SELECT i.id, i.agent_id, i.identity, i.inn, i.replacement_until, json_extract(i.state_json, ${paths}) AS known,
      t.name AS terminal, s.name AS site, s.address, s.timezone, c.name AS client
    FROM items i
    JOIN agents a ON a.id = i.agent_id AND a.tenant_id = i.tenant_id AND a.revoked_at IS NULL
    LEFT JOIN terminals t ON t.agent_id = i.agent_id AND t.tenant_id = i.tenant_id
    LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = i.tenant_id
    LEFT JOIN clients c ON c.id = s.client_id
    WHERE i.tenant_id = ${tenantId} AND i.kind = 'register'`.execute(queries)
  const todayIn = todayByZone(now)
  const lastMonth = DateTime.fromMillis(now, { zone: 'utc' })
    .plus({ months: months - 1 })
    .toFormat('yyyy-MM')
  const planned = rows
    .map(row => ({ row, register: registerOf(row) }))
    .map(entry => ({ ...entry, month: monthOf(entry.register.endsAt, todayIn(entry.row.timezone)) }))
    .filter(({ month }) => month === 'overdue' || month === 'unknown' || month <= lastMonth)
  return { months: groupByMonth(planned) }
}

interface Planned {
  readonly row: RegisterRow
  readonly register: ReplacementRow
  readonly month: string
}

interface End {
  readonly date: string
  readonly limitedBy: ReplacementRow['limitedBy']
  readonly confidence: ReplacementRow['confidence']
}

const CONFIDENCES = ['high', 'medium', 'low'] as const

/** What ends a drive first. The drive itself tells its date; documents and key are forecasts. */
function endOf([, , , , validUntil, exhaustedAt, keyUntil, , , documents, key]: Known): End | null {
  const forecast = (date: string | null, limitedBy: End['limitedBy'], raw: string | null): End | null =>
    date === null ? null : { date, limitedBy, confidence: CONFIDENCES.find(one => one === raw) ?? null }
  const ends = [
    validUntil === null ? null : { date: validUntil, limitedBy: 'date' as const, confidence: 'high' as const },
    forecast(exhaustedAt, 'documents', documents),
    forecast(keyDate(keyUntil, validUntil), 'key', key),
  ]
  return ends.filter(end => end !== null).sort((a, b) => compare(a.date, b.date))[0] ?? null
}

function registerOf(row: RegisterRow): ReplacementRow {
  const known = JSON.parse(row.known) as Known
  const [model, serial, fnSerial, inn, validUntil, exhaustedAt, , unsent, lastDocument] = known
  const end = endOf(known)
  return {
    itemId: row.id,
    agentId: row.agent_id,
    model,
    serial: serial ?? row.identity,
    fnSerial,
    terminal: row.terminal,
    client: row.client,
    inn: inn ?? row.inn,
    validUntil,
    exhaustedAt,
    endsAt: end?.date ?? null,
    limitedBy: end?.limitedBy ?? 'unknown',
    confidence: end?.confidence ?? null,
    unsentDocuments: unsent,
    lastDocument,
    inProgressUntil: instantOrNull(row.replacement_until),
  }
}

/** The date of the drive is the last day on which it signs, in the site's zone (domain ruling 17.4). */
const monthOf = (endsAt: string | null, today: string): string =>
  endsAt === null ? 'unknown' : endsAt < today ? 'overdue' : endsAt.slice(0, 7)

function todayByZone(now: EpochMs): (zone: string | null) => string {
  const days = new Map<string, string>()
  return zone => {
    const name = zone ?? 'Europe/Moscow'
    const known = days.get(name)
    if (known !== undefined) return known
    const today = DateTime.fromMillis(now, { zone: name }).toFormat('yyyy-MM-dd')
    days.set(name, today)
    return today
  }
}

const monthRank = (month: string) => (month === 'overdue' ? '0' : month === 'unknown' ? '9999-99' : month)
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function groupByMonth(planned: readonly Planned[]): ReplacementPlan['months'] {
  const months = Map.groupBy(planned, entry => entry.month)
  return [...months]
    .sort(([a], [b]) => compare(monthRank(a), monthRank(b)))
    .map(([month, entries]) => ({ month, registers: entries.length, addresses: groupByAddress(entries) }))
}

/** One house of one client is one visit; two clients in one food court are two. */
function groupByAddress(entries: readonly Planned[]): ReplacementPlan['months'][number]['addresses'] {
  const keys = new Map<string, string>()
  const keyOf = (address: string): string => {
    const key = keys.get(address) ?? addressKey(address)
    keys.set(address, key)
    return key
  }
  const groups = Map.groupBy(entries, ({ row }) => `${keyOf(row.address ?? '')}\n${row.client ?? ''}`)
  return [...groups.values()]
    .map(group => ({
      address: group[0]?.row.address ?? '',
      site: group[0]?.row.site ?? null,
      client: group[0]?.row.client ?? null,
      registers: group
        .map(entry => entry.register)
        .sort((a, b) => compare(a.endsAt ?? '', b.endsAt ?? '') || compare(a.itemId, b.itemId)),
    }))
    .sort(
      (a, b) => compare(a.registers[0]?.endsAt ?? '', b.registers[0]?.endsAt ?? '') || compare(a.address, b.address),
    )
}
