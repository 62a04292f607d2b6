import type { FactName, FN_PHASES, FnFlag, REGISTER_MODES, SHIFT_STATES } from '@tillwatch/shared'
import type { AnswerOf } from '../kit/read-only.ts'
import {
  allUnknown,
  type Fault,
  flagsOf,
  fnSerialFact,
  isInn,
  isRegistrationNumber,
  known,
  queueFacts,
  type Told,
  type ToldFacts,
  unknown,
} from '../kit/told.ts'
import type { FactReadings } from '../reading.ts'
import type { COMMANDS } from './commands.ts'
import { refusalOf } from './error-codes.ts'
import { driveDate, driveTime, registerTime } from './local-time.ts'

type Answer<Name extends keyof typeof COMMANDS> = AnswerOf<(typeof COMMANDS)[Name]>

/** Longest time from the question to the answer with which a clock may still be compared. */
const CLOCK_AGE_MS_MAX = 2_000

export const IDENTITY_FACTS = [
  'fiscal.register.serial',
  'fiscal.register.model',
  'fiscal.register.firmware',
] as const satisfies readonly FactName[]
export const STATUS_FACTS = [
  'fiscal.register.mode',
  'fiscal.register.paper',
  'fiscal.register.cover',
  'fiscal.register.clock_at',
  'fiscal.shift.state',
] as const satisfies readonly FactName[]
export const DRIVE_FACTS = [
  'fiscal.fn.serial',
  'fiscal.fn.firmware',
  'fiscal.fn.phase',
  'fiscal.fn.flags',
  'fiscal.fn.valid_until',
  'fiscal.fn.registrations_left',
] as const satisfies readonly FactName[]

/** Facts that no task tells. */
export const UNTOLD: ToldFacts = allUnknown(
  ['fiscal.fn.documents_left'],
  'the driver’s service has no task that tells it',
)

/** Facts of `getDeviceInfo`. */
export const fromDeviceInfo = (info: Answer<'deviceInfo'>): ToldFacts => ({
  'fiscal.register.vendor': { value: 'АТОЛ' },
  'fiscal.register.serial': known(info.serial, 'the register gives no serial'),
  'fiscal.register.model': known(info.model, 'the register gives no name'),
  'fiscal.register.firmware': known(info.firmware, 'the register gives no version'),
})

const SHIFTS: Readonly<Record<string, (typeof SHIFT_STATES)[number]>> = {
  closed: 'closed',
  opened: 'open',
  expired: 'expired',
}
const MODES: Readonly<Record<string, (typeof REGISTER_MODES)[number]>> = {
  closed: 'shift_closed',
  opened: 'shift_open',
  expired: 'shift_expired',
}

/** The meaning of one of the driver's words; unknown, with the word, when it is in no list. */
const word = (words: Readonly<Record<string, string>>, text: string | null, reason: string): Told =>
  text !== null && Object.hasOwn(words, text) ? { value: words[text] ?? null } : unknown(reason, text ?? undefined)

const choice = (flag: boolean | null, yes: string, no: string): Told =>
  flag === null ? unknown('the driver does not tell it') : { value: flag ? yes : no }

/** Facts of `getDeviceStatus`. It knows modes by the shift alone, and paper that is there or not. */
export const fromDeviceStatus = (status: Answer<'deviceStatus'>): ToldFacts => ({
  'fiscal.register.mode': status.blocked
    ? { value: 'blocked' }
    : word(MODES, status.shift, 'an unknown state of the shift'),
  'fiscal.register.paper': choice(status.paperPresent, 'present', 'absent'),
  'fiscal.register.cover': choice(status.coverOpened, 'open', 'closed'),
  'fiscal.register.clock_at':
    status.tookMs > CLOCK_AGE_MS_MAX
      ? unknown('the answer lay in the service, so that its time is not compared with ours')
      : known(registerTime(status.clockAt), 'the register shows no valid date'),
  'fiscal.shift.state': word(SHIFTS, status.shift, 'an unknown state of the shift'),
})

/** Faults as the facts of the present round show them: what was read in an earlier hold of it counts too. */
export function faultsOf(facts: FactReadings): Fault[] {
  const faults: Fault[] = []
  if (facts.get('fiscal.register.paper')?.value === 'absent') faults.push({ error: 'paper', raw: 'paperPresent' })
  if (facts.get('fiscal.register.cover')?.value === 'open') faults.push({ error: 'cover', raw: 'coverOpened' })
  for (const name of ['fiscal.register.mode', 'fiscal.fn.phase'] as const) {
    const { value, raw } = facts.get(name) ?? {}
    const error = value === null && /^\d+$/.test(String(raw)) ? refusalOf(Number(raw)).error : undefined
    if (error) faults.push({ error, raw: String(raw) })
  }
  return faults
}

const PHASES: Readonly<Record<string, (typeof FN_PHASES)[number]>> = {
  init: 'setup',
  configured: 'ready',
  fiscalMode: 'fiscal',
  postFiscalMode: 'post_fiscal',
  accessArchive: 'archive',
}

/** The driver's names of the warnings; three of the drive's eight have none. */
const WARNINGS: Readonly<Record<keyof Answer<'fnInfo'>['warnings'], FnFlag>> = {
  criticalError: 'critical_error',
  memoryOverflow: 'memory_almost_full',
  needReplacement: 'replace_urgently',
  ofdTimeout: 'ofd_timeout',
  resourceExhausted: 'key_resource_ending',
}

