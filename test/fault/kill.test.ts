import { CRASH_POINTS as AGENT_POINTS } from '@tillwatch/agent/crash-point'
import { CRASH_POINTS as COLLECTOR_POINTS } from '@tillwatch/collector/crash-point'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Child } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'
import { TERMINAL } from '../stack/stack.ts'
import { booksOf, readOutbox } from './books.ts'
import { expectEventsOnce, expectStoredOnce } from './judge.ts'
import { createWorld, forbiddenCommands, type World } from './world.ts'

/** Points of the path from reading to `stored`; those of deliveries and commands have tests of their own. */
const READING_POINTS = AGENT_POINTS.filter(point => !point.startsWith('command'))
const INGEST_POINTS = COLLECTOR_POINTS.filter(point => !/^(delivery|command)/.test(point))
const { agent } = TERMINAL
/** Four rounds of the register, after three that may have to wait. */
const ENOUGH_MS_MAX = 60_000

describe('kill -9 between any two steps from reading to stored', () => {
  let world: World
  let collector: Child
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.end())

  /** Starts what does not run, waits until all that the agent had before is stored, stops the agent and compares. */
  async function settleAndJudge(): Promise<void> {
    const { stack, agentDir, collectorDir } = world
    const books = booksOf(collectorDir)
    const had = readOutbox(agentDir)
    const living = await stack.startAgent()
    await eventually('all that was there before is stored', () => books.mark(agent, had.epoch) > had.next)
    // A kill in the middle of an exchange leaves an answer in the register, which the next run leaves alone for three polls.
    await eventually('readings enough to prove something', () => books.points().size > 30, ENOUGH_MS_MAX)
    await living.stop()
    const outbox = readOutbox(agentDir)
    expect(outbox.epoch, 'no kill costs an epoch').toBe(had.epoch)
    expect(outbox.dropped).toBe(0)
    expectStoredOnce(books, agent, [outbox])
    expectEventsOnce(books, agent, outbox)
  }

  test('of the agent: nothing is lost or doubled', async () => {
    const { stack } = world
    collector = await stack.startCollector()
    for (const point of READING_POINTS) {
      // The first message of a run is its own start; the second one is a reading.
      const dying = await stack.startAgent({ TILLWATCH_CRASH_AT: point.endsWith('append') ? `${point}:2` : point })
      expect(await dying.ended, `killed at ${point}`).toBe('SIGKILL')
    }
    await settleAndJudge()
    expect(forbiddenCommands(stack)).toEqual([])
  })

  test('of the collector: nothing is lost or doubled', async () => {
    const { stack, agentDir } = world
    await collector.stop()
    const living = await stack.startAgent()
    for (const point of INGEST_POINTS) {
      // The first batch after a start is the hello's; the second one is the backlog.
      const dying = await stack.startCollector({ TILLWATCH_CRASH_AT: `${point}:2` })
      expect(await dying.ended, `killed at ${point}`).toBe('SIGKILL')
    }
    await living.stop()
    expect(readOutbox(agentDir).dropped).toBe(0)
    await stack.startCollector()
    await settleAndJudge()
  })
})
