import type { DatabaseSync } from 'node:sqlite'
import type { CauseClass, PastEvent, PastItem, RealIncident, RulePlace } from '@tillwatch/rules'
import { type EpochMs, type FactValue, factDefinition, type ItemKind, isFactName, type Source } from '@tillwatch/shared'
import { createItemStore, type ItemRecord } from '../alerting/item-store.ts'
import { judgedView } from '../alerting/item-view.ts'
import { createSurroundings } from '../alerting/surroundings.ts'
import type { SeriesStore } from '../store/series-store.ts'

/** How things stood is learned from this long before the span. */
const WARM_UP_MS = 3 * 24 * 3_600_000
/** Short spans are replayed reading by reading, long ones by means of five minutes: less than any hold that a person would set. */
const FINE_SPAN_MS = 3 * 24 * 3_600_000
const FINE_MS = 60_000
const COARSE_MS = 5 * 60_000
/** Points asked for at once. */
const POINTS_PER_QUERY = 2_000

/** Numbers that come with every reading, by what is read: they tell when an item was heard of. */
const MARKERS: Readonly<Record<ItemKind, readonly string[]>> = {
  register: ['fiscal.ofd.unsent_documents', 'fiscal.poll.port_held_ms', 'fiscal.shift.receipts'],
  pc: ['host.cpu.load', 'host.memory.free_bytes', 'agent.outbox.messages'],
  volume: ['host.disk.free_bytes'],
  service: [],
  site: [],
}

/** Which items are asked about; codes of the directory. */
export interface ItemChoice {
  readonly tenantId: string | null
  readonly client?: string | undefined
  readonly site?: string | undefined
}

