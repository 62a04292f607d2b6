import type { DriverDefinition } from '../driver.ts'
import { MERCURY_PROBES } from './probe.ts'
import { QUESTIONS } from './questions.ts'
import { createSession } from './session.ts'

/**
 * Incotex Mercury 115Ф, 119Ф, 130Ф, 180Ф, 185Ф behind the vendor's service INECRMAN, which owns the register's port and serves several
 * programs: over HTTP, usually at port 50010, or in older versions over TCP at port 50009. The line settings are the service's own
 * affair.
 */
export const mercury: DriverDefinition = {
  name: 'mercury',
  title: 'Меркурий (служба INECRMAN)',
  line: { baudRate: 115_200, parity: 'none', stopBits: 1, controlLines: 'untouched' },
  variants: [1],
  ports: ['http', 'tcp'],
  source: () => 'driver_service',
  questions: QUESTIONS.map(({ key }) => key),
  probes: MERCURY_PROBES,
  create: createSession,
}
