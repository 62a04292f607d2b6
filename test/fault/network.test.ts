import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Child } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'
import { TERMINAL } from '../stack/stack.ts'
import type { TcpRelay } from '../stack/tcp-relay.ts'
import { booksOf, type CollectorBooks, readOutbox } from './books.ts'
import { expectEventsOnce, expectStoredOnce } from './judge.ts'
import { createWorld, type World } from './world.ts'

const { agent } = TERMINAL

describe('the network between agent and broker', () => {
  let world: World
  let relay: TcpRelay
  let books: CollectorBooks
  let living: Child
  beforeAll(async () => {
    world = await createWorld()
    relay = await world.relay()
    books = booksOf(world.collectorDir)
    await world.stack.startCollector()
    living = await world.stack.startAgent()
    await eventually('the first readings are stored', () => books.mark(agent) >= 2)
  })
  afterAll(() => world.end())

  const moreIsStored = async (): Promise<void> => {
    const before = books.mark(agent)
    await eventually('the agent goes on by itself', () => books.mark(agent) > before, 30_000)
  }

  test('is cut again and again in the middle of work', async () => {
    for (let time = 0; time < 5; time++) {
      relay.cut()
      await living.line(/collector cannot be reached|connection to the collector is lost/)
      relay.restore()
      const connections = relay.taken
      await eventually('it connects anew', () => relay.taken > connections)
    }
    await moreIsStored()
  })

  test('carries nothing any more while both ends believe in it', async () => {
    const connections = relay.taken
    relay.stall()
    await eventually('the agent gives the dead connection up', () => relay.taken > connections, 40_000)
    relay.restore()
    await moreIsStored()
  })

  test('closes in one direction only', async () => {
    relay.halfClose()
    await moreIsStored()
  })

  test('and after all of it every reading is stored once, in the same epoch', async () => {
    await living.stop()
    const outbox = readOutbox(world.agentDir)
    expect(outbox.dropped).toBe(0)
    expect(books.epochs(agent)).toBe(1)
    expectStoredOnce(books, agent, [outbox])
    expectEventsOnce(books, agent, outbox)
  })
})
