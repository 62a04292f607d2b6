import type { Problem } from '../driver.ts'

const REGISTER_STEP =
  'Check that the register is on and its cable is in, and that device.port, device.model and device.baud are those by which the POS program opens it.'
const RESTART_STEP = 'restart the Windows service VT_inecrman when nobody sells.'

/** The service answers, the register behind it does not. `reason`: in the service's words. */
export const unreachableProblem = (reason: string): Problem => ({
  code: 'register.silent',
  message: `the service does not reach the register: ${reason}`,
  nextStep: REGISTER_STEP,
})

/** The service waits for the register. A session that it then opens is one whose key nobody got. */
export const unansweredProblem = (command: string, tookMs: number): Problem => ({
  code: 'register.silent',
  message: `the service answers, but not to ${command} within ${Math.round(tookMs)} ms`,
  nextStep: `${REGISTER_STEP} If the POS program cannot reach the register either: ${RESTART_STEP}`,
})

/** The service needed so much of the hold that no session, or no status, fits into the rest. */
export const slowServiceProblem = (tookMs: number): Problem => ({
  code: 'register.slow',
  message: `after ${Math.round(tookMs)} ms of the service no time was left for the register`,
  nextStep: 'The agent goes on by itself. If it stays so, look at what slows this PC or the service down.',
})

/** The service refuses for a reason whose number nobody has published. */
export const refusedProblem = (command: string, reason: string): Problem => ({
  code: 'service.refused',
  message: `the service refuses ${command}: ${reason}`,
  nextStep: `The POS program probably has the register; the agent asks again by itself, ever more seldom. If no program has it, one that was killed may have left a session open: ${RESTART_STEP}`,
})

export const SILENT_PROBLEM: Problem = {
  code: 'service.silent',
  message: 'the service takes requests but does not answer',
  nextStep: `If the service hangs, ${RESTART_STEP}`,
}

export const downProblem = (message: string): Problem => ({
  code: 'service.down',
  message,
  nextStep: 'See that the Windows service VT_inecrman runs, and that port and channel are those it listens on.',
})

/** What came is no answer of this service. */
export const answerProblem = (command: string, what: string): Problem => ({
  code: 'service.answer',
  message: `command ${command}: ${what}`,
  nextStep: 'See that the address is that of the service INECRMAN: TCP usually at 50009, HTTP at 50010.',
})
