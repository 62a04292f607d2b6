import type { SimulatedProtocol } from '../protocols.ts'
import { stateSchemaWith } from '../register-state.ts'
import { openLine } from './line.ts'
import { quirksSchema } from './quirks.ts'

/** MITSU 1-F: XML with a length and an LRC over a cable, bare over the network. */
export const mitsu = {
  name: 'mitsu',
  variant: 1,
  stateSchema: stateSchemaWith(quirksSchema, {
    register: { model: 'MITSU-1-F', serial: '065001234567890', firmware: '1.1.06' },
  }),
  openLine,
} satisfies SimulatedProtocol
