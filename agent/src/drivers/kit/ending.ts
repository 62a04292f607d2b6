import type { PollOutcome, Problem, RegisterLink } from '../driver.ts'

/**
 * Why nothing more is sent in this hold of the port: the time is up; the line was lost; another program's conversation; no
 * reaction; an exchange that failed; a secret that was refused; the register is at work; a service says that another program has
 * the port (`busy`), or that the register behind it does not answer (`unreachable`).
 */
export type Ending = 'time' | 'lost' | 'foreign' | 'silent' | 'failed' | 'password' | 'at_work' | 'busy' | 'unreachable'

/** Whether a source answered. `answersCount`: answers in this hold; `heard`: any byte came in. */
export function linkOf(ending: Ending | null, answersCount: number, heard: boolean): RegisterLink {
  if (ending === 'busy') return 'busy'
  if (ending === 'unreachable') return 'silent'
  if (answersCount > 0) return ending === 'password' ? 'error' : 'ok'
  if (ending === 'foreign') return 'busy'
  if (ending === 'silent') return 'silent'
  if (ending === 'time' && !heard) return 'silent'
  return 'error'
}

/** Whether the next hold goes on where this one ended. */
export function outcomeOf(ending: Ending | null): PollOutcome {
  if (ending === null || ending === 'password') return 'complete'
  return ending === 'at_work' || ending === 'foreign' || ending === 'busy' ? 'yielded' : 'more'
}

const LINE_STEP = 'Check cable, line rate and interference; look whether another program uses the register.'
const NOISE_STEP =
  'Check that driver and variant are those of the register, and its line rate; look whether another program uses it.'

const FAILURES = {
  frame_refused: 'the register took the request for damaged three times',
  answer_damaged: 'the answer arrived damaged three times',
  answer_missing: 'the register did not give the answer',
  noise: 'the line carries bytes that are not this protocol',
} as const
/** How an exchange with a living device may fail. */
export type Failure = keyof typeof FAILURES

export const failureProblem = (command: string, reason: Failure): Problem => ({
  code: `register.${reason}`,
  message: `command ${command}: ${FAILURES[reason]}`,
  nextStep: reason === 'noise' ? NOISE_STEP : LINE_STEP,
})

export const lostProblem = (error: { readonly code: string; readonly message: string }): Problem => ({
  code: error.code,
  message: error.message,
  nextStep: LINE_STEP,
})

export const FOREIGN_PROBLEM: Problem = {
  code: 'register.foreign_answer',
  message: 'an answer to another program waits in the register; it was left there',
  nextStep: 'Another program talks to this register. If none does, the answer is dropped after three polls.',
}

export const SILENT_PROBLEM: Problem = {
  code: 'register.silent',
  message: 'the register does not react on this line',
  nextStep:
    'Check that it is on and the cable is in, and that driver, variant, port and line rate are those of the register.',
}

export const IN_USE_PROBLEM: Problem = {
  code: 'register.line_in_use',
  message: 'somebody talks on this line; the port was given back at once',
  nextStep: 'Another program uses the register on the same line. Poll at another time, or give it a port of its own.',
}

export const secretProblem = (secret: { readonly name: string; readonly nextStep: string }): Problem => ({
  code: 'register.password',
  message: `the register refuses the ${secret.name}; commands that need it are not sent any more`,
  nextStep: secret.nextStep,
})

export const slowProblem = (command: string, tookMs: number): Problem => ({
  code: 'register.slow',
  message: `no answer to command ${command} within ${Math.round(tookMs)} ms; the port was given back`,
  nextStep: 'The register is busy or its line is slow. The agent goes on by itself.',
})
