/** Steps of the path from reading to `stored`, and from command to result, between which a kill must lose and double nothing. */
export const CRASH_POINTS = [
  'before-append',
  'after-append',
  'before-publish',
  'after-publish',
  'before-settle',
  'after-settle',
  'command-noted',
  'command-done',
  'command-answered',
] as const
export type CrashPointName = (typeof CRASH_POINTS)[number]

/** Called between two steps; does nothing unless a test asks for a crash there. */
export type CrashPoint = (name: CrashPointName) => void

/** What crashes nowhere. */
export const noCrash: CrashPoint = () => undefined

/**
 * The crash points of this process: kills it without any farewell at the point that TILLWATCH_CRASH_AT names, as a power cut would;
 * `NAME:3` means the third time that it passes there. Without that variable every point does nothing.
 */
export function crashPointsOf(environment: Readonly<Record<string, string | undefined>>): CrashPoint {
  const wanted = environment['TILLWATCH_CRASH_AT']
  if (!wanted) return noCrash
  const [point, time = '1'] = wanted.split(':')
  let left = Number(time)
  return name => {
    if (name === point && --left === 0) process.kill(process.pid, 'SIGKILL')
  }
}
