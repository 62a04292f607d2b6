import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { join } from 'node:path'
import { makeFolder } from './make-folder.ts'

/**
 * Keeps the program as the machine has compiled it in a folder of the data folder: a restart works a third less. For modules
 * loaded from here on, in this thread and in those started later. A cache that the environment names wins; where nothing can be
 * written, everything is compiled at each start.
 */
export function keepCompiled(dataDir: string): void {
  if (getCompileCacheDir() !== undefined) return
  const folder = join(dataDir, 'compiled')
  try {
    makeFolder(dataDir)
    makeFolder(folder)
  } catch {
    return
  }
  enableCompileCache(folder)
  process.env['NODE_COMPILE_CACHE'] = folder
}
