import { ManualClock } from '@tillwatch/shared/testing'
import { runExchange } from '../../transport/exchange.ts'
import { createLine } from '../../transport/line.ts'
import type { Link } from '../kit/exchange.ts'

/** Carries one command to a device that says each piece at its time; the port is given back at `untilMs`. Gives what was sent, too. */
export async function carryUntil<Payload>(
  link: Link<Payload>,
  untilMs: number,
  pieces: readonly (readonly [atMs: number, bytes: Uint8Array])[],
) {
  const clock = new ManualClock()
  const sent: Uint8Array[] = []
  const line = createLine(
    {
      kind: 'tcp',
      name: 'device',
      baudRate: null,
      open: async ({ bytes }) => {
        for (const [atMs, piece] of pieces) clock.after(atMs, () => bytes(piece))
      },
      write: bytes => void sent.push(bytes),
      close: async () => {},
    },
    clock,
  )
  await line.open()
  const running = runExchange(link, line, clock, untilMs)
  await clock.advance(10_000)
  return { outcome: await running, sent }
}
