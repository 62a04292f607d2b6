import type { DriverDefinition } from '../driver.ts'
import { ATOL_PROBES } from './probe.ts'
import { QUESTIONS } from './questions.ts'
import { createSession, HANDSHAKE_VARIANT } from './session.ts'

/**
 * Fiscal registers of ATOL by their own protocol, on transport 3 or, with variant 2, the older one. Factory rate is 115200;
 * eight data bits, no parity, one stop bit, no flow control. TCP port 5555 unless the register is set otherwise.
 */
export const atol: DriverDefinition = {
  name: 'atol',
  title: 'АТОЛ (протоколы 3.0 и 2.4)',
  line: { baudRate: 115_200, parity: 'none', stopBits: 1, controlLines: 'untouched' },
  variants: [3, HANDSHAKE_VARIANT],
  ports: ['serial', 'tcp'],
  source: () => 'register',
  questions: QUESTIONS.map(({ key }) => key),
  probes: ATOL_PROBES,
  create: createSession,
}
