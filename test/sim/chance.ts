import { seededRandom } from '@tillwatch/shared/testing'

/** Chance of one world: everything that is not decided by the product is decided here, from the seed. */
export interface Chance {
  /** In [0, 1). */
  readonly random: () => number
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  /** True in `share` of the cases. */
  happens(share: number): boolean
  pick<T>(from: readonly T[]): T
  /** Letters and digits, for names that must differ. */
  text(length: number): string
  /** Chance of a part, so that one part's throws do not shift another's. */
  part(name: string): Chance
}

const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** The chance of a seed. */
export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed)
  const between = (min: number, max: number): number => min + Math.floor(random() * (max - min + 1))
  return {
    random,
    between,
    happens: share => random() < share,
    pick: <T>(from: readonly T[]): T => from[between(0, from.length - 1)] as T,
    text: length => Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join(''),
    part: name => chanceOf((seed ^ hashOf(name)) >>> 0),
  }
}
