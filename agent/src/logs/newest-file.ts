import { lstat, opendir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A folder that holds more says nothing about which of them is meant. */
const NAMES_MAX = 10_000

/** Does a name fit a pattern in which `*` is any number of characters? Case counts as the file system counts it. */
export function fits(name: string, pattern: string, isCaseBlind = process.platform === 'win32'): boolean {
  const told = isCaseBlind ? name.toLowerCase() : name
  const [first = '', ...others] = (isCaseBlind ? pattern.toLowerCase() : pattern).split('*')
  const last = others.pop()
  if (last === undefined) return told === first
  if (!told.startsWith(first)) return false
  let at = first.length
  for (const part of others) {
    const found = told.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return told.length - last.length >= at && told.endsWith(last)
}

/**
 * The file that a path means: itself, or the one of its folder that fits the `*` of its name and was written last; null when none fits.
 * Links, folders and what is no regular file never fit. Throws what the file system throws.
 */
export async function newestFile(path: string): Promise<string | null> {
  const pattern = basename(path)
  if (!pattern.includes('*')) return path
  const folder = dirname(path)
  let newest: { readonly path: string; readonly at: bigint } | null = null
  let looked = 0
  for await (const entry of await opendir(folder)) {
    if (++looked > NAMES_MAX) throw new Error(`more than ${NAMES_MAX} files in ${folder}`)
    if (!entry.isFile() || !fits(entry.name, pattern)) continue
    const found = join(folder, entry.name)
    // The one that was rotated away a moment ago is none any more.
    const at = await lstat(found, { bigint: true }).then(
      ({ mtimeNs }) => mtimeNs,
      () => null,
    )
    if (at === null || (newest && (at < newest.at || (at === newest.at && found < newest.path)))) continue
    newest = { path: found, at }
  }
  return newest?.path ?? null
}
