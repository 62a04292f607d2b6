import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Replaces a small file as a whole: a cut leaves the old one or the new one, never a part. On the disk when it returns; throws what the
 * disk throws.
 */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  syncDirectory(dirname(path))
}

/** The new name itself must outlive a power cut. Windows keeps names by itself and opens no directory. */
function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return
  const opened = openSync(dir, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
