import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { basename } from 'node:path'

/** Real serial devices; pseudo-terminals have two legitimate ends and are left to the lock. */
const DEVICE = /^\/dev\/tty[A-Za-z]/
const OPEN_FILES_MAX = 20_000

/**
 * Name of another program that has the port open on Linux, or null when none is seen. A port without an exclusive open may be
 * held by several programs at once, each stealing the other's bytes, so the lock alone is not enough. Sees what the agent's
 * user may see; other users' processes show only through a UUCP lock file (`/var/lock/LCK..ttyS0`). Never throws.
 */
export async function findPortHolder(
  path: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | null> {
  if (platform !== 'linux') return null
  const device = await realpath(path).catch(() => path)
  if (!DEVICE.test(device)) return null
  return (await lockFileHolder(device)) ?? (await openFileHolder(device))
}

/**
 * False when another program may have the port open without this one being able to see it: the open files of other users' programs
 * show only to root or with CAP_SYS_PTRACE. Windows opens a port for one program alone, so there it does not matter.
 */
export async function seesEveryHolder(path: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform !== 'linux') return true
  if (!DEVICE.test(await realpath(path).catch(() => path))) return true
  return readdir('/proc/1/fd').then(
    () => true,
    () => false,
  )
}

async function lockFileHolder(device: string): Promise<string | null> {
  const text = await readFile(`/var/lock/LCK..${basename(device)}`, 'latin1').catch(() => '')
  const pid = Number.parseInt(text.trim(), 10)
  return Number.isInteger(pid) && pid > 0 && pid !== process.pid ? processName(String(pid)) : null
}

async function openFileHolder(device: string): Promise<string | null> {
  let seen = 0
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    for (const file of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      if (++seen > OPEN_FILES_MAX) return null
      if ((await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')) === device) return processName(pid)
    }
  }
  return null
}

/** `name (pid)` of a living process, else null: a lock file may outlive its owner. */
async function processName(pid: string): Promise<string | null> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null)
  return name === null ? null : `${name.trim()} (process ${pid})`
}
