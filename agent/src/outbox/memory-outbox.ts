import { AppError, type Clock, err, ok, type Result } from '@tillwatch/shared'
import type {
  Content,
  Credit,
  Outbox,
  OutboxCounts,
  OutboxLimits,
  OutboxMessage,
  Quarantined,
  Refusal,
} from './outbox.ts'
import { nextEpoch } from './outbox.ts'
import { DEFAULT_LIMITS, encodeBody } from './outbox-limits.ts'

type Row = OutboxMessage & { readonly bytes: number; readonly storedAt: number | null }

/** An outbox without a disk, for tests of what stands above it. */
export class MemoryOutbox implements Outbox {
  readonly #clock: Clock
  readonly #limits: OutboxLimits
  #rows: Row[] = []
  #quarantined: Quarantined[] = []
  #isFull = false
  #epoch: number
  #next = 1
  #mark = 0
  #offered = 0
  #dropped = 0
  #refused = 0

  constructor(clock: Clock, limits: Partial<OutboxLimits> = {}) {
    this.#clock = clock
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#epoch = nextEpoch(0, clock.now())
  }

  /** Behaves like an outbox on a full disk, or no longer. */
  setFull(isFull: boolean): void {
    this.#isFull = isFull
  }

  append(content: Content): Result<number> {
    const encoded = encodeBody(content)
    const failure = this.#isFull ? new AppError('outbox.write_failed', 'database or disk is full') : null
    if (!encoded.ok || failure) {
      this.#dropped++
      return encoded.ok && failure ? err(failure) : (encoded as { ok: false; error: AppError })
    }
    this.#rows.push({
      ...content,
      epoch: this.#epoch,
      seq: this.#next,
      recordedAt: this.#clock.now(),
      recordedMonotonicMs: this.#clock.monotonic(),
      bytes: encoded.value.bytes,
      storedAt: null,
    })
    this.#next++
    while (this.#rows.length > this.#limits.messages || this.#bytes() > this.#limits.bytes) {
      const gone = this.#rows.shift()
      if (gone && gone.seq > this.#mark) this.#dropped++
    }
    return ok(this.#next - 1)
  }

  position() {
    const base = this.#rows[0]?.seq ?? this.#next
    return { epoch: this.#epoch, base, next: this.#next, mark: this.#mark, offered: this.#offered }
  }

  counts(): OutboxCounts {
    const waiting = this.#rows.filter(row => row.seq > this.#mark)
    return {
      waiting: waiting.length,
      bytes: this.#bytes(),
      oldestAt: waiting[0]?.recordedAt ?? null,
      dropped: this.#dropped,
      refused: this.#refused,
    }
  }

  take(after: number, credit: Credit): readonly OutboxMessage[] {
    const taken: OutboxMessage[] = []
    let bytes = 0
    for (const { bytes: size, storedAt: _, ...message } of this.#rows) {
      if (message.seq <= after) continue
      if (taken.length >= credit.messages || (taken.length > 0 && bytes + size > credit.bytes)) break
      taken.push(message)
      bytes += size
    }
    return taken
  }

  offer(seq: number): void {
    if (this.#isFull) throw new Error('database or disk is full')
    this.#offered = Math.max(this.#offered, Math.min(seq, this.#next - 1))
  }

  settle(mark: number): void {
    const now = this.#clock.now()
    this.#mark = Math.max(this.#mark, Math.min(mark, this.#next - 1))
    this.#rows = this.#rows.map(row =>
      row.seq <= this.#mark && row.storedAt === null ? { ...row, storedAt: now } : row,
    )
    const kept = this.#rows.findIndex(row => row.storedAt === null || row.storedAt >= now - this.#limits.tailMs)
    this.#rows = kept < 0 ? [] : this.#rows.slice(kept)
  }

  rewind(mark: number): void {
    this.#mark = Math.min(this.#mark, Math.max(mark, this.position().base - 1))
    this.#rows = this.#rows.map(row => (row.seq > this.#mark ? { ...row, storedAt: null } : row))
  }

  beginEpoch(epoch: number): void {
    if (epoch <= this.#epoch) return
    const waiting = this.#rows.filter(row => row.seq > this.#mark)
    this.#rows = waiting.map((row, index) => ({ ...row, epoch, seq: index + 1 }))
    this.#epoch = epoch
    this.#next = waiting.length + 1
    this.#mark = 0
    this.#offered = 0
  }

  quarantine(refused: readonly Refusal[]): void {
    for (const { seq, reason } of refused) {
      const row = this.#rows.find(candidate => candidate.seq === seq)
      if (!row || this.#quarantined.some(other => other.epoch === row.epoch && other.seq === seq)) continue
      this.#quarantined.push({ epoch: row.epoch, seq, reason, body: JSON.stringify(row.body) })
      this.#refused++
    }
    this.#quarantined = this.#quarantined.slice(-this.#limits.quarantineMax)
  }

  quarantined(): readonly Quarantined[] {
    return this.#quarantined
  }

  countDropped(messages: number): void {
    this.#dropped += messages
  }

  close(): void {}

  #bytes(): number {
    return this.#rows.reduce((sum, row) => sum + row.bytes, 0)
  }
}
