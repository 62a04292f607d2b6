import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import type { ByteTransport, TransportListener } from '../../transport/byte-transport.ts'
import { createLine } from '../../transport/line.ts'
import { portError } from '../../transport/port-errors.ts'
import type { Asking } from '../kit/exchange.ts'
import { RegisterMemo } from '../memo.ts'
import { createServiceExchange, LATE_CLOSE_MS } from './exchange.ts'
import { encodeRequest } from './framing.ts'

const CLOSE_RESERVE_MS = 500
const serviceExchange = createServiceExchange(CLOSE_RESERVE_MS)
const ANSWER = encodeRequest('{"result":0}')

/** A TCP service that answers one request a connection; `answers: false` takes connections and says nothing. */
async function service({ answers = true, refusesAfter = Number.POSITIVE_INFINITY } = {}) {
  const clock = new ManualClock()
  let connections = 0
  let listener: TransportListener | null = null
  const transport: ByteTransport = {
    kind: 'tcp',
    name: 'tcp://127.0.0.1:50009',
    baudRate: null,
    async open(to) {
      connections += 1
      if (connections > refusesAfter) throw portError('port.silent', 'nobody answers')
      listener = to
    },
    write() {
      if (answers) listener?.bytes(ANSWER)
      listener = null
    },
    close: async () => {},
  }
  const line = createLine(transport, clock)
  await line.open()
  const asking = (name: string, answersCount = 0): Asking => ({
    context: { clock, line, memo: new RegisterMemo(), untilMs: 1_400, isDue: () => true },
    name,
    isFirst: true,
    answersCount,
    isOwnAnswerDue: false,
  })
  return { clock, line, connections: () => connections, asking }
}

test('each command has a connection of its own, and all their bytes are counted', async () => {
  const { line, asking, connections } = await service()
  for (let count = 1; count <= 3; count++) {
    const answer = await serviceExchange('{}', asking('GetStatus'))
    expect(answer.kind === 'answer' && answer.payload.integer('result')).toBe(0)
    expect(connections()).toBe(count)
    expect(line.receivedCount).toBe(count * ANSWER.length)
  }
})

test('a connection that cannot be had any more is no loss of the whole hold', async () => {
  const { asking } = await service({ refusesAfter: 1 })
  await serviceExchange('{}', asking('GetStatus'))
  const failed = { kind: 'ended', ending: 'failed', sent: false }
  expect(await serviceExchange('{}', asking('GetCommonInfo', 2))).toMatchObject(failed)
  expect(await serviceExchange('{}', asking('GetStatus', 1))).toMatchObject({ ...failed, ending: 'unreachable' })
})

test.each([
  ['GetStatus', 1_400, 'unreachable'],
  ['GetCommonInfo', 1_400, 'time'],
  ['CloseSession', 1_400 + CLOSE_RESERVE_MS, 'time'],
  ['OpenSession', 1_400 + CLOSE_RESERVE_MS - LATE_CLOSE_MS, 'unreachable'],
])(
  '%s may wait until %i ms of the hold: the time kept for closing serves nothing else, but for the key that it needs',
  async (name, untilMs, ending) => {
    const { clock, asking } = await service({ answers: false })
    await clock.advance(1_300)
    let endedMs = 0
    const running = serviceExchange('{}', asking(name, 1)).then(said => {
      endedMs = clock.monotonic()
      return said
    })
    await clock.advance(5_000)
    expect(await running).toMatchObject({ kind: 'ended', ending, sent: true })
    expect(endedMs).toBe(untilMs)
    expect(await serviceExchange('{}', asking(name, 1))).toEqual({ kind: 'ended', ending: 'time', sent: false })
  },
)
