import type { SimulatedProtocol } from '../protocols.ts'
import { stateSchemaWith } from '../register-state.ts'
import { openLine } from './line.ts'
import { quirksSchema } from './quirks.ts'
import { webService } from './web.ts'

/** Mercury registers behind their vendor's service INECRMAN, over TCP and over HTTP. */
export const mercury = {
  name: 'mercury',
  variant: 1,
  stateSchema: stateSchemaWith(quirksSchema, { register: { model: 'Меркурий-185Ф', firmware: '4.2.17' } }),
  openLine,
  webService,
} satisfies SimulatedProtocol
