import { AppError } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import type { Line, LineEvent } from '../../transport/line.ts'
import type { PollContext } from '../driver.ts'
import { RegisterMemo } from '../memo.ts'
import { ACK, ENQ, NAK } from './framing.ts'
import { createSession } from './session.ts'

const bytes = (...values: number[]): LineEvent => ({ kind: 'bytes', bytes: Uint8Array.from(values) })
const LOST: LineEvent = { kind: 'lost', error: new AppError('port.failed', 'the cable was pulled') }

/** Polls over a line on which the given events follow one another, and gives what was sent. */
async function pollWith(memo: RegisterMemo, clock: ManualClock, events: LineEvent[]) {
  const sent: number[] = []
  const line: Line = {
    kind: 'tcp',
    baudRate: null,
    isLost: false,
    bytesCount: 0,
    receivedCount: 1,
    open: async () => {},
    write: written => void sent.push(...written),
    next: async () => events.shift() ?? LOST,
    close: async () => {},
  }
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
