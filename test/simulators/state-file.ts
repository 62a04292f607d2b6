import { readFileSync, statSync } from 'node:fs'
import { AppError, type Clock, messageOf } from '@tillwatch/shared'
import type { SimulatedRegister } from './register.ts'

const WATCH_MS = 200

/** Content of a state file. Throws `state.unreadable` with the file and the reason. */
export function readStateFile(path: string): object {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new AppError('state.unreadable', `${path}: ${messageOf(error)}`, {
      nextStep: 'Give a file with one JSON object; {} is a healthy register.',
    })
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content
  throw new AppError('state.unreadable', `${path}: not an object`, { nextStep: '{} is a healthy register.' })
}

/**
 * Sets the register to the file whenever the file changes; a wrong file is told and the register stays as it is.
 * Returns what ends the watch.
 */
export function watchStateFile(
  path: string,
  register: SimulatedRegister,
  clock: Clock,
  tell: (failure: AppError) => void,
): () => void {
  const versionOf = () => {
    const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
    return stat ? `${stat.ino}/${stat.mtimeNs}/${stat.size}` : null
  }
  let seen = versionOf()
  const look = () => {
    stop = clock.after(WATCH_MS, look)
    const version = versionOf()
    if (version === seen || version === null) return
    seen = version
    try {
      register.replace(readStateFile(path), path)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      tell(error)
    }
  }
  let stop = clock.after(WATCH_MS, look)
  return () => stop()
}
