import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { replaceFile } from '../replace-file.ts'

const count = z.number().int().nonnegative()

const sidecar = z.object({ epoch: z.number().int().positive(), last: count, mark: count, dropped: count })

/**
 * The little that must outlive the outbox file: where the sequence stood. It is written once in `SIDECAR_EVERY` messages, so
 * `last` may be up to that many minus one behind.
 */
export type Sidecar = z.infer<typeof sidecar>

/** Messages between two writes of the sidecar: half an hour of an ordinary till. */
export const SIDECAR_EVERY = 32

/** The sidecar, or null when there is none or it is unreadable. */
export function readSidecar(path: string): Sidecar | null {
  try {
    return sidecar.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

/** Replaces the sidecar as a whole: a cut leaves the old one. Throws what the disk throws. */
export const writeSidecar = (path: string, value: Sidecar): void => replaceFile(path, JSON.stringify(value))
