import type { FN_PHASES } from '@tillwatch/shared'
import type { AnswerOf } from '../kit/read-only.ts'
import {
  allUnknown,
  FN_FACTS,
  fnSerialFact,
  isInn,
  isRegistrationNumber,
  known,
  OFD_FACTS,
  queueFacts,
  type Told,
  type ToldFacts,
  unknown,
} from '../kit/told.ts'
import type { COMMANDS } from './commands.ts'

type Answer<Name extends keyof typeof COMMANDS> = AnswerOf<(typeof COMMANDS)[Name]>
type Status = Answer<'getStatus'>

/** What no known answer of the service holds. The drive's end belongs into the configuration, or comes from the OFD. */
export const UNTOLD: ToldFacts = allUnknown(
  [
    'fiscal.register.cover',
    'fiscal.register.error',
    'fiscal.fn.valid_until',
    'fiscal.fn.flags',
    'fiscal.fn.documents_left',
    'fiscal.fn.registrations_left',
    'fiscal.fn.firmware',
    'fiscal.marking.unsent_notifications',
  ],
  'the service INECRMAN does not tell it',
)

/** Facts of the service itself, GetDriverInfo. */
export const fromDriverInfo = ({ driver }: Answer<'getDriverInfo'>): ToldFacts => ({
  'fiscal.register.vendor': { value: 'Инкотекс' },
  'fiscal.driver.version': known(driver, 'the service gives no version'),
})

/** Facts of clock, paper, shift and receipt, GetStatus. */
export function fromStatus({ clockAt, paper, shift, receipt }: Status): ToldFacts {
  return {
    'fiscal.register.clock_at': known(clockAt, 'the register shows no valid date'),
    'fiscal.register.paper':
      paper === null
        ? unknown('this version of the service does not tell it')
        : { value: paper ? 'present' : 'absent' },
    'fiscal.register.mode': modeFact(shift, receipt.isOpen),
    'fiscal.shift.state': known(shiftState(shift), 'the service does not tell it'),
    'fiscal.shift.number': known(shift.number, 'the service gives no number'),
    'fiscal.shift.receipts': known(receipt.number, 'the service gives no number'),
    'fiscal.shift.opened_at':
      shift.isOpen === false
        ? unknown('the shift is closed')
        : known(shift.openedAt, 'the service gives no valid date'),
  }
}

const shiftState = ({ isOpen, isExpired }: Status['shift']) => {
  if (isOpen === null) return null
  if (!isOpen) return 'closed'
  return isExpired ? 'expired' : 'open'
}

const modeFact = (shift: Status['shift'], receiptIsOpen: boolean | null): Told => {
  if (receiptIsOpen === null) return unknown('the service does not tell whether a receipt is open')
  if (receiptIsOpen) return { value: 'document_open' }
  const state = shiftState(shift)
  return state ? { value: `shift_${state}` } : unknown('the service does not tell it')
}

/** The service's own numbers for the drive's phases: not the drive's (one client of the service). */
const PHASES: Readonly<Record<number, (typeof FN_PHASES)[number]>> = {
  0: 'ready',
  1: 'fiscal',
  2: 'post_fiscal',
  3: 'archive',
}

const NO_DRIVE = 'the service says nothing of the drive'

/** Facts of the drive, GetStatus. Older versions leave out its serial, which GetCommonInfo then tells. */
export function fromDrive({ drive }: Status): ToldFacts {
  if (!drive) return allUnknown(FN_FACTS, NO_DRIVE)
  const phase = PHASES[drive.status ?? -1]
  return {
    ...(drive.serial !== null && { 'fiscal.fn.serial': fnSerialFact(drive.serial) }),
    'fiscal.fn.phase': phase
      ? { value: phase, raw: drive.status ?? '' }
      : unknown('a phase that is in no list of the service', drive.status ?? undefined),
    'fiscal.fn.last_document': known(drive.lastDocument, 'the service gives no number'),
  }
}

/** A time of the drive has no seconds; the service adds them. */
const withoutSeconds = (time: string | null) => time?.slice(0, 'YYYY-MM-DDTHH:mm'.length) ?? null

/** Facts of the queue to the OFD, GetStatus. */
export function fromQueue({ drive }: Status): ToldFacts {
  if (!drive || drive.unsent === null) return allUnknown(OFD_FACTS, drive ? 'the service gives no number' : NO_DRIVE)
  const { unsent, firstUnsent, firstUnsentAt } = drive
  return queueFacts({ count: unsent, firstDocument: firstUnsent, firstAt: withoutSeconds(firstUnsentAt) }, false)
}

/** The queue of a register that sends nothing. */
export const NO_QUEUE = queueFacts({ count: 0, firstDocument: null, firstAt: null }, true)

/** FFD versions as the service writes them. */
const FFD: ReadonlyMap<string | null, string> = new Map([
  ['1.0', '1.0'],
  ['1.0.5', '1.05'],
  ['1.05', '1.05'],
  ['1.1', '1.1'],
  ['1.2', '1.2'],
])

/** Facts of the register, GetCommonInfo. */
export function fromCommonInfo({ model, serial, fnSerial, ffd, firmware }: Answer<'getCommonInfo'>): ToldFacts {
  const version = FFD.get(ffd)
  return {
    ...(model && { 'fiscal.register.model': { value: model } }),
    ...(serial && { 'fiscal.register.serial': { value: serial } }),
    ...(firmware && { 'fiscal.register.firmware': { value: firmware } }),
    ...(fnSerial && { 'fiscal.fn.serial': fnSerialFact(fnSerial) }),
    ...(version && { 'fiscal.register.ffd': { value: version, raw: ffd ?? '' } }),
  }
}

/** Facts of the registration, GetRegistrationInfo, as far as this firmware tells them. */
export function fromRegistration(registration: Answer<'getRegistrationInfo'>): ToldFacts {
  const { inn, number, isAutonomous, ofdName, ofdInn, ofdHost, ofdPort } = registration
  return {
    ...(inn && isInn(inn) && { 'fiscal.register.inn': { value: inn } }),
    ...(number && isRegistrationNumber(number) && { 'fiscal.register.registration_number': { value: number } }),
    ...(isAutonomous !== null && { 'fiscal.register.autonomous': { value: isAutonomous } }),
    ...(ofdName && { 'fiscal.register.ofd_name': { value: ofdName } }),
    ...(ofdInn && isInn(ofdInn) && { 'fiscal.register.ofd_inn': { value: ofdInn } }),
    ...(ofdHost && { 'fiscal.register.ofd_host': { value: ofdHost } }),
    ...(ofdPort && { 'fiscal.register.ofd_port': { value: ofdPort } }),
  }
}
