import type { SimulatedProtocol } from '../protocols.ts'
import { stateSchemaWith } from '../register-state.ts'
import { quirksSchema } from './quirks.ts'
import { webService } from './service.ts'

const register = { model: 'АТОЛ 55Ф', firmware: '5.8.20' }

/** The JSON service over an ATOL register: a driver from 10.7 on, interface version 2 (and version 1 beside it). */
export const atolWeb2 = {
  name: 'atol-web',
  variant: 2,
  stateSchema: stateSchemaWith(quirksSchema, { register }),
  webService,
} satisfies SimulatedProtocol

/** The same with an older driver, as the interface's version 1 came with. Both versions are answered here too. */
export const atolWeb1 = {
  name: 'atol-web',
  variant: 1,
  stateSchema: stateSchemaWith(quirksSchema, {
    register,
    quirks: { profile: 'old', driver_version: '10.4.3.0', server_version: '' },
  }),
  webService,
} satisfies SimulatedProtocol
