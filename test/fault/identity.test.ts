import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Child, runNode, startNode } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'
import { TERMINAL } from '../stack/stack.ts'
import { booksOf, type CollectorBooks, readOutbox } from './books.ts'
import { expectStoredOnce } from './judge.ts'
import { createWorld, type World } from './world.ts'

const { agent } = TERMINAL

describe('an identity or a book that went back in time', () => {
  let world: World
  let books: CollectorBooks
  let collector: Child
  beforeAll(async () => {
    world = await createWorld()
    books = booksOf(world.collectorDir)
    collector = await world.stack.startCollector()
  })
  afterAll(() => world.end())

  /** Runs the agent until `count` more messages are stored, stops it and returns its outbox. */
  async function live(count: number): Promise<ReturnType<typeof readOutbox>> {
    const epoch = books.epochs(agent)
    const before = books.mark(agent)
    const living = await world.stack.startAgent()
    await eventually('the agent tells more', () => {
      const isNew = books.epochs(agent) > epoch
      return books.mark(agent) >= (isNew ? count : before + count)
    })
    await living.stop()
    return readOutbox(world.agentDir)
  }

  test('a restored disk image begins a new epoch: what both lives read is stored once', async () => {
    const image = join(world.stack.folder, 'image')
    await live(3)
    cpSync(world.agentDir, image, { recursive: true })
    const first = await live(4)
    rmSync(world.agentDir, { recursive: true })
    renameSync(image, world.agentDir)
    const second = await live(3)
    expect(second.epoch).toBeGreaterThan(first.epoch)
    expect([first.dropped, second.dropped]).toEqual([0, 0])
    expectStoredOnce(books, agent, [first, second])
  })

  test('a restored collector is filled again from the outbox’s tail', async () => {
    const { stack, collectorDir } = world
    await live(3)
    const backup = join(stack.folder, 'backup')
    await runNode(['collector/src/main.ts', 'backup', '--config', stack.collectorConfig, backup])
    const after = await live(4)
    const markBefore = books.mark(agent, after.epoch)
    await collector.stop()
    renameSync(collectorDir, join(stack.folder, 'collector-lost'))
    await runNode(['collector/src/main.ts', 'restore', '--config', stack.collectorConfig, backup])
    expect(books.mark(agent, after.epoch), 'the restored collector knows less').toBeLessThan(markBefore)
    collector = await stack.startCollector()
    const living = await stack.startAgent()
    await eventually('all is there again, and more', () => books.mark(agent, after.epoch) > markBefore)
    await living.stop()
    const outbox = readOutbox(world.agentDir)
    expect(outbox.epoch, 'no new epoch: the numbers still hold').toBe(after.epoch)
    const points = books.points()
    const lost = [...booksOf(join(stack.folder, 'collector-lost')).points()].filter(point => !points.has(point))
    expect(
      lost.filter(point => !point.includes('clock')),
      'readings of the lost collector',
    ).toEqual([])
    expect(books.pointsByHours()).toBe(points.size)
    expect(books.lost(agent)).toBe(0)
  })

  test('two holders of one identity are seen and told; the honest one goes on when the copy is gone', async () => {
    const { stack, agentDir } = world
    const clone = join(stack.folder, 'clone')
    cpSync(agentDir, clone, { recursive: true })
    const config = readFileSync(stack.agentConfig, 'utf8').replace('data_dir: ./agent', 'data_dir: ./clone')
    const cloneConfig = join(stack.folder, 'clone.yaml')
    writeFileSync(cloneConfig, config)
    const honest = await stack.startAgent()
    const copy = startNode(['agent/src/main.ts', 'run', '--config', cloneConfig])
    try {
      await eventually('duplicate_identity', () => books.eventNames(agent).includes('duplicate_identity'), 30_000)
      const rows = books.state('SELECT duplicate_at FROM agents WHERE id = ?', agent)
      expect(rows[0]?.['duplicate_at']).toBeGreaterThan(0)
    } finally {
      await copy.stop()
    }
    const epoch = books.epochs(agent)
    const before = books.mark(agent)
    await eventually(
      'the honest one goes on',
      () => books.epochs(agent) > epoch || books.mark(agent) > before + 1,
      30_000,
    )
    await honest.stop()
    const outbox = readOutbox(agentDir)
    expect(outbox.dropped).toBe(0)
    expect(outbox.next - 1 - books.mark(agent, outbox.epoch), 'left to tell').toBeLessThanOrEqual(2)
    expect(books.lost(agent)).toBe(0)
    expect(books.pointsByHours()).toBe(books.points().size)
  })
})
