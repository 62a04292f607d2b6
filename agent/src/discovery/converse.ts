import type { Clock, MonotonicMs } from '@tillwatch/shared'
import type { Conversation, ProbeStep } from '../drivers/probe.ts'
import type { Line } from '../transport/line.ts'

/** Whoever says something within this time on a line where nobody asked talks to somebody else, or to everybody. */
const LISTEN_MS = 300
/** Silence that ends an answer. */
const END_MS = 150
/** No answer that is recognised is longer; a line that goes on is nobody's of ours. */
const ANSWER_BYTES_MAX = 2_048

/**
 * What a conversation came to: the device is of this kind; it said nothing; it said something else; it talks without being asked; the
 * line was lost.
 */
export type Heard = 'recognised' | 'silent' | 'other' | 'talking' | 'lost'

/** Holds a conversation on an open line. A step is said only after the one before was answered as expected; nothing is ever repeated. */
export async function converse(
  line: Line,
  { steps, farewell }: Conversation,
  clock: Clock,
  untilMs: MonotonicMs,
): Promise<Heard> {
  if (line.kind === 'serial') {
    const unasked = await line.next(LISTEN_MS)
    if (unasked.kind === 'bytes') return 'talking'
    if (unasked.kind === 'lost') return 'lost'
  }
  for (const [index, step] of steps.entries()) {
    const heard = await say(line, step, clock, untilMs)
    if (heard !== 'recognised') return heard === 'silent' && index > 0 ? 'other' : heard
  }
  if (farewell) line.write(farewell)
  return 'recognised'
}

async function say(line: Line, step: ProbeStep, clock: Clock, untilMs: MonotonicMs): Promise<Heard> {
  const answer: number[] = []
  line.write(step.say)
  for (;;) {
    const waitMs = Math.min(answer.length === 0 ? step.waitMs : END_MS, untilMs - clock.monotonic())
    const event = await line.next(waitMs)
    if (event.kind === 'lost') return 'lost'
    if (event.kind === 'silence') return judged(step, answer)
    answer.push(...event.bytes)
    if (answer.length > ANSWER_BYTES_MAX) return 'other'
  }
}

function judged(step: ProbeStep, answer: readonly number[]): Heard {
  if (answer.length === 0) return 'silent'
  return step.recognises(Uint8Array.from(answer)) ? 'recognised' : 'other'
}
