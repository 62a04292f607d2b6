import type { VersionRange } from '@tillwatch/shared/api'

/** A part of a version: its kind decides first, then its value. */
type Token = readonly [rank: number, value: bigint | string]

/** A test build comes before the version itself, a letter after it, a further number after both: `5.8-rc1` < `5.8` < `5.8b` < `5.8.1`. */
const TEST_BUILD = 0
const END: Token = [1, '']
const LETTERS = 2
const NUMBER = 3
const TEST_WORDS = new Set(['alpha', 'beta', 'dev', 'pre', 'preview', 'rc', 'snapshot'])

/**
 * Orders versions as people read them: numbers by value, signs between them without meaning, zeros at the end of a row of numbers without
 * meaning (`5.8` and `5.8.0` are one version). A total order over everything that a device may call its version.
 */
export function compareVersions(one: string, other: string): number {
  const left = tokensOf(one)
  const right = tokensOf(other)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [leftRank, leftValue] = left[index] ?? END
    const [rightRank, rightValue] = right[index] ?? END
    if (leftRank !== rightRank) return leftRank - rightRank
    if (leftValue !== rightValue) return leftValue < rightValue ? -1 : 1
  }
  return 0
}

/** Whether a version lies between both ends, which belong to the range. An unknown version lies in no range. */
export function isInRange(version: string | null, { from, to }: VersionRange): boolean {
  if (version === null) return false
  return (from === null || compareVersions(from, version) <= 0) && (to === null || compareVersions(version, to) <= 0)
}

function tokensOf(version: string): readonly Token[] {
  const tokens: Token[] = []
  for (const [part] of version.toLowerCase().matchAll(/\d+|\p{L}+/gu)) {
    if (/^\d/.test(part)) tokens.push([NUMBER, BigInt(part)])
    else {
      dropZeros(tokens)
      tokens.push([TEST_WORDS.has(part) ? TEST_BUILD : LETTERS, part])
    }
  }
  dropZeros(tokens)
  return tokens
}

function dropZeros(tokens: Token[]): void {
  while (tokens.at(-1)?.[1] === 0n) tokens.pop()
}
