import type { DriverDefinition } from '../driver.ts'
import { MITSU_PROBES } from './probe.ts'
import { QUESTIONS } from './questions.ts'
import { createSession } from './session.ts'

/**
 * MITSU 1-F: XML queries over COM, USB or the register's own network port, usually 8200. Rates of a cable go from 2400 to 115200; the
 * description's example answer shows 115200 and says nothing of the factory's. Eight data bits, no parity.
 */
export const mitsu: DriverDefinition = {
  name: 'mitsu',
  title: 'MITSU 1-F',
  line: { baudRate: 115_200, parity: 'none', stopBits: 1, controlLines: 'untouched' },
  variants: [1],
  ports: ['serial', 'tcp'],
  source: () => 'register',
  questions: QUESTIONS.map(({ key }) => key),
  probes: MITSU_PROBES,
  create: createSession,
}
