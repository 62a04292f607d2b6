import type { Problem } from '../driver.ts'

const REGISTER_STEP =
  'Check that the register is on and its cable is in, and that device.port, device.model and device.baud are those by which the POS program opens it.'

/** The service answers, the register behind it does not. `reason`: in the service's words. */
export const unreachableProblem = (reason: string): Problem => ({
  code: 'register.silent',
  message: `the service does not reach the register: ${reason}`,
  nextStep: REGISTER_STEP,
})

/** The service opens no session, for a reason whose number nobody has published. */
export const refusedProblem = (reason: string): Problem => ({
  code: 'service.refused',
  message: `the service opens no session: ${reason}`,
  nextStep: 'The POS program probably has the register. The agent asks again by itself, ever more seldom.',
})

export const SILENT_PROBLEM: Problem = {
  code: 'service.silent',
  message: 'the service takes requests but does not answer',
  nextStep: 'Look whether the Windows service VT_inecrman hangs, and restart it when nobody sells.',
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
