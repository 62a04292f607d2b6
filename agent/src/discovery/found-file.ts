import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Logger, messageOf } from '@tillwatch/shared'
import { z } from 'zod'
import { replaceFile } from '../replace-file.ts'
import { foundRegisters } from './found-register.ts'

const PORTS_MAX = 64

const foundState = z.object({
  version: z.literal(1),
  /** UTC; null before the first search has ended. */
  searched_at: z.iso.datetime().nullable(),
  /** Serial ports that were there at the last search. */
  ports: z.array(z.string().max(256)).max(PORTS_MAX),
  registers: foundRegisters,
})
/** What searches on this PC have come to. */
export type FoundState = z.infer<typeof foundState>

export const nothingFound: FoundState = { version: 1, searched_at: null, ports: [], registers: [] }

/** What has been found on this PC, in `registers.json` of the data directory. */
export interface FoundFile {
  readonly state: FoundState
  /** On the disk when it returns; where that fails it is known until the restart. */
  save(state: FoundState): void
}

const FILE = 'registers.json'

/** The stored result of a data directory, to read it only; `nothingFound` when there is none or it is damaged. */
export function readFound(dir: string): FoundState {
  try {
    return foundState.parse(JSON.parse(readFileSync(join(dir, FILE), 'utf8')))
  } catch {
    return nothingFound
  }
}

/** Opens the file of a data directory. A damaged one is begun anew: the registers are found again. */
export function openFoundFile(dir: string, logger: Logger): FoundFile {
  let state = readFound(dir)
  return {
    get state() {
      return state
    },
    save: next => {
      state = { ...next, ports: next.ports.slice(0, PORTS_MAX) }
      try {
        mkdirSync(dir, { recursive: true, mode: 0o700 })
        replaceFile(join(dir, FILE), `${JSON.stringify(state, null, 2)}\n`)
      } catch (thrown) {
        logger.warn(
          { reason: messageOf(thrown) },
          'the registers found cannot be written down; known until the restart',
        )
      }
    },
  }
}