function flagsTold(warnings: Answer<'fnInfo'>['warnings']): Told {
  const all = Object.entries(warnings) as [keyof typeof WARNINGS, boolean | null][]
  if (all.every(([, isSet]) => isSet === null)) return unknown('the driver does not tell the FN’s warnings')
  return flagsOf(all.filter(([, isSet]) => isSet).map(([name]) => WARNINGS[name]))
}

/** Facts of `getFnInfo`. */
export const fromFnInfo = (fn: Answer<'fnInfo'>): ToldFacts => ({
  'fiscal.fn.serial': fnSerialFact(fn.serial ?? ''),
  'fiscal.fn.firmware': known(fn.firmware, 'this driver does not tell it'),
  'fiscal.fn.phase': word(PHASES, fn.phase, 'a phase that is not in the FN’s description'),
  'fiscal.fn.flags': flagsTold(fn.warnings),
  'fiscal.fn.valid_until': known(driveDate(fn.validUntil), 'the FN gives no valid date'),
  'fiscal.fn.registrations_left': known(fn.registrationsLeft, 'not in this driver’s answer'),
})

/** Facts of `getFnStatus`. */
export const fromFnStatus = (fn: Answer<'fnStatus'>): ToldFacts => ({
  'fiscal.fn.last_document': known(fn.lastDocument, 'not in this driver’s answer'),
  'fiscal.shift.receipts': known(fn.receipts, 'not in this driver’s answer'),
})

/** Facts of `getShiftStatus`. */
export const fromShift = (shift: Answer<'shiftStatus'>): ToldFacts => ({
  'fiscal.shift.number': known(shift.number, 'not in this driver’s answer'),
  ...(shift.state && { 'fiscal.shift.state': word(SHIFTS, shift.state, 'an unknown state of the shift') }),
})

export const EXCHANGE_FACTS = [
  'fiscal.ofd.error',
  'fiscal.ofd.last_connection_at',
] as const satisfies readonly FactName[]

/** Facts of `ofdExchangeStatus`: the queue, and what came of the last attempts to send it. */
export function fromOfdQueue(queue: Answer<'ofdQueue'>, autonomous: boolean): ToldFacts {
  const facts = queueFacts({ ...queue, firstAt: driveTime(queue.firstAt) }, autonomous)
  if (autonomous) return { ...facts, ...allUnknown(EXCHANGE_FACTS, 'autonomous mode: documents are not sent') }
  const lastConnectionAt = registerTime(queue.lastConnectionAt)
  return {
    ...facts,
    'fiscal.ofd.error': exchangeError(queue.errors),
    'fiscal.ofd.last_connection_at': known(lastConnectionAt, 'the service gives no valid date'),
  }
}

/** Longest words of one error that are told: three of them make one fact. */
const DESCRIPTION_LENGTH_MAX = 256

/** `network 135: …`, all that is wrong; null when nothing is. */
function exchangeError(errors: Answer<'ofdQueue'>['errors']): Told {
  if (errors.every(({ code }) => code === null)) return unknown('the service does not tell it')
  const wrong = errors.filter(({ code }) => code !== null && code !== 0)
  const texts = wrong.map(({ source, code, description }) =>
    [`${source} ${code}`, description?.slice(0, DESCRIPTION_LENGTH_MAX)].filter(Boolean).join(': '),
  )
  return { value: texts.join('; ') || null }
}

/** Who carries documents to the OFD: the register by its own network, or a program on the PC. */
const CHANNELS: Readonly<Record<string, 'register' | 'pc'>> = {
  usb: 'pc',
  proto: 'pc',
  ethernet: 'register',
  wifi: 'register',
  gsm: 'register',
}

const FFD_VERSIONS: readonly string[] = ['1.0', '1.05', '1.1', '1.2']
const when = (isRight: (text: string) => boolean, text: string | null): Told =>
  text !== null && isRight(text) ? { value: text } : unknown('the register holds no valid value')

export const REGISTRATION_FACTS = [
  'fiscal.register.registration_number',
  'fiscal.register.inn',
  'fiscal.register.ffd',
  'fiscal.register.autonomous',
  'fiscal.register.ofd_channel',
  'fiscal.register.ofd_name',
  'fiscal.register.ofd_inn',
  'fiscal.register.ofd_host',
  'fiscal.register.ofd_port',
] as const satisfies readonly FactName[]

/** Facts of `getRegistrationInfo`. An autonomous register has no OFD, so its fields may be empty. */
export const fromRegistration = (registration: Answer<'registration'>): ToldFacts => ({
  'fiscal.register.registration_number': when(isRegistrationNumber, registration.number),
  'fiscal.register.inn': when(isInn, registration.inn),
  'fiscal.register.ffd': when(text => FFD_VERSIONS.includes(text), registration.ffd),
  'fiscal.register.autonomous': known(registration.autonomous, 'the driver does not tell it'),
  'fiscal.register.ofd_channel': word(CHANNELS, registration.channel, 'a channel that does not say who sends'),
  'fiscal.register.ofd_name': known(registration.ofdName, 'the register holds no name'),
  'fiscal.register.ofd_inn': when(isInn, registration.ofdInn),
  'fiscal.register.ofd_host': known(registration.ofdHost, 'the register holds no address'),
  'fiscal.register.ofd_port': known(registration.ofdPort, 'the register holds no port'),
})
