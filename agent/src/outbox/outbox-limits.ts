import {
  AppError,
  err,
  OUTBOX_BYTES_MAX,
  OUTBOX_MESSAGES_MAX,
  OUTBOX_TAIL_MS,
  ok,
  PACKET_BYTES_MAX,
  type Result,
} from '@tillwatch/shared'
import type { Content, OutboxLimits } from './outbox.ts'

/** What envelope, topic and MQTT header may add to a body. */
const ENVELOPE_BYTES_MAX = 1_024

/** Longest body that still fits into a packet with its envelope. */
export const BODY_BYTES_MAX = PACKET_BYTES_MAX - ENVELOPE_BYTES_MAX

/** What a row costs beside its body: keys, times, checksum, page overhead. */
export const ROW_BYTES = 160

export const DEFAULT_LIMITS: OutboxLimits = {
  messages: OUTBOX_MESSAGES_MAX,
  bytes: OUTBOX_BYTES_MAX,
  tailMs: OUTBOX_TAIL_MS,
  /** Enough to find out what a collector cannot read; a fault that refuses everything must not fill the disk twice. */
  quarantineMax: 100,
}

/** The body as it is kept, or why it can never be sent. */
export function encodeBody(content: Content): Result<{ readonly text: string; readonly bytes: number }> {
  const text = JSON.stringify(content.body)
  const bytes = Buffer.byteLength(text)
  if (bytes <= BODY_BYTES_MAX) return ok({ text, bytes: bytes + ROW_BYTES })
  return err(
    new AppError(
      'outbox.message_too_large',
      `a message of ${bytes} bytes does not fit into a packet of ${PACKET_BYTES_MAX}`,
      {
        nextStep: 'Report this as a fault of the agent, with the name of the driver or probe that made it.',
        context: { bytes, kind: content.kind },
      },
    ),
  )
}
