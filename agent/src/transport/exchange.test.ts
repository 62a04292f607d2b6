import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import type { ByteTransport, TransportListener } from './byte-transport.ts'
import { type ExchangeMachine, type ExchangeStep, runExchange } from './exchange.ts'
import { createLine } from './line.ts'

/** An open line over a transport that hands out what it was given to send. */
async function openLine(clock: ManualClock) {
  const sent: number[] = []
  let listener: TransportListener | null = null
  const transport: ByteTransport = {
    kind: 'tcp',
    name: 'fake',
    baudRate: null,
    open: async to => {
      listener = to
    },
    write: bytes => void sent.push(...bytes),
    close: async () => {},
  }
  const line = createLine(transport, clock)
  await line.open()
  return { line, sent, arrive: (bytes: Uint8Array) => listener?.bytes(bytes) }
}

/** Sends 1, has an answer begin, and does as `next` says when that has ended. */
function machine(next: ExchangeStep<string>): ExchangeMachine<string> {
  let answering = true
  const end = () => {
    answering = false
    return next
  }
  return {
    start: () => ({ done: false, write: Uint8Array.of(1), waitMs: 10_000 }),
    receive: end,
    expire: end,
    get answering() {
      return answering
    },
  }
}

test.each<[string, ExchangeStep<string>, number[], string]>([
  [
    'nothing is begun any more once the time for the port is over',
    { done: false, write: Uint8Array.of(2), waitMs: 100 },
    [1],
    'out_of_time',
  ],
  ['a last acknowledgement is still sent', { done: true, write: Uint8Array.of(2), result: 'answer' }, [1, 2], 'result'],
])('domain 17.24: %s', async (_title, next, sentInAll, kind) => {
  const clock = new ManualClock()
  const { line, sent, arrive } = await openLine(clock)
  const running = runExchange(machine(next), line, clock, 1_000)
  await clock.advance(2_000)
  arrive(Uint8Array.of(9))
  expect((await running).kind).toBe(kind)
  expect(sent).toEqual(sentInAll)
})

test('a line flooded with more than is kept is noisy, not silent', async () => {
  const { line, arrive } = await openLine(new ManualClock())
  arrive(new Uint8Array(100_000))
  arrive(new Uint8Array(100_000))
  expect(line.receivedCount).toBe(200_000)
  const event = await line.next(0)
  expect(event.kind === 'bytes' && event.bytes.length).toBe(16 * 1024)
})

test('another connection within one hold counts on, a new hold begins at zero', async () => {
  const { line, arrive } = await openLine(new ManualClock())
  arrive(new Uint8Array(3))
  await line.close()
  await line.open(true)
  arrive(new Uint8Array(4))
  expect([line.receivedCount, line.bytesCount, line.isLost]).toEqual([7, 7, false])
  await line.close()
  await line.open()
  expect([line.receivedCount, line.bytesCount]).toEqual([0, 0])
})
