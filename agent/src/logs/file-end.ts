import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import type { EpochMs } from '@tillwatch/shared'
import type { LogSource } from './log-source.ts'

/** Read of each file: some hundred of its newest lines. */
export const END_BYTES = 64 * 1024
/** Read before them and never told: whether the first line goes on with a secret, and from when it is. The longest key of a pair has less. */
const CONTEXT_BYTES = 4 * 1024
/** A last line without its end that stands this long is whole; another one is being written. */
const AT_REST_MS = 10_000

/** The end of a log file. */
export interface FileEnd {
  /** Whole lines, oldest first. */
  readonly lines: readonly string[]
  /** What stands right before them. */
  readonly context: readonly string[]
  /** Nothing stands before them. */
  readonly isWhole: boolean
  /** When the file was written to last, by this PC's clock. */
  readonly writtenAt: EpochMs
  readonly bytes: number
}

/**
 * Reads the end of a regular file, however large; what other programs do to it meanwhile is theirs: it is opened for reading, shared, as
 * Node opens every file. A link is not followed. Throws what the file system throws, `ENOENT` for what is no regular file.
 */
export async function readEnd(path: string, encoding: LogSource['encoding'], now: EpochMs): Promise<FileEnd> {
  const seen = await lstat(path, { bigint: true })
  if (!seen.isFile()) throw Object.assign(new Error(`${path} is no regular file`), { code: 'ENOENT' })
  // Neither flag is known on Windows, where a file that became a link in between is told by its number.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await open(path, flags)
  try {
    const stat = await file.stat({ bigint: true })
    if (stat.ino !== seen.ino) throw new Error(`${path} was replaced while it was opened`)
    const size = Number(stat.size)
    // Even, so that characters of two bytes stay whole.
    const before = Math.max(0, size - END_BYTES - CONTEXT_BYTES)
    const from = before - (before % 2)
    const bytes = await readAll(file, from, size - from)
    const writtenAt = Number(stat.mtimeMs)
    return { ...endOf(bytes, from, encoding, now - writtenAt > AT_REST_MS), writtenAt, bytes: size }
  } finally {
    await file.close()
  }
}

/** As many of the bytes as there still are: a file may have been cut since. */
async function readAll(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let read = 0
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, from + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return bytes.subarray(0, read)
}

function endOf(bytes: Buffer, from: number, encoding: LogSource['encoding'], isAtRest: boolean) {
  const wide = encoding === 'utf-16le'
  const end = isAtRest ? bytes.length : lineEnd(bytes, bytes.length, wide, 'lastIndexOf')
  const over = bytes.length - END_BYTES
  const begin = from > 0 || over > 0 ? lineEnd(bytes, Math.max(0, over), wide, 'indexOf') : 0
  const decode = (part: Buffer): readonly string[] => {
    const text = new TextDecoder(encoding).decode(part)
    return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
  }
  return {
    lines: decode(bytes.subarray(begin, Math.max(begin, end))),
    context: decode(bytes.subarray(0, begin)),
    isWhole: from === 0 && begin === 0,
  }
}

/** Place behind the line end that is next from `at` on in the direction of the search; 0 backwards and the end forwards when there is none. */
function lineEnd(bytes: Buffer, at: number, wide: boolean, search: 'indexOf' | 'lastIndexOf'): number {
  const step = search === 'indexOf' ? 1 : -1
  for (let found = bytes[search](10, at); found >= 0; found = bytes[search](10, found + step)) {
    if (!wide) return found + 1
    if (found % 2 === 0 && bytes[found + 1] === 0) return found + 2
    if (step < 0 && found === 0) break
  }
  return step > 0 ? bytes.length : 0
}
