import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, systemClock } from '@tillwatch/shared'
import { createRegister } from '../simulators/register.ts'
import { servePty } from '../simulators/serve-pty.ts'
import { serveTcp } from '../simulators/serve-tcp.ts'
import { driverContract } from './driver.contract.ts'

const register = (state: object) => createRegister({ protocol: 'shtrih-m', state, clock: systemClock })

driverContract({
  driver: 'shtrih-m',
  transport: 'tcp',
  async serve(state) {
    const simulated = register(state)
    return { register: simulated, port: await serveTcp(simulated, 'tcp://127.0.0.1:0', systemClock) }
  },
})

driverContract({
  driver: 'shtrih-m',
  transport: 'a serial port',
  async serve(state) {
    const simulated = register(state)
    try {
      const link = join(mkdtempSync(join(tmpdir(), 'tillwatch-')), 'tty')
      return { register: simulated, port: await servePty(simulated, link) }
    } catch (error) {
      if (error instanceof AppError && error.code === 'pty.unavailable') return { missing: error.message }
      throw error
    }
  },
})
