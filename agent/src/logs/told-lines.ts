import { type EpochMs, LOG_NOTES, type LogNote } from '@tillwatch/shared'

/** A line that is longer says no more: a stack, a quoted answer. */
const LINE_LENGTH_MAX = 4_096

/** A line as it leaves the till. */
export interface ToldLine {
  /** By the till's clock; -Infinity for one that tells no time and has none before it. */
  readonly at: EpochMs
  readonly text: string
}

/** What one log gives to an excerpt, redacted. */
export interface ToldLog {
  /** Null for the agent's own. */
  readonly name: string | null
  /** Oldest first. */
  readonly lines: readonly ToldLine[]
  /** Lines are missing, and why: `cut` where only older ones are. */
  readonly note: LogNote | null
}

/** One line of text: control characters grow sixfold in JSON and tell nothing. Only for what is cleared already: a secret must not be cut in two. */
export const shownLine = (line: string): string =>
  line
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, LINE_LENGTH_MAX)
    .toWellFormed()

/** A line of a log of another program, in the form of the agent's own. */
export const foreignLine = (log: string, at: EpochMs, msg: string): ToldLine => ({
  at,
  text: JSON.stringify({ time: new Date(at).toISOString(), log, msg }),
})

const bytesOf = ({ text }: ToldLine): number => Buffer.byteLength(text) + 1

/** The newest lines within the bytes, in order. */
export function newestWithin(lines: readonly ToldLine[], bytesMax: number): readonly ToldLine[] {
  let bytes = 0
  const tooOld = lines.findLastIndex(line => {
    bytes += bytesOf(line)
    return bytes > bytesMax
  })
  return lines.slice(tooOld + 1)
}

/** What is wanted of the bytes, shared so that nobody gets more while another lacks: who wants little leaves the rest to the others. */
export function fairShares(wanted: readonly number[], total: number): readonly number[] {
  const order = wanted.map((_, index) => index).toSorted((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0))
  const shares = wanted.map(() => 0)
  let left = total
  order.forEach((index, done) => {
    const share = Math.min(wanted[index] ?? 0, Math.floor(left / (order.length - done)))
    shares[index] = share
    left -= share
  })
  return shares
}

/** The newest lines of all logs within the bytes, shared fairly, in the order of their times; where lines are missing a note says so. */
export function mergedExcerpt(
  logs: readonly ToldLog[],
  { bytesMax, now }: { readonly bytesMax: number; readonly now: EpochMs },
): readonly string[] {
  const shares = fairShares(logs.map(wantedBytes), bytesMax)
  return logs
    .flatMap((log, index) => within(log, shares[index] ?? 0, now))
    .toSorted((one, other) => (one.at === other.at ? 0 : one.at - other.at))
    .map(({ text }) => text)
}

const wantedBytes = ({ name, lines, note }: ToldLog): number =>
  lines.reduce((bytes, line) => bytes + bytesOf(line), note === null ? 0 : noteBytes(name, note))

/** A log within its share; the note of what is left out comes first, if there is room for it. */
function within(log: ToldLog, bytesMax: number, now: EpochMs): readonly ToldLine[] {
  if (log.note === null && wantedBytes(log) <= bytesMax) return log.lines
  const note = log.note ?? 'cut'
  const room = bytesMax - noteBytes(log.name, note)
  const lines = newestWithin(log.lines, Math.max(0, room))
  return room < 0 ? lines : [noteLine(log.name, note, lines[0]?.at ?? now), ...lines]
}

const noteBytes = (name: string | null, note: LogNote): number => bytesOf(noteLine(name, note, 0))

/** In English, as the agent's own lines; who shows it has the words of the note in both languages. */
function noteLine(name: string | null, note: LogNote, at: EpochMs): ToldLine {
  const time = Number.isFinite(at) ? { time: new Date(at).toISOString() } : {}
  return { at, text: JSON.stringify({ ...time, ...(name !== null && { log: name }), note, msg: LOG_NOTES[note].en }) }
}
