import type { REGISTER_MODES } from '@tillwatch/shared'
import type { AnswerOf } from '../kit/read-only.ts'
import {
  allUnknown,
  flagsFact,
  fnSerialFact,
  isInn,
  isRegistrationNumber,
  known,
  phaseFact,
  queueFacts,
  type Told,
  type ToldFacts,
  unknown,
} from '../kit/told.ts'
import { byteOf } from './answer.ts'
import type { COMMANDS } from './commands.ts'

type Answer<Name extends keyof typeof COMMANDS> = AnswerOf<(typeof COMMANDS)[Name]>

/** What no query of this protocol tells. Only an error that answers a query shows a fault of the register. */
export const UNTOLD: ToldFacts = allUnknown(
  [
    'fiscal.register.paper',
    'fiscal.register.cover',
    'fiscal.register.error',
    'fiscal.fn.firmware',
    'fiscal.fn.documents_left',
  ],
  'no query of this protocol tells it',
)

export const SHIFT_FACTS = [
  'fiscal.shift.state',
  'fiscal.shift.number',
  'fiscal.shift.receipts',
  'fiscal.register.mode',
] as const

const SHIFT_STATES: ReadonlyMap<string, readonly [shift: string, mode: (typeof REGISTER_MODES)[number]]> = new Map([
  ['0', ['closed', 'shift_closed']],
  ['1', ['open', 'shift_open']],
  ['9', ['expired', 'shift_expired']],
])

/** Facts of the shift, INFO 0. The register's mode follows from it: an open receipt is not told. */
export function fromShift({ state, number, receipts }: Answer<'shift'>): ToldFacts {
  const [shift, mode] = SHIFT_STATES.get(state) ?? []
  const strange = unknown('a state of the shift that is not in the vendor’s description', state)
  return {
    'fiscal.shift.state': shift ? { value: shift, raw: state } : strange,
    'fiscal.register.mode': mode ? { value: mode, raw: state } : strange,
    'fiscal.shift.number': known(number, 'the register gives no number'),
    'fiscal.shift.receipts': known(receipts, 'the register gives no number'),
  }
}

export const IDENTITY_FACTS = [
  'fiscal.register.serial',
  'fiscal.register.firmware',
  'fiscal.register.clock_at',
] as const

/** Facts of version and clock, VER DATE TIME. */
export const fromIdentity = ({ firmware, serial, clockAt }: Answer<'identity'>): ToldFacts => ({
  'fiscal.register.vendor': { value: 'MITSU' },
  'fiscal.register.serial': known(serial, 'the register gives no factory number'),
  'fiscal.register.firmware': known(firmware, 'the register gives no version'),
  'fiscal.register.clock_at': known(clockAt, 'the register shows no valid date'),
})

/** Facts of the drive, INFO FN. */
export const fromDrive = (drive: Answer<'drive'>): ToldFacts => ({
  'fiscal.fn.serial': fnSerialFact(drive.serial),
  'fiscal.fn.phase': byteFact(drive.phase, phaseFact),
  'fiscal.fn.flags': byteFact(drive.flags, flagsFact),
  'fiscal.fn.last_document': known(drive.lastDocument, 'the register gives no number'),
  'fiscal.fn.valid_until': known(drive.validUntil, 'the FN gives no valid date'),
  'fiscal.fn.registrations_left': known(drive.registrationsLeft, 'the register gives no number'),
})

function byteFact(text: string | null, factOf: (byte: number) => Told): Told {
  const byte = byteOf(text)
  return byte === null ? unknown('the register gives no byte as 0x08', text ?? undefined) : factOf(byte)
}

/** Facts of the OFD queue, INFO OFD. */
export const fromQueue = (queue: Answer<'queue'>): ToldFacts => queueFacts(queue, false)

/** The queue of a register that sends nothing. */
export const NO_QUEUE = queueFacts({ count: 0, firstDocument: null, firstAt: null }, true)

/** Facts of the notifications, INFO NOT. */
export const fromNotifications = ({ count }: Answer<'notifications'>): ToldFacts => ({
  'fiscal.marking.unsent_notifications': known(count, 'the register gives no number'),
})

/** FFD version, tag 1209. */
const FFD: Readonly<Record<number, string>> = { 1: '1.0', 2: '1.05', 3: '1.1', 4: '1.2' }
/** Work modes of the registration as the FN keeps them: bit 1 is autonomous work. That `MODE` holds them one open driver says alone. */
const MODE_AUTONOMOUS = 1 << 1

/** Believed where the OFD of the registration says the same: an autonomous register has none, and a wrong yes would silence its queue. */
function autonomousFact(mode: number | null, hasOfd: boolean): Told {
  if (mode === null) return unknown('the register gives no work mode')
  const isAutonomous = (mode & MODE_AUTONOMOUS) !== 0
  return isAutonomous === hasOfd
    ? unknown(`the work mode and ${hasOfd ? 'an' : 'no'} OFD in the registration contradict one another`, mode)
    : { value: isAutonomous, raw: mode }
}

/** Facts of the last registration, REG; of a register that was never registered nothing is known. */
export function fromRegistration({ ffd, number, inn, ofdInn, ofdName, mode }: Answer<'registration'>): ToldFacts {
  const version = FFD[ffd ?? 0]
  const hasOfd = isInn(ofdInn) && /[1-9]/.test(ofdInn)
  return {
    ...(version && { 'fiscal.register.ffd': { value: version, raw: ffd ?? 0 } }),
    ...(isRegistrationNumber(number) && {
      'fiscal.register.registration_number': { value: number },
      'fiscal.register.autonomous': autonomousFact(mode, hasOfd),
    }),
    ...(isInn(inn) && { 'fiscal.register.inn': { value: inn } }),
    ...(hasOfd && { 'fiscal.register.ofd_inn': { value: ofdInn } }),
    ...(ofdName && { 'fiscal.register.ofd_name': { value: ofdName } }),
  }
}

/** Who carries OFD traffic: the register itself, or a program on the PC. */
const CHANNELS: ReadonlyMap<string | null, string> = new Map([
  ['0', 'register'],
  ['1', 'pc'],
])

/** Facts of the OFD server, OFD. */
export function fromOfdServer({ host, port, client }: Answer<'ofdServer'>): ToldFacts {
  const channel = CHANNELS.get(client)
  return {
    'fiscal.register.ofd_host': known(host, 'no server is set'),
    'fiscal.register.ofd_port': known(port || null, 'no port is set'),
    'fiscal.register.ofd_channel': channel
      ? { value: channel, raw: client ?? '' }
      : unknown('the register does not say who sends', client ?? ''),
  }
}

/** Facts of the model, DEV. */
export const fromModel = ({ model }: Answer<'model'>): ToldFacts => ({
  'fiscal.register.model': known(model, 'the register gives no name'),
})
