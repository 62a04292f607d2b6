import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { type Logger, messageOf } from '@tillwatch/shared'
import { replaceFile } from '../replace-file.ts'
import { emptyState, type RemoteState, remoteState } from './remote-state.ts'

/** What the collector asked for, on the disk of the till. */
export interface RemoteFile {
  readonly state: RemoteState
  /** On the disk when it returns; throws what the disk throws, and then nothing has changed. */
  change(run: (state: RemoteState) => RemoteState): void
  /** Holds in this run, and goes onto the disk with the next change that the disk takes. */
  keep(run: (state: RemoteState) => RemoteState): void
  /** True when the file was damaged and everything in it is forgotten: told to the collector, because switched-off checks are on again. */
  readonly wasDamaged: boolean
}

const FILE = 'remote.json'

/** Opens the file of a data directory. A damaged one is set aside under `remote-damaged.json`; the agent goes on as if never asked. */
export function openRemoteFile(dir: string, logger: Logger): RemoteFile {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, FILE)
  const read = readState(path)
  if ('problem' in read) {
    logger.error({ reason: read.problem, path }, 'the record of commands is damaged and set aside; all checks are on')
    setAside(path, join(dir, 'remote-damaged.json'), logger)
  }
  let state = 'state' in read ? read.state : emptyState
  return {
    get state() {
      return state
    },
    change: run => {
      const changed = run(state)
      replaceFile(path, JSON.stringify(changed))
      state = changed
    },
    keep: run => {
      state = run(state)
    },
    wasDamaged: 'problem' in read,
  }
}

/** The copy is for people; without one the agent works as well. */
function setAside(path: string, copy: string, logger: Logger): void {
  try {
    renameSync(path, copy)
  } catch (thrown) {
    logger.warn(
      { reason: messageOf(thrown), copy },
      'the damaged record cannot be set aside; the next command replaces it',
    )
  }
}

function readState(path: string): { readonly state: RemoteState } | { readonly problem: string } {
  if (!existsSync(path)) return { state: emptyState }
  try {
    return { state: remoteState.parse(JSON.parse(readFileSync(path, 'utf8'))) }
  } catch (thrown) {
    return { problem: messageOf(thrown).slice(0, 200) }
  }
}
