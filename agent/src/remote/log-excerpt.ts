import { type EpochMs, redactLines } from '@tillwatch/shared'

/** A line that is longer says no more: a stack, a quoted answer. */
const LINE_LENGTH_MAX = 4_096
/** A piece as JSON: over a line of 10 kbit/s it is stored before it would be sent again, and an excerpt has fewer than `LOG_PARTS_MAX` of them. */
const PART_BYTES_MAX = 24 * 1024

export interface ExcerptOptions {
  /** By the clock that wrote the log; null: from the beginning. */
  readonly since: EpochMs | null
  readonly bytesMax: number
  readonly secrets: readonly string[]
}

/** The newest whole lines of a log within the bytes, in order, redacted. */
export function excerptOf(log: string, { since, bytesMax, secrets }: ExcerptOptions): readonly string[] {
  const lines = log.split('\n').filter(line => line !== '' && (since === null || timeOf(line) >= since))
  // Cleared in their order, because a secret may go on over lines, and no more of them than can be taken: that may take a till a while.
  const cleared = redactLines(newestWithin(lines, SHRINKS_AT_MOST * bytesMax), secrets)
  return newestWithin(
    cleared.map(line => printable(line).slice(0, LINE_LENGTH_MAX)),
    bytesMax,
  )
}

/** A log is mostly what stays: of twice the bytes enough is left to fill them. */
const SHRINKS_AT_MOST = 2

function newestWithin(lines: readonly string[], bytesMax: number): readonly string[] {
  let bytes = 0
  const tooOld = lines.findLastIndex(line => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > bytesMax
  })
  return lines.slice(tooOld + 1)
}

/** Lines in as few pieces as fit into a message each. */
export function piecesOf(lines: readonly string[]): readonly string[] {
  const pieces: string[] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const line of lines) {
    const size = Buffer.byteLength(JSON.stringify(`${line}\n`))
    if (bytes + size > PART_BYTES_MAX) {
      pieces.push('')
      bytes = 0
    }
    pieces.push(`${pieces.pop() ?? ''}${line}\n`)
    bytes += size
  }
  return pieces
}

/** A line that tells no time belongs to the one before it, which is as old: kept only when everything is. */
function timeOf(line: string): number {
  const at = /"time":"([^"]+)"/.exec(line)?.[1]
  const time = at === undefined ? Number.NaN : Date.parse(at)
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

/** Control characters grow sixfold in JSON and tell nothing. */
const printable = (line: string): string => line.replace(/\p{Cc}/gu, ' ')
