import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { getRawAsset } from 'node:sea'

/**
 * Takes the place of the serial library's own loader inside the executable: an addon can be loaded from a file only, so it is written
 * to a folder that its user alone may write to, under its own hash, and compared byte by byte before it is used again.
 */
function loadAddon(): unknown {
  const bytes = Buffer.from(getRawAsset('serialport.node'))
  const folder = process.env['TILLWATCH_NATIVE_DIR'] ?? join(stateFolder(), 'native')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const owner = statSync(folder).uid
  if (process.getuid && owner !== process.getuid())
    throw new Error(`${folder} belongs to another user; set TILLWATCH_NATIVE_DIR to a folder of the agent's own`)
  if (process.platform !== 'win32') chmodSync(folder, 0o700)
  const file = join(folder, `serialport-${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}.node`)
  if (!holds(file, bytes)) {
    const part = `${file}.${process.pid}`
    writeFileSync(part, bytes, { mode: 0o700 })
    renameSync(part, file)
  }
  const loaded = { exports: {} }
  process.dlopen(loaded, file)
  return loaded.exports
}

function stateFolder(): string {
  if (process.env['STATE_DIRECTORY']) return process.env['STATE_DIRECTORY']
  if (process.platform === 'win32')
    return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'tillwatch-agent')
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'tillwatch-agent')
}

function holds(file: string, bytes: Buffer): boolean {
  try {
    return readFileSync(file).equals(bytes)
  } catch {
    return false
  }
}

/** The addon's functions, under the name that the serial library imports. */
export const binding = loadAddon()
