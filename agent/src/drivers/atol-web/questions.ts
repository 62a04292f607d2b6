import { commandQuestion as command, factValue, type Question } from '../kit/question.ts'
import { OFD_FACTS, unknown } from '../kit/told.ts'
import { COMMANDS } from './commands.ts'
import {
  EXCHANGE_FACTS,
  fromFnStatus,
  fromOfdQueue,
  fromRegistration,
  fromShift,
  REGISTRATION_FACTS,
} from './snapshot.ts'

const driverVersion: Question = command(
  { cadence: 'daily', facts: ['fiscal.driver.version'] },
  COMMANDS.serverInfo,
  info => ({
    'fiscal.driver.version': info.driverVersion
      ? { value: info.driverVersion }
      : unknown('the service does not tell it'),
  }),
)

/** All questions behind the gate (queue, device status, device and FN info), in the order of their worth; the OFD queue needs the work mode, the marking queue the FFD version. */
const QUESTIONS: readonly Question[] = [
  command({ cadence: 'daily', facts: REGISTRATION_FACTS }, COMMANDS.registration, fromRegistration),
  command({ cadence: 'poll', facts: [...OFD_FACTS, ...EXCHANGE_FACTS] }, COMMANDS.ofdQueue, (queue, memo) =>
    fromOfdQueue(queue, factValue(memo, 'fiscal.register.autonomous') === true),
  ),
  command(
    { cadence: 'poll', facts: ['fiscal.fn.last_document', 'fiscal.shift.receipts'] },
    COMMANDS.fnStatus,
    fromFnStatus,
  ),
  command({ cadence: 'poll', facts: ['fiscal.shift.number'] }, COMMANDS.shiftStatus, fromShift),
  command(
    {
      cadence: 'poll',
      facts: ['fiscal.marking.unsent_notifications'],
      applies: memo => factValue(memo, 'fiscal.register.ffd') === '1.2',
    },
    COMMANDS.markingQueue,
    ({ count }) => (count === null ? {} : { 'fiscal.marking.unsent_notifications': { value: count } }),
  ),
]

/** What is asked of a service with this version of the interface; version 1 does not tell the driver's. */
export const questionsFor = (variant: number): readonly Question[] =>
  variant === 1 ? QUESTIONS : [...QUESTIONS, driverVersion]
