import { AppError } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import type { Line, LineEvent } from '../../transport/line.ts'
import type { PollContext } from '../driver.ts'
import { RegisterMemo } from '../memo.ts'
import { ACK, ENQ, NAK } from './framing.ts'
import { createPacketParser, encodePacket } from './packet.ts'
import { createSession } from './session.ts'

const bytes = (...values: number[]): LineEvent => ({ kind: 'bytes', bytes: Uint8Array.from(values) })
const LOST: LineEvent = { kind: 'lost', error: new AppError('port.failed', 'the cable was pulled') }

const lineOf = (write: Line['write'], events: LineEvent[]): Line => ({
  kind: 'tcp',
  baudRate: null,
  isLost: false,
  bytesCount: 0,
  receivedCount: 1,
  open: async () => {},
  write,
  next: async () => events.shift() ?? LOST,
  close: async () => {},
})

/** Polls over a line on which the given events follow one another, and gives what was sent. */
async function pollWith(memo: RegisterMemo, clock: ManualClock, events: LineEvent[]) {
  const sent: number[] = []
  const line = lineOf(written => void sent.push(...written), events)
  const context: PollContext = { clock, line, memo, untilMs: clock.monotonic() + 1_900, isDue: () => true }
  const { link } = await createSession({ variant: 1, passwords: {} }).poll(context)
  return { link, sent }
}

test('a waiting answer is fetched as our own only shortly after an exchange of ours was cut', async () => {
  const clock = new ManualClock()
  const memo = new RegisterMemo()
  const cut = [bytes(NAK), bytes(ACK), LOST]
  await pollWith(memo, clock, cut.slice())
  await clock.advance(10_000)
  const pending = bytes(ACK, 0x02, 0x02, 0x10, 0x00, 0x12)
  expect((await pollWith(memo, clock, [pending])).sent).toEqual([ENQ, ACK, ENQ])
  await pollWith(memo, clock, cut.slice())
  await clock.advance(60_000)
  expect(await pollWith(memo, clock, [pending])).toEqual({ link: 'busy', sent: [ENQ] })
})

test('in packets a hold executes no command alone, not even when a receipt is open', async () => {
  const answers: Record<number, number[]> = {
    0xfc: [0xfc, 0, 0, 0, 2, 0, 45, 0, 0x41],
    0x10: [0x10, 0, 30, 0x90, 0, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  }
  const executed: number[] = []
  const events: LineEvent[] = []
  const line = lineOf(written => {
    for (const event of createPacketParser().push(written)) {
      if (event.kind === 'packet') executed.push(event.number)
      const answer = event.kind === 'packet' ? (answers[event.data[0] ?? 0] ?? []) : []
      const number = event.kind === 'packet' ? event.number : 65_535
      events.push({ kind: 'bytes', bytes: encodePacket(number, Uint8Array.from(answer)) })
    }
  }, events)
  const clock = new ManualClock()
  const session = createSession({ variant: 2, passwords: {} })
  const poll = () => {
    const memo = new RegisterMemo()
    return session.poll({ clock, line, memo, untilMs: clock.monotonic() + 1_900, isDue: () => true })
  }
  expect(await poll()).toMatchObject({ link: 'ok', outcome: 'yielded', commandsCount: 2 })
  expect(executed).toEqual([0, 1])
  await poll()
  expect(executed).toEqual([0, 1, 0, 1])
})
