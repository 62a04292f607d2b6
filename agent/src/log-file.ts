import { closeSync, fstatSync, lstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'

/** Size of each of the two files: some days of an ordinary till, and nothing beside the outbox. */
const FILE_BYTES_MAX = 512 * 1024

/** The agent's own log on the disk: one file that is written and the one before it. Never throws: a full disk costs lines, not the agent. */
export interface LogFile {
  write(line: string): void
  /** The newest of what is kept, at most twice the size of a file, oldest first. What is no file of ours, such as a link, is passed over. */
  read(): string
}

/** A log file at `path`; the one before it is `path.1`. Nothing is opened before the first line. */
export function createLogFile(path: string, bytesMax = FILE_BYTES_MAX): LogFile {
  let file: number | null = null
  let bytes = 0

  const open = (): number => {
    makeFolder(dirname(path))
    const opened = openSync(path, 'a', 0o600)
    bytes = fstatSync(opened).size
    return opened
  }

  // Closed before it is renamed: Windows renames no open file.
  const rotate = (opened: number): number => {
    file = null
    closeSync(opened)
    renameSync(path, `${path}.1`)
    return open()
  }

  return {
    write: line => {
      try {
        file ??= open()
        const size = Buffer.byteLength(line)
        if (bytes > 0 && bytes + size > bytesMax) file = rotate(file)
        writeSync(file, line)
        bytes += size
      } catch {
        // Nobody could be told but this very log.
      }
    },
    read: () => [`${path}.1`, path].map(part => endOf(part, bytesMax)).join(''),
  }
}

/** The last whole lines of a file within the bytes; empty when there is none. Whoever may write into the folder cannot have another file read. */
function endOf(path: string, bytesMax: number): string {
  try {
    if (!lstatSync(path).isFile()) return ''
    const file = openSync(path, 'r')
    try {
      const size = fstatSync(file).size
      const from = Math.max(0, size - bytesMax)
      const bytes = Buffer.alloc(size - from)
      const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, from))
      return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
    } finally {
      closeSync(file)
    }
  } catch {
    // None yet, or one that cannot be read: the rest of the excerpt is of use without it.
    return ''
  }
}
