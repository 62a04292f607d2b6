import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, for its owner alone; throws what the system says. Step by step: where the system makes none, as
 * under /proc, Node's own recursive way tries for ever.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path) {
      makeFolder(dirname(path))
      mkdirSync(path, { mode: 0o700 })
    } else if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw thrown
  }
}
