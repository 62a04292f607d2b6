import { type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'

/** What a job does at each turn; returns how long to wait before the next one, or nothing for the usual time. */
export type Turn = () => Promise<number> | Promise<void>

/** Runs `turn` again and again until stopped, never twice at once. A failed turn is logged and the next one comes at its usual time. */
export function createRepeatedJob(
  name: string,
  everyMs: number,
  turn: Turn,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Component {
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const run = async () => {
    while (!stopping.signal.aborted) {
      let waitMs = everyMs
      try {
        waitMs = (await turn()) ?? everyMs
      } catch (thrown) {
        log.error({ job: name, problem: messageOf(thrown) }, 'a background job failed; it is tried again')
      }
      await clock.sleep(waitMs, stopping.signal)
    }
  }
  return {
    start: async () => {
      running = run()
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
