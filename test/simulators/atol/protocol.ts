import type { SimulatedProtocol } from '../protocols.ts'
import { stateSchemaWith } from '../register-state.ts'
import { quirksSchema } from './quirks.ts'
import { openLine as openV2Line } from './v2-line.ts'
import { openLine as openV3Line } from './v3-line.ts'

const stateSchema = stateSchemaWith(quirksSchema, { register: { model: 'АТОЛ 55Ф', firmware: '3.0.1245' } })

/** ATOL, transport 3: packets with a CRC and a buffer of tasks. */
export const atolV3 = { name: 'atol', variant: 3, stateSchema, openLine: openV3Line } satisfies SimulatedProtocol

/** ATOL, transport 2: ENQ, ACK, EOT and frames with an XOR. */
export const atolV2 = { name: 'atol', variant: 2, stateSchema, openLine: openV2Line } satisfies SimulatedProtocol
