import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../stack/eventually.ts'
import { TERMINAL } from '../stack/stack.ts'
import { booksOf, readOutbox } from './books.ts'
import { expectStoredOnce } from './judge.ts'
import { createWorld, type World } from './world.ts'

const { agent } = TERMINAL
/** Room for an outbox and little more. */
const DISK_BYTES = 512 * 1024

/** Mounts a small disk; the reason when this machine does not allow it. */
function mountSmallDisk(path: string): string | null {
  if (process.platform !== 'linux') return `${process.platform} has no tmpfs`
  if (process.getuid?.() !== 0) return 'only root may mount a small disk'
  try {
    mkdirSync(path, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path], { stdio: 'pipe' })
    return null
  } catch {
    return 'this machine does not let root mount a small disk'
  }
}

describe('a till whose disk is full', () => {
  let world: World
  let missing: string | null = null
  beforeAll(async () => {
    world = await createWorld()
    missing = mountSmallDisk(world.agentDir)
  })
  afterAll(async () => {
    await world.stack.stop()
    if (missing === null) execFileSync('umount', [world.agentDir])
    await world.end()
  })

  test('goes on, counts what it could not keep, says so, and loses nothing else', async ctx => {
    if (missing !== null) return ctx.skip(missing)
    const { stack, agentDir, collectorDir } = world
    const books = booksOf(collectorDir)
    await stack.startCollector()
    const living = await stack.startAgent()
    await eventually('the first readings are stored', () => books.mark(agent) >= 2)
    const ballast = join(agentDir, 'ballast')
    const fill = (): void => {
      const { bavail, bsize } = statfsSync(agentDir)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    }
    fill()
    await living.line(/the disk is full|no space|cannot be written/i)
    rmSync(ballast)
    await eventually('the loss is told', () => books.eventNames(agent).includes('messages_dropped'), 30_000)
    expect(await living.stop(), 'it never crashed').toBe(0)
    const outbox = readOutbox(agentDir)
    expect(outbox.dropped).toBeGreaterThan(0)
    const told = outbox.messages.find(message => (message.body as { name?: string }).name === 'messages_dropped')
    expect(told?.body).toMatchObject({ details: { messages: outbox.dropped } })
    expectStoredOnce(books, agent, [outbox])
  })
})
