import { type Clock, ok, type Result, type WireItem } from '@tillwatch/shared'
import type { Problem, RegisterLink } from '../drivers/driver.ts'
import { REST_MS } from './plan.ts'
import { createRegisterPoll, type Polled, type RegisterTarget } from './register-poll.ts'
import type { SourceWorld } from './register-source.ts'

/** Pause between two holds of the port: room for the POS program. */
const PAUSE_MS = 300
/** An answer of another program that nobody fetches is looked at again after this long. */
const RETRY_MS = 1_000
const RETRIES_MAX = 3
const WINDOWS_MAX = 30

/** All that one register tells. */
export interface ReadRegister {
  readonly item: WireItem
  readonly link: RegisterLink
  /** Each code once. */
  readonly problems: readonly Problem[]
}

/**
 * Reads everything a register tells, in as many holds of the port as that takes; an abort ends it with the hold under way. The error is
 * wrong use: an unknown driver, a port that is none.
 */
export async function readRegister(
  target: RegisterTarget,
  clock: Clock,
  world: SourceWorld = {},
  signal?: AbortSignal,
): Promise<Result<ReadRegister>> {
  const register = await createRegisterPoll(target, clock, world)
  if (!register.ok) return register
  const problems = new Map<string, Problem>()
  let retries = 0
  let polled: Polled
  try {
    polled = await register.value.poll(true)
    for (let windows = 1; windows < WINDOWS_MAX; windows++) {
      for (const problem of polled.problems) problems.set(problem.code, problem)
      const goesOn = polled.link === 'ok' && polled.outcome === 'more'
      // Somebody else's answer, or damage on the line: looked at again before it is called a fault.
      const tryAgain = !goesOn && mayPass(polled) && retries++ < RETRIES_MAX
      if ((!goesOn && !tryAgain) || signal?.aborted) break
      const pauseMs = goesOn ? PAUSE_MS : RETRY_MS
      await clock.sleep(polled.changed ? REST_MS : pauseMs, signal)
      polled = await register.value.poll(false)
    }
  } finally {
    await register.value.close()
  }
  if (polled.link === 'ok') problems.delete('register.foreign_answer')
  return ok({ item: register.value.latest() ?? polled.item, link: polled.link, problems: [...problems.values()] })
}

const mayPass = (polled: Polled) =>
  (polled.link === 'busy' || polled.link === 'error') &&
  !polled.problems.some(
    ({ code }) => code.startsWith('port.') || code.startsWith('service.') || code === 'register.password',
  )
