import type { DriverDefinition } from '../driver.ts'
import { PIRIT_PROBES } from './probe.ts'
import { QUESTIONS } from './questions.ts'
import { createSession } from './session.ts'

/** Where the vendor's service on the PC listens and shares the register that it holds. */
const VIKI_DRIVER_PORT = 50_003

/**
 * Fiscal registers of the Pirit family: Viki Print, Viki Mini and Tower, Пирит 2Ф and 2СФ, Пульс ФА. Factory rate 57600, eight
 * data bits, no parity, one stop bit (vendor's protocol, connection); over TCP the same bytes without a wrapping.
 */
export const pirit: DriverDefinition = {
  name: 'pirit',
  title: 'Пирит, Вики Принт (Кристалл Сервис, Дримкас)',
  line: { baudRate: 57_600, parity: 'none', stopBits: 1, controlLines: 'untouched' },
  variants: [1],
  ports: ['serial', 'tcp'],
  source: address => (address.kind === 'tcp' && address.port === VIKI_DRIVER_PORT ? 'driver_service' : 'register'),
  questions: QUESTIONS.map(({ key }) => key),
  probes: PIRIT_PROBES,
  create: createSession,
}
