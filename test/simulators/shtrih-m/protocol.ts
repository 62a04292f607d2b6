import type { SimulatedProtocol } from '../protocols.ts'
import { stateSchemaWith } from '../register-state.ts'
import { openLine } from './line.ts'
import { quirksSchema } from './quirks.ts'

/** Shtrih-M, protocol 1: ENQ, ACK, NAK and frames with an XOR. */
export const shtrihM = {
  name: 'shtrih-m',
  variant: 1,
  stateSchema: stateSchemaWith(quirksSchema),
  openLine,
} satisfies SimulatedProtocol
