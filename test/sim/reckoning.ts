import type { DatabaseSync } from 'node:sqlite'
import type { HookDesk, RedmineDesk } from './desk.ts'
import type { Server } from './server.ts'
import type { Till } from './till.ts'
import type { Verdict } from './verdict.ts'

/** What is held against one another once every fault has healed and everything had time to settle. */
interface Reckoned {
  readonly server: Server
  readonly tills: readonly Till[]
  readonly redmine: RedmineDesk
  readonly hook: HookDesk
  readonly verdict: Verdict
}

type Books = Server['books']

/** The books against the truth. */
export function reckon(world: Reckoned): void {
  const { state } = world.server.books
  for (const till of world.tills) {
    readingsOnce(till, world.server.books, world.verdict)
    changesOnce(till, state, world.verdict)
    dropsCounted(till, state, world.verdict)
    world.verdict.expect(
      till.outbox?.counts().waiting === 0,
      'outboxes end empty',
      () => `${till.agentId} has ${till.outbox?.counts().waiting} messages left`,
    )
  }
  everythingSolved(state, world.verdict)
  deliveriesSettled(state, world.verdict)
  ticketsOnce(state, world)
}

/** Polls of a register by how many points they became: under its serial, or its place where it told none. */
function pollsIn(series: DatabaseSync, till: Till): Map<number, number> {
  const rows = series
    .prepare(
      `SELECT value, count(*) AS n FROM points JOIN series ON series.id = series_id
        WHERE fact = 'fiscal.poll.commands' AND item_id IN (?, ?) GROUP BY value`,
    )
    .all(`register:main:${till.register.serial}`, `register:${till.agentId}:${till.register.slot}`)
  return new Map(rows.map(row => [Number(row['value']), Number(row['n'])]))
}

const list = (values: readonly unknown[]): string =>
  `${values.slice(0, 10).join(', ')}${values.length > 10 ? ` … (${values.length})` : ''}`

function readingsOnce(till: Till, { state, series }: Books, verdict: Verdict): void {
  const { ledger, agentId } = till
  const stored = pollsIn(series, till)
  const said = new Set(ledger.readings.map(({ poll }) => poll))
  const invented = [...stored.keys()].filter(poll => !said.has(poll))
  verdict.expect(invented.length === 0, 'nothing is stored that was not said', () => `${agentId}: ${list(invented)}`)
  // What an old image held waiting comes again, and what was said since it was taken is gone with the disk.
  if (ledger.imageRestored) return
  verdict.expect(
    hoursAgree(series),
    'a reading is counted once in its hour',
    () => 'the hours hold more or less than the points',
  )
  const twice = [...stored].flatMap(([poll, times]) => (times > 1 ? [poll] : []))
  verdict.expect(twice.length === 0, 'a reading is stored exactly once', () => `${agentId} twice: ${list(twice)}`)
  const lost = [...said].filter(poll => !stored.has(poll))
  const counted = ledger.collectorRestored ? lostIn(state, agentId).lost : droppedKept(till)
  verdict.expect(
    lost.length === counted,
    'a reading is stored exactly once',
    () => `${agentId} lost ${lost.length}, of which ${counted} are counted: ${list(lost)}`,
  )
}

/** Roll-ups are added to as points come: a point that was written twice would count twice there. */
function hoursAgree(series: DatabaseSync): boolean {
  const row = series
    .prepare('SELECT (SELECT count(*) FROM points) AS points, (SELECT sum(n) FROM hours) AS counted')
    .get()
  return row?.['points'] === row?.['counted']
}

/** Messages that the outbox had taken and let go unstored, by its own count. */
const droppedKept = ({ outbox, ledger }: Till): number => (outbox?.counts().dropped ?? 0) - ledger.refused

/** What the collector counts as gone for ever, and over how many epochs. */
function lostIn(state: DatabaseSync, agentId: string): { readonly lost: number; readonly epochs: number } {
  const sum = 'SELECT coalesce(sum(lost), 0) AS lost, count(*) AS epochs FROM marks WHERE agent_id = ?'
  const row = state.prepare(sum).get(agentId)
  return { lost: Number(row?.['lost']), epochs: Number(row?.['epochs']) }
}

