import { AppError } from '@tillwatch/shared'
import { ManualClock, recordingLogger, settle } from '@tillwatch/shared/testing'
import { expect, it } from 'vitest'
import type { BacktestOrder } from './backtest.ts'
import { createBacktestDesk } from './backtest-desk.ts'

const DAY = 86_400_000
const REQUEST = { override: 'overrides: {}' }

/** Threads whose items are replayed only when the test says so. */
function world(items = 2) {
  const clock = new ManualClock()
  const log = recordingLogger()
  const orders: BacktestOrder[] = []
  const gates: (() => void)[] = []
  let stopped = 0
  let ids = 0
  const failure: { now: Error | null; open: Error | null } = { now: null, open: null }
  let left = items
  const steps = {
    items: async () => {
      if (failure.open) throw failure.open
      left = items
      return items
    },
    next: async () => {
      await new Promise<void>(resolve => gates.push(resolve))
      if (failure.now) throw failure.now
      return --left > 0
    },
    report: async () => ({ items }),
  }
  const desk = createBacktestDesk({
    rules: { state: { version: 'v', loadedAt: 0, files: [], refused: [] } },
    kept: { rawDays: 30, changesDays: 400 },
    openThread: order => {
      orders.push(order)
      return {
        service: <T extends object>() => steps as unknown as T,
        stop: async () => {
          stopped++
        },
      }
    },
    randomText: () => `trial-${++ids}`,
    ...{ clock, log },
  })
  const step = async () => {
    gates.shift()?.()
    await settle()
  }
  return { clock, log, orders, failure, desk, step, threadsStopped: () => stopped }
}

it('replays for a tenant alone, shows how far it is, and ends its thread', async () => {
  const { clock, desk, orders, step, threadsStopped } = world()
  const id = await desk.start('main', { ...REQUEST, client: 'cafe' })
  expect(orders[0]).toMatchObject({
    choice: { tenantId: 'main', client: 'cafe' },
    span: { from: clock.now() - 30 * DAY, to: clock.now() },
  })
  expect(desk.view('main', id)).toMatchObject({ state: 'running', done: 0, items: 2 })
  expect(desk.view('other', id)).toBeNull()
  await step()
  expect(desk.view('main', id)).toMatchObject({ state: 'running', done: 1 })
  await step()
  expect(desk.view('main', id)).toMatchObject({ state: 'done', done: 2, report: { items: 2 } })
  expect(threadsStopped()).toBe(1)
})

it('runs one at a time, also when two ask at once, and takes the next when it is done', async () => {
  const { desk, step } = world(1)
  const [first, second] = await Promise.allSettled([desk.start('main', REQUEST), desk.start('other', REQUEST)])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'backtest.busy' } })
  await step()
  expect(await desk.start('other', REQUEST)).toBe('trial-2')
})

it('refuses a wrong trial in words and is free again', async () => {
  const { desk, failure, threadsStopped } = world()
  failure.open = new AppError('rules.invalid', 'override:1:1: wrong')
  await expect(desk.start('main', REQUEST)).rejects.toMatchObject({ code: 'rules.invalid' })
  expect(threadsStopped()).toBe(1)
  failure.open = null
  expect(await desk.start('main', REQUEST)).toBe('trial-1')
})

it('tells that a replay failed, and keeps the reason of a fault of ours to the log', async () => {
  const { desk, failure, log, step } = world()
  const id = await desk.start('main', REQUEST)
  failure.now = new Error('no such column')
  await step()
  expect(desk.view('main', id)).toMatchObject({
    state: 'failed',
    problem: expect.not.stringContaining('column') as string,
  })
  expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'a backtest failed' }))
})

it('stops after the item at hand', async () => {
  const { desk, step, threadsStopped } = world(100)
  await desk.start('main', REQUEST)
  const stopping = desk.stop()
  await step()
  await stopping
  expect(threadsStopped()).toBe(1)
  await expect(desk.start('main', REQUEST)).rejects.toMatchObject({ code: 'backtest.busy' })
})
