import { randomUUID } from 'node:crypto'
import type { DriverDefinition } from '../driver.ts'
import { ATOL_WEB_PROBES } from './probe.ts'
import { questionsFor } from './questions.ts'
import { createSession } from './session.ts'

/**
 * ATOL registers behind the JSON service of the vendor's driver, which owns the port and serves several programs. Variant 2 is
 * "ATOL Web Requests" of drivers from 10.7 on, variant 1 the web server of drivers 10.0 to 10.6. Its usual port is 16732.
 */
export const atolWeb: DriverDefinition = {
  name: 'atol-web',
  title: 'АТОЛ (веб-сервер драйвера)',
  line: { baudRate: 115_200, parity: 'none', stopBits: 1, controlLines: 'untouched' },
  variants: [2, 1],
  ports: ['http'],
  source: () => 'driver_service',
  questions: questionsFor(2).map(({ key }) => key),
  probes: ATOL_WEB_PROBES,
  create: options => createSession(options, randomUUID),
}
