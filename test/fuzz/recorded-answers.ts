import { createRegisterPoll } from '@tillwatch/agent/poll/register-poll'
import type { Line } from '@tillwatch/agent/transport/line'
import type { OpenLine } from '@tillwatch/agent/transport/open-transport'
import type { WebLine } from '@tillwatch/agent/transport/web-line'
import { ManualClock } from '@tillwatch/shared/testing'
import { HEALTHY } from '../contract/driver-profile.ts'
import type { ProfiledPort } from '../contract/profiles/index.ts'
import { createStormyWay, passing } from '../contract/storm.ts'
import { createRegister } from '../simulators/register.ts'
import { mergeState } from '../simulators/register-state.ts'
import { inputOf } from './input.ts'

/** Looks that are recorded: the first, which asks everything, and an ordinary one. */
const LOOKS = 2

/** All that a healthy register says to its driver, as an input: made-up ones that begin so get past checksums and handshakes. */
export async function recordAnswers({ profile, kind, port }: ProfiledPort): Promise<Uint8Array> {
  const { driver, variant } = profile
  const clock = new ManualClock()
  const state = mergeState(profile.state ?? {}, HEALTHY)
  const register = createRegister({ protocol: driver, ...(variant !== undefined && { variant }), state, clock })
  const way = createStormyWay(register, clock, () => 1)
  const pieces: Uint8Array[] = []
  const open: OpenLine = (...where) => {
    const line = way.open(...where)
    return line.kind === 'http' ? recordingService(line, pieces) : recordingLine(line, pieces)
  }
  const poll = await createRegisterPoll({ slot: 'till', driver, variant, port }, clock, { open })
  if (!poll.ok) throw poll.error
  for (let look = 0; look < LOOKS; look++) await passing(poll.value.poll(true), clock, [way])
  return inputOf(pieces, kind)
}

const over = <T extends object>(line: T, change: Partial<T>): T =>
  new Proxy(line, { get: (target, key) => Reflect.get(key in change ? change : target, key) })

const recordingLine = (line: Line, pieces: Uint8Array[]): Line =>
  over(line, {
    async next(timeoutMs) {
      const event = await line.next(timeoutMs)
      if (event.kind !== 'lost') pieces.push(event.kind === 'bytes' ? event.bytes : new Uint8Array())
      return event
    },
  })

const recordingService = (line: WebLine, pieces: Uint8Array[]): WebLine =>
  over(line, {
    async request(request, timeoutMs) {
      const event = await line.request(request, timeoutMs)
      // An answer without a body is not silence.
      if (event.kind === 'response') pieces.push(new TextEncoder().encode(event.body || ' '))
      return event
    },
  })