export interface Stretch {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** What is kept of the past, item by item. */
export interface BacktestHistory {
  itemIds(choice: ItemChoice): readonly string[]
  load(itemId: string): { readonly record: ItemRecord; readonly place: RulePlace } | null
  /** The past of one item as far as rules that read these facts can tell; only one is to be held at a time. */
  past(record: ItemRecord, facts: ReadonlySet<string>, span: Stretch, now: EpochMs): Promise<PastItem>
}

/** Numbers of a span are means over this many milliseconds. */
export const stepMsOf = ({ from, to }: Stretch): number => (to - from <= FINE_SPAN_MS ? FINE_MS : COARSE_MS)

/** History over two connections that only read. */
export function createBacktestHistory(database: DatabaseSync, series: Pick<SeriesStore, 'query'>): BacktestHistory {
  const items = createItemStore(database)
  const surroundings = createSurroundings(database)()
  const selectItems = database.prepare(
    `SELECT i.id FROM items i
       LEFT JOIN agents a ON a.id = i.agent_id AND a.tenant_id = i.tenant_id
       LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = i.tenant_id
       LEFT JOIN clients c ON c.id = s.client_id AND c.tenant_id = i.tenant_id
      WHERE (:tenant IS NULL OR i.tenant_id = :tenant) AND (:client IS NULL OR c.code = :client)
        AND (:site IS NULL OR s.code = :site) ORDER BY i.id`,
  )
  const selectChanges = database.prepare(
    `SELECT fact, value_json, raw, source, at, received_at FROM changes
      WHERE tenant_id = ? AND item_id = ? AND received_at < ? ORDER BY received_at, id`,
  )
  const selectRuns = database.prepare('SELECT started_at FROM collector_runs ORDER BY started_at')
  const selectIncidents = database.prepare(
    `SELECT number, cause_class, opened_at, coalesce(solved_at, closed_at) AS ended_at FROM incidents
      WHERE tenant_id = ? AND item_id = ? AND opened_at < ? ORDER BY opened_at`,
  )
  const pointsOf = async (itemId: string, fact: string, { from, to }: Stretch, stepMs: number) => {
    const found: { at: EpochMs; value: number }[] = []
    for (let at = from; at < to; at += stepMs * POINTS_PER_QUERY) {
      const end = Math.min(at + stepMs * POINTS_PER_QUERY, to)
      const points = Math.ceil((end - at) / stepMs)
      for (const point of await series.query({ itemId, fact, from: at, to: end, points })) {
        found.push({ at: point.at, value: point.mean })
      }
    }
    return found
  }
  /** Readings of an item without numbers of its own are those of its PC. */
  const readingsOf = async (record: ItemRecord, span: Stretch, stepMs: number): Promise<PastEvent[]> => {
    const own = MARKERS[record.kind].map(fact => ({ itemId: record.id, fact }))
    const ofPc = record.kind === 'service' ? MARKERS.pc.map(fact => ({ itemId: `pc:${record.agentId}`, fact })) : []
    for (const { itemId, fact } of [...own, ...ofPc]) {
      const points = await pointsOf(itemId, fact, span, stepMs)
      if (points.length > 0) return points.map(({ at }) => ({ at, receivedAt: at, news: null, isReading: true }))
    }
    return []
  }
  return {
    itemIds: ({ tenantId, client, site }) =>
      selectItems.all({ tenant: tenantId, client: client ?? null, site: site ?? null }).map(row => String(row['id'])),
    load: itemId => {
      const record = items.load(itemId)
      return record && { record, place: { tenant: record.tenantId, ...surroundings.codesOf(record.agentId) } }
    },
    past: async (record, facts, span, now) => {
      const stepMs = stepMsOf(span)
      const stretch = { from: span.from - WARM_UP_MS, to: span.to }
      const numbers: PastEvent[] = []
      for (const fact of facts) {
        if (!isKept(fact, 'series')) continue
        const points = await pointsOf(record.id, fact, stretch, stepMs)
        numbers.push(...points.map(({ at, value }) => eventOf(fact, value, at)))
      }
      const readings = numbers.length > 0 ? numbers : await readingsOf(record, stretch, stepMs)
      const changes = selectChanges.all(record.tenantId, record.id, span.to) as unknown as ChangeRow[]
      const { view } = judgedView(record, surroundings, now)
      return {
        id: record.id,
        kind: record.kind,
        site: view.site,
        spare: view.spare,
        replacementUntil: view.replacementUntil,
        collectorStarts: selectRuns.all().map(row => Number(row['started_at'])),
        hasReadings: readings.length > 0,
        events: [...todayOnly(record, stretch.from), ...changesOf(changes, stretch.from), ...readings].sort(
          (a, b) => a.receivedAt - b.receivedAt,
        ),
        incidents: (selectIncidents.all(record.tenantId, record.id, span.to) as unknown as IncidentRow[]).map(realOf),
      }
    },
  }
}

interface ChangeRow {
  readonly fact: string
  readonly value_json: string
  readonly raw: string | null
  readonly source: string
  readonly at: number
  readonly received_at: number
}

interface IncidentRow {
  readonly number: number
  readonly cause_class: string
  readonly opened_at: number
  readonly ended_at: number | null
}

/** How a fact is kept once received. */
export const isKept = (fact: string, keep: 'series' | 'state'): boolean =>
  isFactName(fact) && factDefinition(fact).keep === keep

const eventOf = (fact: string, value: FactValue, at: EpochMs): PastEvent => ({
  at,
  receivedAt: at,
  news: { fact, value, source: 'register' },
  isReading: true,
})

/** What was learned before the stretch counts by what it came to. */
function changesOf(rows: readonly ChangeRow[], since: EpochMs): PastEvent[] {
  const known = new Map<string, ChangeRow>()
  const later: PastEvent[] = []
  for (const row of rows) {
    if (row.received_at >= since) later.push(changeOf(row))
    else if (row.at >= (known.get(row.fact)?.at ?? 0)) known.set(row.fact, row)
  }
  return [...[...known.values()].map(row => ({ ...changeOf(row), receivedAt: since })), ...later]
}

const changeOf = ({ fact, value_json, raw, source, at, received_at }: ChangeRow): PastEvent => ({
  at,
  receivedAt: received_at,
  news: {
    fact,
    value: JSON.parse(value_json) as FactValue,
    source: source as Source,
    ...(raw === null ? {} : { raw }),
  },
  isReading: false,
})

/** What is kept only as it is now is taken to have been so all the time. */
const todayOnly = (record: ItemRecord, since: EpochMs): PastEvent[] =>
  Object.entries(record.facts)
    .filter(([fact, { value }]) => isKept(fact, 'state') && value !== null)
    .map(([fact, { value, source }]) => ({
      at: since,
      receivedAt: since,
      news: { fact, value, source },
      isReading: false,
    }))

const realOf = ({ number, cause_class, opened_at, ended_at }: IncidentRow): RealIncident => ({
  number,
  causeClass: cause_class as CauseClass,
  openedAt: opened_at,
  endedAt: ended_at,
})
