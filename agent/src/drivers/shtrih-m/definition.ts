import type { DriverDefinition } from '../driver.ts'
import { createSession } from './session.ts'

/**
 * Fiscal registers that speak the Shtrih-M protocol 1: Shtrih-M, Retail, RR-Electro, Elves, POScenter, Pay and others.
 * Factory rate is 115200 or, on older models, 4800; eight data bits, no parity, one stop bit (Shtrih-M protocol 1.17).
 */
export const shtrihM: DriverDefinition = {
  name: 'shtrih-m',
  title: 'Штрих-М (протокол 1)',
  line: { baudRate: 115_200, parity: 'none', stopBits: 1, controlLines: 'untouched' },
  variants: [1],
  ports: ['serial', 'tcp'],
  source: () => 'register',
  create: createSession,
}
