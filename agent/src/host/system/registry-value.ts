import { asciiOf, type RunProgram, windowsProgram } from './run-program.ts'

/** A value of the Windows registry as `reg query` prints it, or null when there is none. Rejects when the program did not come back. */
export async function registryValue(run: RunProgram, key: string, name: string): Promise<string | null> {
  const { code, stdout } = await run(windowsProgram('reg.exe'), ['query', key, '/v', name])
  if (code === null) throw new Error('reg.exe does not answer')
  return code === 0 ? valueInListing(asciiOf(stdout), name) : null
}

/** The value in a listing: a line of name, type and data with spaces between. */
export function valueInListing(listing: string, name: string): string | null {
  for (const line of listing.split(/\r?\n/)) {
    const [, found, data] = /^\s+(\S+)\s+REG_[A-Z_]+\s+(\S.*?)\s*$/.exec(line) ?? []
    if (found?.toLowerCase() === name.toLowerCase() && data !== undefined) return data
  }
  return null
}
