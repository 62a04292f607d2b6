import { readFile, stat } from 'node:fs/promises'
import { type Clock, type Component, fileTrouble, type Logger } from '@tillwatch/shared'
import type { BilingualText } from '@tillwatch/shared/api'
import { createRepeatedJob } from './repeated-job.ts'

/** Files are looked at this often; each look costs one question to the disk a file. */
const LOOK_MS = 10_000
/** A file that is being written is left alone until it has been the same for this long. */
const SETTLE_MS = 1_000

/** Files that people edit while the program runs: read anew when they change, and when somebody asks. */
export interface WatchedFiles<T> extends Component {
  /** Reads every file anew now. Rejects with what `load` rejects with. */
  reload(): Promise<T>
}

export interface WatchedFilesOptions<T> {
  /** Names the job in the log. */
  readonly name: string
  /** Changes whenever a file comes, goes or is written. */
  stamp(): Promise<string>
  load(): Promise<T>
  readonly clock: Clock
  readonly log: Logger
}

/** The watch over some files. What was read before `start` may be older than what lies there: the first look compares with nothing. */
export function createWatchedFiles<T>({ name, stamp, load, clock, log }: WatchedFilesOptions<T>): WatchedFiles<T> {
  let taken = ''
  let seen = ''
  let queue: Promise<unknown> = Promise.resolve()
  const take = async (): Promise<T> => {
    taken = await stamp()
    return await load()
  }
  // One load at a time: a signal, a person and a change of a file may come together.
  const reload = (): Promise<T> => {
    const next = queue.then(take)
    queue = next.catch(() => {})
    return next
  }
  const look = async (): Promise<number> => {
    const there = await stamp()
    const isSettled = there === seen
    seen = there
    if (there === taken) return LOOK_MS
    if (!isSettled) return SETTLE_MS
    await reload()
    return LOOK_MS
  }
  const job = createRepeatedJob(name, LOOK_MS, look, { clock, log })
  return {
    reload,
    start: async () => {
      seen = await stamp()
      await job.start()
    },
    stop: async () => {
      await job.stop()
      await queue
    },
  }
}

/** A text as it lies on the disk, by the name under which problems cite it; empty when it could not be read. */
export interface FileText {
  readonly file: string
  readonly text: string
  readonly unreadable?: BilingualText
}

/** Reads a file of at most `bytesMax`; never rejects. */
export async function readFileText(path: string | URL, file: string, bytesMax: number): Promise<FileText> {
  try {
    const { size } = await stat(path)
    if (size > bytesMax) {
      const unreadable = {
        ru: `${size} байт; больше ${bytesMax} в файле быть не может`,
        en: `${size} bytes; a file has at most ${bytesMax}`,
      }
      return { file, text: '', unreadable }
    }
    return { file, text: await readFile(path, 'utf8') }
  } catch (thrown) {
    const { ru, en } = fileTrouble(thrown)
    return { file, text: '', unreadable: { ru: `файл не читается: ${ru}`, en: `it cannot be read: ${en}` } }
  }
}

/** Changes whenever one of the files comes, goes or is written; empty when there are none. */
export async function stampOfFiles(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(stampOfFile))).join('\n')
}

async function stampOfFile(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(path)
    return `${path} ${mtimeMs} ${size}`
  } catch {
    return `${path} absent`
  }
}
