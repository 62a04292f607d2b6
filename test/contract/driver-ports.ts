import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, systemClock } from '@tillwatch/shared'
import { createRegister } from '../simulators/register.ts'
import { servePty } from '../simulators/serve-pty.ts'
import { serveTcp } from '../simulators/serve-tcp.ts'
import { driverContract } from './driver.contract.ts'
import type { DriverProfile } from './driver-profile.ts'

/** Runs the contract suite over each kind of port that a driver can use, against the simulated register of its name. */
export function driverContractOnPorts(profile: DriverProfile, kinds: readonly ('tcp' | 'serial' | 'http')[]): void {
  const register = (state: object) =>
    createRegister({
      protocol: profile.driver,
      ...(profile.variant !== undefined && { variant: profile.variant }),
      state,
      clock: systemClock,
    })

  for (const transport of kinds) {
    driverContract({
      profile,
      transport,
      async serve(state) {
        const simulated = register(state)
        if (transport !== 'serial') {
          const port = await serveTcp(simulated, 'tcp://127.0.0.1:0', systemClock)
          const address = transport === 'http' ? port.address.replace('tcp://', 'http://') : port.address
          return { register: simulated, port: { ...port, address } }
        }
        const folder = mkdtempSync(join(tmpdir(), 'tillwatch-'))
        const remove = () => rmSync(folder, { recursive: true, force: true })
        try {
          const port = await servePty(simulated, join(folder, 'tty'))
          return { register: simulated, port: { ...port, close: () => port.close().finally(remove) } }
        } catch (error) {
          remove()
          if (error instanceof AppError && error.code === 'pty.unavailable') return { missing: error.message }
          throw error
        }
      },
    })
  }
}
