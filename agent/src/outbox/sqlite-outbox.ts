import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type AppError, assert, type Clock, err, ok, type Result } from '@tillwatch/shared'
import type {
  Content,
  Credit,
  Outbox,
  OutboxCounts,
  OutboxLimits,
  OutboxMessage,
  OutboxPosition,
  Quarantined,
  Refusal,
} from './outbox.ts'
import { encodeBody } from './outbox-limits.ts'
import { DamagedOutbox, isCorruption, writeFailure } from './sqlite-failure.ts'
import { type FileState, type MessageRow, openFile, readState, rowCheck, stateWriter, verify } from './sqlite-file.ts'

export interface SqliteOutboxOptions {
  readonly file: string
  readonly clock: Clock
  /** Names this run of the process: monotonic times of other runs mean nothing. */
  readonly run: string
  readonly limits: OutboxLimits
  /** Largest size of the main file. */
  readonly fileBytesMax: number
  /** State to begin with when the file is new. */
  readonly fresh: () => FileState
}

const STATEMENTS = {
  insert: `INSERT INTO message (seq, kind, body, bytes, recorded_at, run, monotonic_ms, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  oldest: 'SELECT seq, bytes FROM message ORDER BY seq LIMIT 1',
  drop: 'DELETE FROM message WHERE seq = ?',
  bytesBefore: 'SELECT coalesce(sum(bytes), 0) AS bytes FROM message WHERE seq < ?',
  recordedAt: 'SELECT recorded_at FROM message WHERE seq > ? ORDER BY seq LIMIT 1',
  after: 'SELECT * FROM message WHERE seq > ? ORDER BY seq LIMIT ?',
  stored: 'UPDATE message SET stored_at = ? WHERE seq > ? AND seq <= ?',
  fresh: 'SELECT seq FROM message WHERE stored_at IS NULL OR stored_at >= ? ORDER BY seq LIMIT 1',
  prune: 'DELETE FROM message WHERE seq < ?',
  unstore: 'UPDATE message SET stored_at = NULL WHERE seq > ?',
  negate: 'UPDATE message SET seq = -(seq - ?)',
  restore: 'UPDATE message SET seq = -seq',
  copy: `INSERT OR IGNORE INTO quarantine (epoch, seq, kind, body, recorded_at, reason, refused_at)
         SELECT ?, seq, kind, body, recorded_at, ?, ? FROM message WHERE seq = ?`,
  trim: 'DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?',
  quarantined: 'SELECT epoch, seq, reason, body FROM quarantine ORDER BY id',
} as const

/** Length of a reason in the quarantine: the collector's words, which nothing else bounds. */
const REASON_LENGTH_MAX = 500

type Statements = { readonly [name in keyof typeof STATEMENTS]: StatementSync }

/** The outbox in one SQLite file: WAL, full sync, one commit a change. Every value in memory is what the last commit said. */
class SqliteOutbox implements Outbox {
  readonly #options: SqliteOutboxOptions
  readonly #db: DatabaseSync
  readonly #sql: Statements
  readonly #writeState: (state: FileState) => void
  #state: FileState
  #bytes: number
  #base: number
  #hasUnwritten = false

  constructor(options: SqliteOutboxOptions, db: DatabaseSync) {
    this.#options = options
    this.#db = db
    this.#state = readState(db)
    verify(db, this.#state)
    this.#sql = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, text]) => [name, db.prepare(text)]),
    ) as Statements
    this.#writeState = stateWriter(db)
    this.#bytes = this.#bytesBefore(this.#state.next)
    this.#base = this.#oldest()
  }

  append(content: Content): Result<number> {
    const { clock, run } = this.#options
    const encoded = encodeBody(content)
    if (!encoded.ok) return this.#lost(encoded.error)
    const { text: body, bytes } = encoded.value
    const row = { kind: content.kind, body, bytes, recorded_at: clock.now(), run, monotonic_ms: clock.monotonic() }
    const seq = this.#state.next
    try {
      this.#change(state => {
        this.#sql.insert.run(seq, row.kind, body, bytes, row.recorded_at, run, row.monotonic_ms, rowCheck(row))
        const room = this.#makeRoom(seq + 1 - this.#base, this.#bytes + bytes)
        return { state: { ...state, next: seq + 1, dropped: state.dropped + room.dropped }, bytes: room.bytes }
      })
      return ok(seq)
    } catch (thrown) {
      if (isCorruption(thrown)) throw thrown
      return this.#lost(writeFailure(thrown))
    }
  }

  position(): OutboxPosition {
    const { epoch, next, mark, offered } = this.#state
    return { epoch, base: this.#base, next, mark, offered }
  }

  counts(): OutboxCounts {
    const { next, mark, dropped, refused } = this.#state
    const oldest = this.#sql.recordedAt.get(mark)
    return {
      waiting: next - Math.max(mark + 1, this.#base),
      bytes: this.#bytes,
      oldestAt: oldest ? Number(oldest.recorded_at) : null,
      dropped,
      refused,
    }
  }

  take(after: number, credit: Credit): readonly OutboxMessage[] {
    const taken: OutboxMessage[] = []
    let bytes = 0
    for (const raw of this.#sql.after.iterate(after, credit.messages)) {
      const row = raw as unknown as MessageRow & { readonly crc: number }
      if (rowCheck(row) !== row.crc) throw new DamagedOutbox(`message ${row.seq} is damaged`)
      if (taken.length > 0 && bytes + row.bytes > credit.bytes) break
      bytes += row.bytes
      taken.push({
        ...({ kind: row.kind, body: JSON.parse(row.body) } as Content),
        epoch: this.#state.epoch,
        seq: row.seq,
        recordedAt: row.recorded_at,
        recordedMonotonicMs: row.run === this.#options.run ? row.monotonic_ms : null,
      })
    }
    return taken
  }

  offer(seq: number): void {
    const offered = Math.min(seq, this.#state.next - 1)
    if (offered > this.#state.offered) this.#change(state => ({ state: { ...state, offered } }))
  }

  settle(mark: number): void {
    const settled = Math.min(mark, this.#state.next - 1)
    if (settled <= this.#state.mark) return
    const now = this.#options.clock.now()
    this.#change(state => {
      // Only what is new: the tail before it may be thousands of pages, and this runs for every reading.
      this.#sql.stored.run(now, state.mark, settled)
      const kept = this.#sql.fresh.get(now - this.#options.limits.tailMs)
      const bytes = this.#prune(kept ? Number(kept.seq) : state.next)
      return { state: { ...state, mark: settled }, bytes }
    })
  }

  rewind(mark: number): void {
    const rewound = Math.max(mark, this.#base - 1)
    if (rewound >= this.#state.mark) return
    this.#change(state => {
      this.#sql.unstore.run(rewound)
      return { state: { ...state, mark: rewound } }
    })
  }

  beginEpoch(epoch: number): void {
    if (epoch <= this.#state.epoch) return
    const first = Math.max(this.#state.mark + 1, this.#base)
    this.#change(state => {
      const bytes = this.#prune(first)
      // Twice through the negative numbers: moving rows one by one must never meet a number that is still taken.
      this.#sql.negate.run(first - 1)
      this.#sql.restore.run()
      return { state: { ...state, epoch, next: state.next - first + 1, mark: 0, offered: 0 }, bytes }
    })
  }

  quarantine(refused: readonly Refusal[]): void {
    const { clock, limits } = this.#options
    this.#change(state => {
      let copied = 0
      for (const { seq, reason } of refused) {
        copied += Number(this.#sql.copy.run(state.epoch, reason.slice(0, REASON_LENGTH_MAX), clock.now(), seq).changes)
      }
      this.#sql.trim.run(limits.quarantineMax)
      return { state: { ...state, refused: state.refused + copied } }
    })
  }

  quarantined(): readonly Quarantined[] {
    return this.#sql.quarantined.all().map(row => ({ ...row }) as unknown as Quarantined)
  }

  countDropped(messages: number): void {
    this.#change(state => ({ state: { ...state, dropped: state.dropped + messages } }))
  }

  close(): void {
    try {
      if (this.#hasUnwritten) this.#change(state => ({ state }))
    } catch {
      // A disk that is full or broken to the end: nothing more can be done for a number.
    }
    this.#db.close()
  }

  /** One transaction: the rows that `run` touches and the state and size that it returns, or nothing. */
  #change(run: (state: FileState) => { readonly state: FileState; readonly bytes?: number }): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const changed = run(this.#state)
      this.#writeState(changed.state)
      this.#db.exec('COMMIT')
      this.#state = changed.state
      this.#hasUnwritten = false
      this.#bytes = changed.bytes ?? this.#bytes
    } catch (thrown) {
      // A full disk may have rolled back by itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw thrown
    }
    this.#base = this.#oldest()
  }

  /** Lets the oldest go until both caps are kept. */
  #makeRoom(messagesNow: number, bytesNow: number): { readonly dropped: number; readonly bytes: number } {
    const { limits } = this.#options
    let messages = messagesNow
    let bytes = bytesNow
    let dropped = 0
    while (messages > limits.messages || bytes > limits.bytes) {
      const oldest = this.#sql.oldest.get()
      assert(oldest !== undefined, 'an outbox over its cap holds a message')
      this.#sql.drop.run(Number(oldest.seq))
      if (Number(oldest.seq) > this.#state.mark) dropped++
      messages--
      bytes -= Number(oldest.bytes)
    }
    return { dropped, bytes }
  }

  /** Deletes everything before `seq` and returns the size of the rest. */
  #prune(seq: number): number {
    const freed = this.#bytesBefore(seq)
    this.#sql.prune.run(seq)
    return this.#bytes - freed
  }

  /** Counted in memory at once, and on the disk with the next change that the disk takes, the closing at the latest. */
  #lost(error: AppError): Result<never> {
    this.#state = { ...this.#state, dropped: this.#state.dropped + 1 }
    this.#hasUnwritten = true
    return err(error)
  }

  #bytesBefore(seq: number): number {
    return Number(this.#sql.bytesBefore.get(seq)?.bytes ?? 0)
  }

  #oldest(): number {
    return Number(this.#sql.oldest.get()?.seq ?? this.#state.next)
  }
}

/** Opens or creates the file. Throws what SQLite throws, or `DamagedOutbox`; `recover.ts` decides what follows. */
export function openSqliteOutbox(options: SqliteOutboxOptions): Outbox {
  const db = openFile(options.file, options.fresh, options.fileBytesMax)
  try {
    return new SqliteOutbox(options, db)
  } catch (thrown) {
    db.close()
    throw thrown
  }
}
