import { systemClock } from '@tillwatch/shared'

const STEP_MS = 100

/** Asks again and again until the answer is neither null nor false; rejects with what was waited for. Real processes give no other sign. */
export async function eventually<T>(
  what: string,
  ask: () => T | null | false | Promise<T | null | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const until = systemClock.monotonic() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== false) return answer
    if (systemClock.monotonic() > until) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await systemClock.sleep(STEP_MS)
  }
}
