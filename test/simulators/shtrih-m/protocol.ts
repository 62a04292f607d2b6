import type { SimulatedProtocol } from '../protocols.ts'
import { stateSchemaWith } from '../register-state.ts'
import { openLine } from './line.ts'
import { openPacketLine } from './packet-line.ts'
import { quirksSchema } from './quirks.ts'

/** Shtrih-M, protocol 1: ENQ, ACK, NAK and frames with an XOR. */
export const shtrihM = {
  name: 'shtrih-m',
  variant: 1,
  stateSchema: stateSchemaWith(quirksSchema),
  openLine,
} satisfies SimulatedProtocol

/** Shtrih-M, protocol 2: numbered packets with byte stuffing and a CRC around the same commands. */
export const shtrihMPackets = {
  name: 'shtrih-m',
  variant: 2,
  stateSchema: stateSchemaWith(quirksSchema, { quirks: { packets_supported: true } }),
  openLine: openPacketLine,
} satisfies SimulatedProtocol
