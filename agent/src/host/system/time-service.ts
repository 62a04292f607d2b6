import { asciiOf, type RunProgram, runProgram, windowsProgram } from './run-program.ts'
import { unitBlocks } from './service-list.ts'

/** What the system says of keeping its clock right. */
export interface TimeKeeping {
  /** Name of the service; null where none is known. */
  readonly service: string | null
  /** Null where the system does not say. */
  readonly isSynchronised: boolean | null
  /** Server or source; null when there is none, undefined where the system does not say. */
  readonly source: string | null | undefined
}

/** Time keeping of this machine; rejects when the system does not tell. */
export const timeKeeping = (): Promise<TimeKeeping> =>
  process.platform === 'win32' ? windowsTime(runProgram) : systemdTime(runProgram)

/** `timedatectl show`, and of systemd's own client the server; other clients (chrony) tell no server there. */
export async function systemdTime(run: RunProgram): Promise<TimeKeeping> {
  const { code, stdout } = await run('timedatectl', ['show', '--property=NTP', '--property=NTPSynchronized'])
  const state = code === 0 ? unitBlocks(asciiOf(stdout))[0] : undefined
  const synchronised = state?.get('NTPSynchronized')
  if (synchronised !== 'yes' && synchronised !== 'no') throw new Error('systemd does not tell of its clock')
  const client = await run('timedatectl', ['show-timesync', '--property=ServerName', '--property=ServerAddress'])
  const server = client.code === 0 ? unitBlocks(asciiOf(client.stdout))[0] : undefined
  const source = server?.get('ServerName') || server?.get('ServerAddress')
  if (source) return { service: 'systemd-timesyncd', isSynchronised: synchronised === 'yes', source }
  return {
    service: null,
    isSynchronised: synchronised === 'yes',
    source: state?.get('NTP') === 'no' ? null : undefined,
  }
}

/** ERROR_SERVICE_NOT_ACTIVE in the last words of `w32tm`, whatever the language. */
const NOT_STARTED = '0x80070426'
/** Leap indicator 3 (RFC 5905, section 7.3): the clock is not synchronised. */
const LEAP_UNKNOWN = 3
/** Reference id of a clock that follows nothing but itself: none, or `LOCL` (RFC 5905, section 7.3). Such a PC calls itself stratum 1. */
const OWN_CLOCK = /: 0x(00000000|4c4f434c)\b/i

/** `w32tm /query /status`. */
export async function windowsTime(run: RunProgram): Promise<TimeKeeping> {
  const { stdout } = await run(windowsProgram('w32tm.exe'), ['/query', '/status'])
  const keeping = windowsStatus(asciiOf(stdout))
  if (!keeping) throw new Error('w32tm does not tell its state')
  return keeping
}

/**
 * The status, or null when it is none. Windows translates the labels, so lines are known by their order: leap indicator, stratum, …,
 * source, poll interval; and words in brackets are not read.
 */
export function windowsStatus(text: string): TimeKeeping | null {
  if (text.includes(NOT_STARTED)) return { service: 'w32time', isSynchronised: false, source: null }
  const lines = text.split(/\r?\n/).filter(line => line.includes(': '))
  const numberIn = (line: string | undefined): number | null => {
    const digits = /: (\d{1,3})\s*\(/.exec(line ?? '')?.[1]
    return digits === undefined ? null : Number(digits)
  }
  const [leap, stratum] = [numberIn(lines[0]), numberIn(lines[1])]
  if (leap === null || stratum === null || lines.length < 4) return null
  const isSynchronised = leap !== LEAP_UNKNOWN && stratum > 0 && !OWN_CLOCK.test(text)
  const source =
    lines
      .at(-2)
      ?.replace(/^.*?: /, '')
      .trim() ?? ''
  // The clock of the board has a translated name; a server is a name or an address, flags behind a comma.
  const server = /^([A-Za-z0-9][\w.:-]{1,252})(?:,0x[0-9a-f]+)?$/i.exec(source)?.[1]
  return { service: 'w32time', isSynchronised, source: server ?? null }
}
