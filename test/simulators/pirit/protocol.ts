import type { SimulatedProtocol } from '../protocols.ts'
import { stateSchemaWith } from '../register-state.ts'
import { openLine } from './line.ts'
import { quirksSchema } from './quirks.ts'

/** Pirit family: Viki Print, Пирит 2Ф and 2СФ, and what their vendor's service passes on. */
export const pirit = {
  name: 'pirit',
  variant: 1,
  stateSchema: stateSchemaWith(quirksSchema, { register: { model: 'Viki Print 57+', firmware: '665.4.2' } }),
  openLine,
} satisfies SimulatedProtocol
