import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { DamagedOutbox, FULL, primaryCodeOf, READ_ONLY } from './sqlite-failure.ts'

const SCHEMA_VERSION = 1

const count = z.number().int().nonnegative()

const fileState = z.object({
  schema: z.literal(SCHEMA_VERSION),
  epoch: z.number().int().positive(),
  next: z.number().int().positive(),
  mark: count,
  offered: count,
  dropped: count,
  refused: count,
})
/** The one row that says where the sequence stands. */
export type FileState = z.infer<typeof fileState>

/** State of an outbox that begins with `epoch`. */
export const freshState = (epoch: number, dropped: number): FileState => ({
  schema: SCHEMA_VERSION,
  epoch,
  next: 1,
  mark: 0,
  offered: 0,
  dropped,
  refused: 0,
})

export interface MessageRow {
  readonly seq: number
  readonly kind: string
  readonly body: string
  readonly bytes: number
  readonly recorded_at: number
  readonly run: string
  readonly monotonic_ms: number
}

/** Covers what must come back as it went in; the number is covered by the numbering having no gaps. */
export const rowCheck = (row: Omit<MessageRow, 'seq'>): number =>
  crc32(`${row.kind}|${row.recorded_at}|${row.run}|${row.monotonic_ms}|${row.bytes}|${row.body}`)

const TABLES = `
  CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
  CREATE TABLE message (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, bytes INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
    run TEXT NOT NULL, monotonic_ms REAL NOT NULL, crc INTEGER NOT NULL, stored_at INTEGER
  ) STRICT;
  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    recorded_at INTEGER NOT NULL, reason TEXT NOT NULL, refused_at INTEGER NOT NULL, UNIQUE (epoch, seq)
  ) STRICT;`

const PAGE_BYTES = 4096
const LOCK_WAIT_MS = 1_000

/**
 * Opens or creates the database, alone: the exclusive lock is what keeps a second agent out, and the kernel gives it back
 * when this process ends in any way. `fileBytesMax` stops a runaway file below the size of the disk.
 */
export function openFile(path: string, fresh: () => FileState, fileBytesMax: number): DatabaseSync {
  // SQLite gives its log the rights of the main file: the owner's alone.
  if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600))
  const db = new DatabaseSync(path)
  try {
    // Long enough for `doctor` to have counted the messages, or for a killed agent to be gone.
    db.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`)
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    db.exec(
      `PRAGMA journal_size_limit = ${1024 * 1024}; PRAGMA max_page_count = ${Math.ceil(fileBytesMax / PAGE_BYTES)};`,
    )
    if (Number(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'").get()?.n) === 0) {
      createTables(db, fresh())
    }
    tryWrite(db, path)
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function createTables(db: DatabaseSync, state: FileState): void {
  db.exec('BEGIN IMMEDIATE')
  db.exec(TABLES)
  const body = JSON.stringify(state)
  db.prepare('INSERT INTO state (id, body, crc) VALUES (1, ?, ?)').run(body, crc32(body))
  db.exec('COMMIT')
  // The tables reach the main file at once: losing the whole log then loses messages, not the epoch.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** Takes the lock now and not at the first message, and finds a header that makes a writable file read-only for SQLite. */
function tryWrite(db: DatabaseSync, path: string): void {
  try {
    db.exec('UPDATE state SET crc = crc')
  } catch (thrown) {
    const code = primaryCodeOf(thrown)
    // A full disk still lets us read and send, which is what empties the outbox.
    if (code === FULL) return
    if (code === READ_ONLY && isWritable(path)) throw new DamagedOutbox('the header of the file is damaged')
    throw thrown
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The state row, or `DamagedOutbox`. */
export function readState(db: DatabaseSync): FileState {
  const row = db.prepare('SELECT body, crc FROM state WHERE id = 1').get()
  const body = row?.body
  if (typeof body !== 'string' || crc32(body) !== row?.crc) throw new DamagedOutbox('the state row is damaged')
  const parsed = fileState.safeParse(JSON.parse(body))
  if (!parsed.success) throw new DamagedOutbox('the state row is of another version')
  return parsed.data
}

/** The statement that replaces the state row inside the caller's transaction. */
export function stateWriter(db: DatabaseSync): (state: FileState) => void {
  const update: StatementSync = db.prepare('UPDATE state SET body = ?, crc = ? WHERE id = 1')
  return state => {
    const body = JSON.stringify(state)
    update.run(body, crc32(body))
  }
}

/** Looks at every page and every message once. Throws `DamagedOutbox` unless everything is as it was written. */
export function verify(db: DatabaseSync, state: FileState): void {
  const pages = db.prepare('PRAGMA quick_check(1)').get()
  if (pages?.quick_check !== 'ok') throw new DamagedOutbox(String(pages?.quick_check))
  let expected: number | null = null
  for (const row of db.prepare('SELECT * FROM message ORDER BY seq').iterate()) {
    const message = row as unknown as MessageRow & { readonly crc: number }
    if (expected !== null && message.seq !== expected) throw new DamagedOutbox(`message ${expected} is missing`)
    if (rowCheck(message) !== message.crc) throw new DamagedOutbox(`message ${message.seq} is damaged`)
    expected = message.seq + 1
  }
  if (expected !== null && expected !== state.next) throw new DamagedOutbox(`message ${expected} is missing`)
}
