import { z } from 'zod'
import { ITEMS_PER_MESSAGE_MAX } from '../limits.ts'
import { agentCommand, commandResultBody, logPartBody } from './command.ts'
import { eventBody, instant, telemetryBody, wireItem } from './telemetry.ts'

/** Version of the wire. A newer one is held at the agent, never guessed at. */
export const WIRE_VERSION = 1

const sequenceNumber = z.number().int().positive()
/** Epochs only grow; a new one begins when an outbox was lost, restored or cloned. */
const epoch = z.number().int().positive()

/**
 * A sequenced message, known for ever by (agent, epoch, seq). `base` is the oldest sequence number that the outbox still holds.
 * `recorded_at` is when it entered the outbox, `sent_at` when it was last published, both by the agent's wall clock; `age_ms`
 * is the time between them by the monotonic clock, or null when the agent was restarted meanwhile.
 */
const sequenced = z.object({
  v: z.literal(WIRE_VERSION),
  agent: z.string(),
  epoch,
  seq: sequenceNumber,
  base: sequenceNumber,
  recorded_at: instant,
  sent_at: instant,
  age_ms: z.number().int().nonnegative().nullable(),
})

export const envelope = z.discriminatedUnion('kind', [
  sequenced.extend({ kind: z.literal('telemetry'), body: telemetryBody }),
  sequenced.extend({ kind: z.literal('event'), body: eventBody }),
  sequenced.extend({ kind: z.literal('log_part'), body: logPartBody }),
  sequenced.extend({ kind: z.literal('command_result'), body: commandResultBody }),
])
export type Envelope = z.infer<typeof envelope>

/** Sent on every connect, outside the sequence: where the outbox stands (`next` = the number the next message will get) and how things are now. */
export const hello = z.object({
  v: z.literal(WIRE_VERSION),
  kind: z.literal('hello'),
  agent: z.string(),
  epoch,
  base: sequenceNumber,
  next: sequenceNumber,
  /** Random, one for each connection: tells an old will from a new one and one holder of an identity from another. */
  connection: z.string().min(8).max(64),
  sent_at: instant,
  /** Empty before the first reading. */
  snapshot: z.object({ items: z.array(wireItem).max(ITEMS_PER_MESSAGE_MAX) }),
})
export type Hello = z.infer<typeof hello>

/** Presence on the retained status topic; `offline` is the last will, or a farewell. */
export const status = z.object({
  v: z.literal(WIRE_VERSION),
  state: z.enum(['online', 'offline']),
  connection: z.string().min(8).max(64),
  /** With `offline`: `lost` in the last will, `stopped` in a farewell. Absent from older agents; another word of a newer one is nothing known. */
  reason: z.enum(['lost', 'stopped']).optional().catch(undefined),
})
export type Status = z.infer<typeof status>

/** How much the agent may have under way. */
export const creditWindow = z.object({ messages: z.number().int().positive(), bytes: z.number().int().positive() })

/** A command, known for ever by its id. All times are the collector's: how long it may still live is `expires_at` - `sent_at`, whatever the till's clock says. */
export const commandMessage = z.object({
  v: z.literal(WIRE_VERSION),
  kind: z.literal('command'),
  id: z.uuid(),
  /** Name of the person, for the till's own log. */
  issued_by: z.string().min(1).max(200),
  issued_at: instant,
  expires_at: instant,
  sent_at: instant,
  command: agentCommand,
})
export type CommandMessage = z.infer<typeof commandMessage>

/** What the collector says on the down topic. */
export const downMessage = z.discriminatedUnion('kind', [
  /** Everything of `epoch` up to `mark` is on the collector's disk (0 = nothing). */
  z.object({
    v: z.literal(WIRE_VERSION),
    kind: z.literal('stored'),
    epoch,
    mark: z.number().int().nonnegative(),
    /** Highest epoch that the collector has seen of this agent, this one included. */
    highest_epoch: epoch,
    window: creditWindow,
    /** The collector's clock, for what has to end at a moment of it; absent from a collector that gives no commands. */
    sent_at: instant.optional(),
    /** Messages at or below the mark that were put aside because they could not be understood. */
    refused: z.array(z.object({ seq: sequenceNumber, reason: z.string() })).default([]),
  }),
  /** The collector cannot take this agent's messages now (it is too old for them, or its disk is full): keep them and ask again later. */
  z.object({
    v: z.literal(WIRE_VERSION),
    kind: z.literal('hold'),
    reason: z.string(),
    retry_after_ms: z.number().int().positive(),
  }),
  /** What it asks for is looked at apart: a command that the agent does not know is refused with a result, not left without one. */
  commandMessage.extend({ command: z.unknown() }),
])
export type DownMessage = z.infer<typeof downMessage>

/** What can be said of bytes that are not a valid message: which message it was, if that much is readable, and what is wrong. */
export interface Unreadable {
  readonly kind: 'malformed' | 'newer'
  readonly reason: string
  readonly epoch: number | null
  readonly seq: number | null
  readonly base: number | null
}

const anyHeader = z.object({ epoch, seq: sequenceNumber, base: sequenceNumber }).partial()
/** Read on its own: a newer version may have another header. */
const anyVersion = z.object({ v: z.number().int() })

/** Bytes of the up topic to a message, or what is wrong with them. Never throws. */
export function decodeUp(
  bytes: Uint8Array,
): { readonly message: Envelope | Hello } | { readonly unreadable: Unreadable } {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return { unreadable: { kind: 'malformed', reason: 'not JSON in UTF-8', epoch: null, seq: null, base: null } }
  }
  const isHello = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'hello'
  const parsed = isHello ? hello.safeParse(value) : envelope.safeParse(value)
  if (parsed.success) return { message: parsed.data }
  const header = anyHeader.safeParse(value)
  const known = header.success ? header.data : {}
  const version = anyVersion.safeParse(value)
  const issue = parsed.error.issues[0]
  return {
    unreadable: {
      kind: version.success && version.data.v > WIRE_VERSION ? 'newer' : 'malformed',
      reason: issue ? `${issue.path.join('.') || 'message'}: ${issue.message}` : 'malformed',
      epoch: known.epoch ?? null,
      seq: known.seq ?? null,
      base: known.base ?? null,
    },
  }
}
