import { fileURLToPath } from 'node:url'
import { systemClock, type WireItem } from '@tillwatch/shared'
import { expect } from 'vitest'
import { type KindOfDesk, startEveryKind } from '../contract/desks/every-kind.ts'
import { eventually } from '../stack/eventually.ts'
import { type PortalSession, signIn } from '../stack/portal-session.ts'
import { connectScripted } from '../stack/scripted-agent.ts'
import { booksOf, type CollectorBooks } from './books.ts'
import { createWorld } from './world.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** One of them is in the inventories of the imitations; the others are not. Fewer than would make a mass incident. */
const SERIALS = ['0000000000301234', '0000000000000002', '0000000000000003', '0000000000000004']
/** Messages that the next life sends first: one of each desk may wait for the time-out of a call that was cut. */
const SETTLED_MS_MAX = 90_000

/** A collector with five desks whose lives end between the answer of a desk and its own commit. */
export interface DoomedCollector {
  readonly desks: readonly KindOfDesk[]
  readonly books: CollectorBooks
  /** A life in peace: everything that was left is delivered; then `work` happens while no desk answers, so that it all waits. */
  prepare(work: () => Promise<void>): Promise<void>
  /** Every register's drive ends soon, and their charts are drawn: an opening and a file for each desk. */
  openAll(): Promise<void>
  /** The same act on every incident, with words of its own that are remembered. */
  actOnAll(action: Readonly<Record<string, unknown>>, wordsIn: string): Promise<void>
  /** Messages that wait for a desk. */
  waiting(desk: KindOfDesk): number
  /** A life in which this desk alone answers, ended after its `nth` answer. What was under way then: kinds of message. */
  dieAfter(desk: KindOfDesk, nth: number): Promise<readonly string[]>
  /** Words that every desk must have been told once, by the key of the ticket. */
  readonly said: ReadonlyMap<string, readonly string[]>
  end(): Promise<void>
}

/** Starts one with nothing to do yet. */
export async function createDoomedCollector(): Promise<DoomedCollector> {
  const desks = await startEveryKind()
  const world = await createWorld({
    register: false,
    overrides: [fileURLToPath(new URL('short-holds.yaml', import.meta.url))],
    desks: desks.map(desk => desk.settings),
    env: Object.assign({}, ...desks.map(desk => desk.env)),
  })
  const { stack } = world
  const books = booksOf(world.collectorDir)
  const said = new Map<string, string[]>()
  let session: PortalSession | undefined
  let words = 0

  const count = (sql: string, ...values: string[]): number => Number(books.state(sql, ...values)[0]?.['n'])
  const holdAllBut = (desk: KindOfDesk | null): void => {
    for (const each of desks) each.imitation.isHeld = each !== desk
  }
  const waitingFor = `SELECT count(*) AS n FROM deliveries WHERE state IN ('waiting', 'unknown')`

  return {
    desks,
    books,
    said,
    async prepare(work) {
      for (const each of desks) each.imitation.isHeld = false
      const life = await stack.startCollector()
      await eventually('nothing waits', () => count(waitingFor) === 0, SETTLED_MS_MAX)
      holdAllBut(null)
      await work()
      await life.kill()
    },
    async openAll() {
      const agent = await connectScripted(world.identity(), 1)
      await agent.hello({ base: 1, next: 1 })
      for (const hour of [2, 1, 0])
        await agent.telemetry(
          3 - hour,
          SERIALS.map(serial => endingRegister(serial, hour)),
        )
      await agent.stored(3)
      await agent.close()
      const files = desks.length * SERIALS.length
      await eventually('charts', () => count(`SELECT count(*) AS n FROM deliveries WHERE kind = 'attach'`) === files)
    },
    async actOnAll(action, wordsIn) {
      session ??= await signIn(stack)
      for (const { id, desk_key: key } of books.state('SELECT id, desk_key FROM incidents ORDER BY number')) {
        const text = `said-${++words}.`
        const answer = await session.post(`/api/incidents/${id}/actions`, { ...action, [wordsIn]: text })
        expect(answer.status, JSON.stringify(answer.body)).toBe(200)
        said.set(String(key), [...(said.get(String(key)) ?? []), text])
      }
    },
    waiting: desk => count(`${waitingFor} AND desk = ?`, desk.name),
    async dieAfter(desk, nth) {
      holdAllBut(desk)
      const life = stack.launchCollector({ TILLWATCH_CRASH_AT: `delivery-called:${nth}` })
      expect(await life.ended, life.lines.slice(-5).join('\n')).toBe('SIGKILL')
      const open = books.state(`SELECT kind FROM deliveries WHERE desk = ? AND state = 'unknown'`, desk.name)
      return open.map(row => String(row['kind']))
    },
    async end() {
      await world.end()
      for (const desk of desks) await desk.imitation.stop()
    },
  }
}

/** A register whose drive ends in five days, as it was so many hours ago: that opens an incident of its own for each serial. */
function endingRegister(serial: string, hoursAgo: number): WireItem {
  const now = systemClock.now()
  return {
    kind: 'register',
    slot: serial,
    id: serial,
    at: new Date(now - hoursAgo * HOUR_MS).toISOString(),
    source: 'register',
    facts: {
      'fiscal.register.link': 'ok',
      'fiscal.register.serial': serial,
      'fiscal.fn.serial': `99604403${serial.slice(-8)}`,
      'fiscal.fn.valid_until': new Date(now + 5 * DAY_MS).toISOString().slice(0, 10),
      'fiscal.fn.last_document': 1_000 - hoursAgo,
    },
  }
}
