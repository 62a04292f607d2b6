import type { Problem } from '../driver.ts'

export const PORT_HELD_PROBLEM: Problem = {
  code: 'port.busy',
  message: 'another program holds the register’s port, so the service cannot open it (3)',
  nextStep: 'Let the POS program work through the service, or let it close the register between operations.',
}

export const unreachableProblem = (reason: string): Problem => ({
  code: 'register.silent',
  message: reason,
  nextStep: 'Check that the register is on, and its port in the settings of the service.',
})

/** The queue stands still, and why the service says so. */
export const blockedProblem = (reason: string | null): Problem => ({
  code: 'service.blocked',
  message: `the service’s queue is blocked${reason ? ` (${reason})` : ''}; nothing is added to it`,
  nextStep:
    'A fiscal job of the POS program has an unknown outcome. Clear its cause in the service, then repeat that job.',
})

export const queueProblem = (jobs: number): Problem => ({
  code: 'service.queue',
  message: `${jobs} jobs of other programs wait in the service, more than at the last look; none is added to them`,
  nextStep: 'Look why the service does not work them off: the register, its paper, the POS program.',
})

export const DEVICE_PROBLEM: Problem = {
  code: 'service.device',
  message: 'the service has no such register, no default one, or the register is not active',
  nextStep: 'Set device.id to the register’s id in the service, and see there that it is active.',
}

export const interfaceProblem = (variant: number): Problem => ({
  code: 'service.interface',
  message: `the service does not answer version ${variant} of the interface`,
  nextStep: `Set variant: ${variant === 2 ? 1 : 2}, and see that the address is that of the service.`,
})

export const failedProblem = (command: string, status: number): Problem => ({
  code: 'service.failed',
  message: `the service failed at ${command} (HTTP ${status})`,
  nextStep: 'Look into the service’s log; the agent tries again by itself.',
})

export const SILENT_SERVICE_PROBLEM: Problem = {
  code: 'service.silent',
  message: 'the service takes requests but does not answer',
  nextStep: 'Restart the service of the driver.',
}

export const lostJobProblem = (command: string): Problem => ({
  code: 'service.job_lost',
  message: `the service does not know our job ${command} any more`,
  nextStep: 'It was restarted or its memory is short. The agent asks again by itself.',
})

/** A job that the service took and did not carry out. */
export const unfinishedProblem = (command: string, status: string): Problem => ({
  code: 'register.silent',
  message: `the service did not carry out ${command} in 30 s (${status || 'no state told'}); the job was taken back`,
  nextStep:
    'The service probably cannot open the register: look into its log, and whether another program holds the port.',
})
