import { Session } from 'node:inspector/promises'

/** Which places of the code were reached since the start. */
export interface Coverage {
  /** Places reached so far. */
  readonly count: number
  /** True when places were reached since the last call that never were before. */
  hasGrown(): Promise<boolean>
  stop(): Promise<void>
}

/** Coverage by the engine's own counters, block by block, of the files that match. */
export async function startCoverage(files: RegExp): Promise<Coverage> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const reached = new Set<string>()
  return {
    get count() {
      return reached.size
    },
    async hasGrown() {
      const before = reached.size
      const { result } = await session.post('Profiler.takePreciseCoverage')
      for (const { url, functions } of result) {
        if (!files.test(url)) continue
        // How often matters by its size: a loop run ten times is another path than one run once.
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) reached.add(`${url}:${startOffset}:${endOffset}:${Math.ceil(Math.log2(count + 1))}`)
      }
      return reached.size > before
    },
    async stop() {
      await session.post('Profiler.stopPreciseCoverage')
      session.disconnect()
    },
  }
}
