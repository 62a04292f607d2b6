import { AppError, messageOf } from '@tillwatch/shared'

/** The file cannot be trusted: it is set aside, never repaired in place. */
export class DamagedOutbox extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'DamagedOutbox'
  }
}

/** Primary result codes of SQLite, https://www.sqlite.org/rescode.html */
const BUSY = 5
const LOCKED = 6
/** The database may not be written. */
export const READ_ONLY = 8
/** The disk, or the file's own ceiling, is full. */
export const FULL = 13
const CORRUPT = 11
const NOT_A_DATABASE = 26
/** Codes with which a readable disk under an unreadable database shows itself: a lost table, a wrong type, a short read. */
const DAMAGE_AT_OPEN = new Set([1, CORRUPT, 20, 24, 25, NOT_A_DATABASE])
const READ_ERRORS = new Set([266, 522, 8458])

const codeOf = (thrown: unknown): number | null =>
  thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode : null

/** Primary result code of an error of SQLite; null for any other error. */
export function primaryCodeOf(thrown: unknown): number | null {
  const code = codeOf(thrown)
  return code === null ? null : code & 255
}

/** True when SQLite itself says, in the middle of work, that the file is broken. */
export function isCorruption(thrown: unknown): boolean {
  if (thrown instanceof DamagedOutbox) return true
  const code = primaryCodeOf(thrown)
  return code === CORRUPT || code === NOT_A_DATABASE
}

/** What a failed opening means: damage, another agent that holds the file, or a disk that does not let us in. */
export function openFailure(thrown: unknown, file: string): DamagedOutbox | AppError {
  if (thrown instanceof DamagedOutbox || thrown instanceof AppError) return thrown
  const code = codeOf(thrown)
  if (code === null && !isOfFileSystem(thrown)) return new DamagedOutbox(messageOf(thrown))
  if (code === null) return unavailable(thrown, file)
  if ((code & 255) === BUSY || (code & 255) === LOCKED) {
    return new AppError('agent.already_running', `another agent works in ${file}`, {
      nextStep: 'Stop the other agent, or give this one a data_dir of its own in its configuration.',
      cause: thrown,
    })
  }
  if (DAMAGE_AT_OPEN.has(code & 255) || READ_ERRORS.has(code)) return new DamagedOutbox(messageOf(thrown))
  return unavailable(thrown, file)
}

const isOfFileSystem = (thrown: unknown): boolean => thrown instanceof Error && 'syscall' in thrown

/** The disk does not let us in; later it may. */
export const unavailable = (thrown: unknown, file: string): AppError =>
  new AppError('outbox.unavailable', `${file} cannot be opened: ${messageOf(thrown)}`, {
    nextStep: 'Check that the disk has free space and that the user of the agent may write in data_dir.',
    cause: thrown,
    retryable: true,
  })

/** A write that the disk did not take. */
export const writeFailure = (thrown: unknown): AppError =>
  new AppError('outbox.write_failed', `the outbox cannot be written: ${messageOf(thrown)}`, {
    nextStep: 'Free space on the disk of data_dir; the agent goes on by itself and counts what it could not keep.',
    retryable: true,
    cause: thrown,
  })
