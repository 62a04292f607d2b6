import { type Clock, type EpochMs, type LogNote, redactLines } from '@tillwatch/shared'
import { type FileEnd, readEnd } from './file-end.ts'
import { lineTime } from './line-time.ts'
import type { LogSource } from './log-source.ts'
import { newestFile } from './newest-file.ts'
import { foreignLine, shownLine, type ToldLog } from './told-lines.ts'
import { wallTimeOf } from './wall-time.ts'

/** A disk that answers later has other worries. */
const READ_MS_MAX = 5_000

export interface AskedLogs {
  /** By the till's clock; null: from the beginning. */
  readonly since: EpochMs | null
  readonly secrets: readonly string[]
}

/** The ends of the logs of other programs, one after another. Resolves with a note for what cannot be read, never rejects. */
export type OtherLogs = (asked: AskedLogs) => Promise<readonly ToldLog[]>

/** Logs that the configuration names. Nothing is opened before it is asked for. */
export function createOtherLogs(sources: readonly LogSource[], clock: Pick<Clock, 'now' | 'sleep'>): OtherLogs {
  /** Still read for an earlier question: a second read would only wait at the same disk. */
  const underWay = new Set<string>()
  const read = async (source: LogSource, asked: AskedLogs): Promise<ToldLog> => {
    underWay.add(source.name)
    try {
      const path = await newestFile(source.path)
      if (path === null) return missing(source, 'missing')
      const end = await readEnd(path, source.encoding, clock.now())
      return toldLog(source, end, asked)
    } catch (thrown) {
      return missing(source, noteOf(thrown))
    } finally {
      underWay.delete(source.name)
    }
  }
  return async asked => {
    const told: ToldLog[] = []
    for (const source of sources) {
      const waiting = new AbortController()
      const late = clock.sleep(READ_MS_MAX, waiting.signal).then(() => missing(source, 'busy'))
      told.push(underWay.has(source.name) ? missing(source, 'busy') : await Promise.race([read(source, asked), late]))
      waiting.abort()
    }
    return told
  }
}

const missing = ({ name }: LogSource, note: LogNote): ToldLog => ({ name, lines: [], note })

const NOTES: Readonly<Record<string, LogNote>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  ELOOP: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
  EBUSY: 'busy',
}

/** Why a file is not read, by the system's code. */
export function noteOf(thrown: unknown): LogNote {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return NOTES[code] ?? 'unreadable'
}

/** When each line was written; a line that does not tell belongs to the one before it, the first ones to the next that does. Null where none does. */
export function timesOf(lines: readonly string[], zone: string | undefined): readonly (EpochMs | null)[] {
  const wall = wallTimeOf(zone)
  const told = lines.map(line => lineTime(line, wall))
  let at = told.find(time => time !== null) ?? null
  return told.map(time => {
    at = time ?? at
    return at
  })
}

/** Cleared in their order and whole, because a secret may go on over lines; cut afterwards. A log that never tells a time is as old as its file. */
function toldLog({ name, time_zone: zone }: LogSource, end: FileEnd, { since, secrets }: AskedLogs): ToldLog {
  const all = [...end.context, ...end.lines]
  const times = timesOf(all, zone)
  const lines = redactLines(all, secrets)
    .map((text, index) => ({ at: times[index] ?? end.writtenAt, text: shownLine(text) }))
    .slice(end.context.length)
    .filter(({ text }) => text.trim() !== '')
  const asked = lines.filter(({ at }) => since === null || at >= since)
  const isCut = !end.isWhole && asked.length === lines.length
  return { name, lines: asked.map(({ at, text }) => foreignLine(name, at, text)), note: isCut ? 'cut' : null }
}
