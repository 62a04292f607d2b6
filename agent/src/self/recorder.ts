import {
  type AppError,
  type Clock,
  type EventBody,
  ITEMS_PER_MESSAGE_MAX,
  type Logger,
  type WireItem,
} from '@tillwatch/shared'
import { type CrashPoint, noCrash } from '../crash-point.ts'
import type { Content, Outbox } from '../outbox/outbox.ts'
import { BODY_BYTES_MAX } from '../outbox/outbox-limits.ts'

export interface RecorderOptions {
  readonly outbox: Outbox
  readonly clock: Clock
  readonly logger: Logger
  /** Called after every append that succeeded. */
  readonly onRecorded: () => void
  readonly crash?: CrashPoint
}

/** The one way of everything that the agent has to say into the outbox. */
export interface Recorder {
  /** One message for one round of readings; several when they do not fit into one. False when not all of it could be kept. */
  telemetry(items: readonly WireItem[]): boolean
  event(name: string, details?: EventBody['details']): void
  /** What came of a command, or a piece of the log that it asked for; its number in the sequence, or null when it could not be kept. */
  answer(content: Extract<Content, { kind: 'command_result' | 'log_part' }>): number | null
  /** Monotonic time of the last append that succeeded; 0 before the first. */
  lastRecordedMs(): number
}

/** A recorder. A failed append is logged once with its next step, and told as `messages_dropped` when appends work again. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { outbox, clock, logger, onRecorded, crash = noCrash } = options
  let failed = 0
  let lastMs = 0

  const eventOf = (name: string, details: EventBody['details']): Content => ({
    kind: 'event',
    body: { name, at: new Date(clock.now()).toISOString(), details },
  })

  const fail = (error: AppError) => {
    if (failed++ > 0) return
    logger.error({ code: error.code, nextStep: error.nextStep }, error.message)
  }

  const append = (content: Content): number | null => {
    crash('before-append')
    const appended = outbox.append(content)
    if (!appended.ok) {
      fail(appended.error)
      return null
    }
    crash('after-append')
    lastMs = clock.monotonic()
    const lost = failed
    failed = 0
    if (lost > 0) {
      logger.warn({ messages: lost }, 'the outbox can be written again')
      append(eventOf('messages_dropped', { messages: lost, reason: 'the outbox could not be written' }))
    }
    onRecorded()
    return appended.value
  }

  return {
    telemetry: items =>
      partsOf(items)
        .map(part => append({ kind: 'telemetry', body: { items: [...part] } }))
        .every(seq => seq !== null),
    event: (name, details = {}) => void append(eventOf(name, details)),
    answer: append,
    lastRecordedMs: () => lastMs,
  }
}

/** Items in as few messages as fit. An item that fits into no message stays alone and is refused, and counted, by the outbox. */
function partsOf(items: readonly WireItem[]): WireItem[][] {
  const parts: WireItem[][] = []
  let bytes = 0
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1
    const part = parts.at(-1)
    if (part && part.length < ITEMS_PER_MESSAGE_MAX && bytes + size < BODY_BYTES_MAX - 32) {
      part.push(item)
      bytes += size
    } else {
      parts.push([item])
      bytes = size
    }
  }
  return parts
}