/** What agent and collector count as lost is the same; a new epoch begins behind the gap, so the collector may have seen less of it. */
function dropsCounted(till: Till, state: DatabaseSync, verdict: Verdict): void {
  const { agentId, ledger } = till
  if (ledger.imageRestored) return
  const { lost, epochs } = lostIn(state, agentId)
  const counted = droppedKept(till)
  // A restored collector misses what was stored once and has left the outbox since: that is no drop of the agent's.
  const agree = ledger.collectorRestored ? lost >= counted : epochs > 1 ? lost <= counted : lost === counted
  verdict.expect(agree, 'counted drops agree', () => `${agentId} counted ${counted}, the collector ${lost}`)
}

/** A firmware version never comes back, so the change log names each exactly once. */
function changesOnce(till: Till, state: DatabaseSync, verdict: Verdict): void {
  const { ledger, agentId, register } = till
  if (ledger.imageRestored) return
  const rows = state
    .prepare(`SELECT value_json AS value FROM changes WHERE item_id = ? AND fact = 'fiscal.register.firmware'`)
    .all(`register:main:${register.serial}`)
  const logged = rows.map(row => JSON.parse(String(row['value'])) as string)
  const said = new Set(ledger.readings.flatMap(({ firmware }) => firmware ?? []))
  const invented = logged.filter(value => !said.has(value))
  verdict.expect(
    invented.length === 0,
    'the change log tells only what was said',
    () => `${agentId}: ${list(invented)}`,
  )
  if (droppedKept(till) === 0 && !ledger.collectorRestored) {
    const missing = [...said].filter(value => !logged.includes(value))
    verdict.expect(missing.length === 0, 'every change is logged', () => `${agentId}: ${list(missing)}`)
  }
  const again = logged.filter((value, index) => logged.indexOf(value) !== index)
  if (!ledger.clockSet)
    verdict.expect(again.length === 0, 'a change is logged once', () => `${agentId}: ${list(again)}`)
}

function everythingSolved(state: DatabaseSync, verdict: Verdict): void {
  const open = state
    .prepare(
      `SELECT number, status, cause_class, item_id FROM incidents WHERE status NOT IN ('solved', 'closed') OR firing = 1`,
    )
    .all()
  verdict.expect(open.length === 0, 'everything ends solved', () => list(open.map(row => JSON.stringify(row))))
}

function deliveriesSettled(state: DatabaseSync, verdict: Verdict): void {
  const waiting = state
    .prepare(`SELECT desk, kind, state, last_error FROM deliveries WHERE state IN ('waiting', 'unknown')`)
    .all()
  verdict.expect(waiting.length === 0, 'deliveries end settled', () => list(waiting.map(row => JSON.stringify(row))))
}

function ticketsOnce(state: DatabaseSync, { tills, redmine, hook, verdict }: Reckoned): void {
  const rows = state.prepare(
    `SELECT number, desk_key AS deskKey, status FROM incidents
      WHERE EXISTS (SELECT 1 FROM deliveries WHERE incident_id = incidents.id AND kind = 'open')`,
  )
  const incidents = rows.all() as unknown as { number: number; deskKey: string; status: string }[]
  const restored = tills.some(({ ledger }) => ledger.collectorRestored)
  for (const { number, deskKey, status } of incidents) {
    const tickets = redmine.ticketsOf(deskKey)
    verdict.expect(
      tickets.length === 1,
      'one ticket for one incident',
      () => `incident ${number} (${status}) has ${tickets.length} tickets in the desk`,
    )
    const opened = hook.opened.get(deskKey)?.size ?? 0
    // After a restore the same news has another id: a receiver must not take news for a repeat.
    const once = restored ? opened >= 1 : opened === 1
    verdict.expect(once, 'one event opens one incident', () => `incident ${number} was opened by ${opened} events`)
  }
}
