import type { DriverDefinition } from '../driver.ts'
import { SHTRIH_M_PROBES } from './probe.ts'
import { QUESTIONS } from './questions.ts'
import { createSession } from './session.ts'

/**
 * Fiscal registers that speak the Shtrih-M protocols: Shtrih-M, Retail, RR-Electro, Elves, POScenter, Pay and others. Variant 1 is
 * protocol 1 with ENQ and ACK, variant 2 is protocol 2 with numbered packets; a register speaks what it was set to.
 * Factory rate is 115200 or, on older models, 4800; eight data bits, no parity, one stop bit (Shtrih-M protocol 1.17).
 */
export const shtrihM: DriverDefinition = {
  name: 'shtrih-m',
  title: 'Штрих-М (протоколы 1 и 2)',
  line: { baudRate: 115_200, parity: 'none', stopBits: 1, controlLines: 'untouched' },
  variants: [1, 2],
  ports: ['serial', 'tcp'],
  source: () => 'register',
  questions: QUESTIONS.map(({ key }) => key),
  probes: SHTRIH_M_PROBES,
  create: createSession,
}
