import { type EpochMs, redactLines } from '@tillwatch/shared'
import { newestWithin, shownLine, type ToldLine, type ToldLog } from '../logs/told-lines.ts'

/** A piece as JSON: over a line of 10 kbit/s it is stored before it would be sent again, and an excerpt has fewer than `LOG_PARTS_MAX` of them. */
const PART_BYTES_MAX = 24 * 1024

export interface ExcerptOptions {
  /** By the clock that wrote the log; null: from the beginning. */
  readonly since: EpochMs | null
  readonly bytesMax: number
  readonly secrets: readonly string[]
}

/** The newest whole lines of the agent's own log within the bytes, in order, redacted. */
export function excerptOf(log: string, options: ExcerptOptions): readonly string[] {
  return newestWithin(ownLog(log, options).lines, options.bytesMax).map(({ text }) => text)
}

/** The agent's own log, redacted: no fewer of its newest lines than fit into the bytes. */
export function ownLog(log: string, { since, bytesMax, secrets }: ExcerptOptions): ToldLog {
  let at = Number.NEGATIVE_INFINITY
  const lines = log.split('\n').flatMap((text): readonly ToldLine[] => {
    if (text === '') return []
    at = timeOf(text) ?? at
    return since === null || at >= since ? [{ at, text }] : []
  })
  // Cleared in their order, because a secret may go on over lines, and no more of them than can be taken: that may take a till a while.
  const taken = newestWithin(lines, SHRINKS_AT_MOST * bytesMax)
  const cleared = redactLines(
    taken.map(({ text }) => text),
    secrets,
  )
  return {
    name: null,
    lines: taken.map((line, index) => ({ at: line.at, text: shownLine(cleared[index] ?? '') })),
    note: taken.length < lines.length ? 'cut' : null,
  }
}

/** A log is mostly what stays: of twice the bytes enough is left to fill them. */
const SHRINKS_AT_MOST = 2

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

/** A line that tells no time belongs to the one before it. */
function timeOf(line: string): EpochMs | null {
  const at = Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '')
  return Number.isNaN(at) ? null : at
}
