import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, type Logger, messageOf } from '@tillwatch/shared'
import { z } from 'zod'
import { replaceFile } from '../replace-file.ts'
import type { Presence } from './host-config.ts'

/** What was not seen for this long was taken away on purpose and is no longer missed. */
const MISSED_MS_MAX = 30 * 24 * 3_600_000
/** Written at most once a day for each place. */
const NOTE_MS = 24 * 3_600_000
const PLACES_MAX = 64
const FILE = 'sightings.json'

const sightingsFile = z.record(z.string().max(64), z.number())

/** What has been seen on this PC, so that a service that did not come up after a restart is missed, and one that never was is not. */
export interface Sightings {
  /** Whether to tell of a place, by how its probe treats what is not there. Remembers what is there. */
  mayTell(mode: Presence, slot: string, isThere: boolean): boolean
}

/** Sightings in a file of the data directory. A damaged one is begun anew; one that cannot be written is kept in memory. */
export function openSightings(dir: string, clock: Clock, logger: Logger): Sightings {
  const path = join(dir, FILE)
  const seenMs = new Map<string, number>(Object.entries(readSightings(path)))

  const note = (slot: string): void => {
    const nowMs = clock.now()
    const lastMs = seenMs.get(slot)
    // A clock that was set back must not keep an old date for ever.
    if (lastMs !== undefined && Math.abs(nowMs - lastMs) < NOTE_MS) return
    if (lastMs === undefined && seenMs.size >= PLACES_MAX) return
    seenMs.set(slot, nowMs)
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 })
      replaceFile(path, JSON.stringify(Object.fromEntries(seenMs)))
    } catch (thrown) {
      logger.warn(
        { reason: messageOf(thrown) },
        'what was seen on this PC cannot be written down; known until the restart',
      )
    }
  }

  return {
    mayTell: (mode, slot, isThere) => {
      if (isThere) note(slot)
      if (mode !== 'auto' || isThere) return true
      return Math.abs(clock.now() - (seenMs.get(slot) ?? Number.NEGATIVE_INFINITY)) < MISSED_MS_MAX
    },
  }
}

function readSightings(path: string): z.infer<typeof sightingsFile> {
  try {
    return sightingsFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {}
  }
}
