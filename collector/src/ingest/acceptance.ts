/** How far one agent has been taken: its highest epoch (0 before the first) and the last number taken in it. */
export interface Position {
  readonly epoch: number
  readonly mark: number
}

/** Place of one message. `base` is the oldest number that the agent's outbox still holds; null when it could not be read. */
export interface Place {
  readonly epoch: number
  readonly seq: number
  readonly base: number | null
}

/** Why a message is not taken; the agent is then told its mark. */
export type NotTaken = 'duplicate' | 'gap' | 'old_epoch'

/** The message is next (then the position after it, and how many are gone for ever), or it is not. */
export type Acceptance =
  | { readonly take: true; readonly position: Position; readonly lost: number }
  | { readonly take: false; readonly reason: NotTaken }

export const FIRST_POSITION: Position = { epoch: 0, mark: 0 }

/**
 * Only `mark + 1` is taken, or a jump to `base`: what lies between the mark and the base is in no outbox any more, so waiting for it
 * would wait for ever. A higher epoch starts at nothing; a lower one belongs to an outbox that was lost, restored or cloned.
 */
export function judge(position: Position, place: Place): Acceptance {
  if (place.epoch < position.epoch) return { take: false, reason: 'old_epoch' }
  const mark = place.epoch > position.epoch ? 0 : position.mark
  if (place.seq <= mark) return { take: false, reason: 'duplicate' }
  const next = mark + 1
  if (place.seq !== next && place.seq !== place.base) return { take: false, reason: 'gap' }
  return { take: true, position: { epoch: place.epoch, mark: place.seq }, lost: place.seq - next }
}
