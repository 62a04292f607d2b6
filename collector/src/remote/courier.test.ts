import type { AgentCommand, DownMessage } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { createLiveBus } from '../live/live-bus.ts'
import { createCourier } from './courier.ts'
import type { WaitingCommand } from './remote-commands.ts'

const POLL: AgentCommand = { do: 'poll_now' }
const ISSUER = { tenantId: 'main', name: 'Анна' }

function world() {
  const clock = new ManualClock()
  const live = createLiveBus()
  const rows = new Map<string, WaitingCommand>()
  const sessions = new Map<string, number>()
  const said: { agentId: string; message: DownMessage }[] = []
  let asked = 0
  let isStoreWell = true
  let largest = 0
  const courier = createCourier({
    commands: {
      issue: (issuer, agentId, command, now) => {
        const id = `id-${rows.size + 1}`
        const times = { issuedAt: now, expiresAt: now + 600_000, sentAt: null }
        rows.set(id, { id, agentId, command, issuedBy: issuer.name, ...times })
        return Promise.resolve(id)
      },
      waitingAgents: now => {
        asked++
        return Promise.resolve([...new Set([...rows.values()].filter(alive(now)).map(({ agentId }) => agentId))])
      },
      waitingFor: (agentIds, now) => {
        asked++
        largest = Math.max(largest, agentIds.length)
        if (!isStoreWell) return Promise.reject(new Error('the disk is full'))
        return Promise.resolve(
          [...rows.values()].filter(alive(now)).filter(({ agentId }) => agentIds.includes(agentId)),
        )
      },
      noteSent: (ids, now) => {
        for (const [id, row] of rows) if (ids.includes(id)) rows.set(id, { ...row, sentAt: now })
        return Promise.resolve()
      },
    },
    broker: () => ({
      sessionOf: agentId => sessions.get(agentId) ?? null,
      send: (agentId, message) => void said.push({ agentId, message }),
    }),
    ...{ live, clock, log: recordingLogger(), crash: () => {} },
  })
  /** The agent has come back and said so. */
  const arrive = async (agentId: string, session: number) => {
    sessions.set(agentId, session)
    live.publish({ topic: 'agent', id: agentId })
    await clock.advance(0)
  }
  /** A command of another process, or of before this run. */
  const write = (id: string, agentId: string) => {
    const issuedAt = clock.now()
    const times = { issuedAt, expiresAt: issuedAt + 600_000, sentAt: null }
    rows.set(id, { id, agentId, command: POLL, issuedBy: 'console', ...times })
  }
  const breakStore = () => {
    isStoreWell = false
  }
  return {
    clock,
    rows,
    sessions,
    said,
    courier,
    arrive,
    write,
    breakStore,
    questions: () => asked,
    largest: () => largest,
  }
}

const alive =
  (now: number) =>
  ({ expiresAt }: WaitingCommand) =>
    expiresAt > now

test('an agent that is there is told at once, with all times by our clock', async () => {
  const { courier, sessions, said, clock } = world()
  sessions.set('till-1', 1)
  await courier.issue(ISSUER, 'till-1', POLL)
  const now = new Date(clock.now()).toISOString()
  expect(said).toMatchObject([
    { agentId: 'till-1', message: { kind: 'command', command: POLL, issued_by: 'Анна', issued_at: now, sent_at: now } },
  ])
})

test('an agent that is away is told when it is back, again on every connection, and again while there is no result', async () => {
  const { courier, said, clock, arrive, rows } = world()
  await courier.start()
  const id = await courier.issue(ISSUER, 'till-1', POLL)
  await clock.advance(60_000)
  expect(said).toHaveLength(0)
  await arrive('till-1', 7)
  expect(said).toHaveLength(1)
  await clock.advance(10_000)
  expect(said).toHaveLength(1)
  await arrive('till-1', 8)
  expect(said).toHaveLength(2)
  await clock.advance(21_000)
  expect(said).toHaveLength(3)
  rows.delete(id)
  await clock.advance(120_000)
  expect(said).toHaveLength(3)
  await courier.stop()
})

test('what has expired is not said any more', async () => {
  const { courier, said, clock, arrive } = world()
  await courier.start()
  await courier.issue(ISSUER, 'till-1', POLL)
  await clock.advance(600_000)
  await arrive('till-1', 1)
  expect(said).toEqual([])
  await courier.stop()
})

test('the return of agents for which nothing waits asks nothing of the store', async () => {
  const { courier, clock, arrive, questions } = world()
  await courier.start()
  await clock.advance(0)
  const before = questions()
  for (let n = 0; n < 100; n++) await arrive(`till-${n}`, n)
  expect(questions()).toBe(before)
  await courier.stop()
})

test('a command that another process wrote down is found within seconds', async () => {
  const { courier, sessions, said, clock, write } = world()
  await courier.start()
  sessions.set('till-1', 1)
  write('x', 'till-1')
  await clock.advance(5_000)
  expect(said).toHaveLength(1)
  await courier.stop()
})

test('a command to a whole fleet reaches everybody who is there, in steps, however many are away', async () => {
  const { courier, sessions, said, clock, write, largest } = world()
  for (let n = 0; n < 3_000; n++) write(`away-${n}`, `away-${n}`)
  for (let n = 0; n < 500; n++) {
    write(`here-${n}`, `here-${n}`)
    sessions.set(`here-${n}`, n)
  }
  await courier.start()
  await clock.advance(0)
  expect(new Set(said.map(({ agentId }) => agentId)).size).toBe(500)
  expect(largest()).toBeLessThanOrEqual(200)
  await courier.stop()
})

test('what is written down is given, also when it cannot be said at once', async () => {
  const { courier, sessions, breakStore, rows } = world()
  sessions.set('till-1', 1)
  breakStore()
  const id = await courier.issue(ISSUER, 'till-1', POLL)
  expect(rows.has(id)).toBe(true)
})
