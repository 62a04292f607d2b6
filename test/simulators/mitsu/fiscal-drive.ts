import { FN_FLAGS } from '@tillwatch/shared'
import type { Device } from '../register.ts'
import type { Quirks } from './quirks.ts'
import type { Answer, Attributes, Failure } from './xml.ts'

type MitsuDevice = Device<Quirks>

/** Error numbers that an independent open driver lists; what else a register may answer is not known. */
const FN_REFUSES = 40
const NO_FN = 69
/** The FN's own errors. */
const WRONG_STATE = '0x02'
const FN_FAILURE = '0x03'

const failed = (no: number, fse?: string): Failure => ({ no, fse, par: 'INFO' })

/** Why the drive cannot be asked at all; null when it can. */
function driveFailure({ state: { faults, register } }: MitsuDevice): Failure | null {
  if (faults.fn_absent || register.error === 'fn_link') return failed(NO_FN)
  return register.error === 'fn' ? failed(FN_REFUSES, FN_FAILURE) : null
}

const isRegistered = ({ state }: MitsuDevice) => state.fn.phase !== 'setup' && state.fn.phase !== 'ready'

/** An answer of the drive, or its error; `registered`: only a registered drive has it. */
const ofDrive =
  (answer: (device: MitsuDevice) => Answer, registered = false) =>
  (device: MitsuDevice): Answer | Failure =>
    driveFailure(device) ?? (registered && !isRegistered(device) ? failed(FN_REFUSES, WRONG_STATE) : answer(device))

const SHIFT_STATES = { closed: 0, open: 1, expired: 9 } as const

/** INFO 0: the shift. */
export const shift = ofDrive(
  ({ state: { shift, quirks } }) => ({
    attributes: [
      ['SHIFT', shift.number],
      ['STATE', SHIFT_STATES[shift.state]],
      ['COUNT', shift.receipts],
      ['KeyValid', quirks.key_valid_days],
    ],
  }),
  true,
)

const PHASES = { setup: '0x00', ready: '0x01', fiscal: '0x03', post_fiscal: '0x07', archive: '0x0F' } as const
const hexByte = (value: number) => `0x${value.toString(16).toUpperCase().padStart(2, '0')}`

/** Date and time of the FN, without seconds; the register's sign for "none" when there is none. */
function moment({ quirks }: MitsuDevice['state'], at: string | null): Attributes {
  return [
    ['DATE', at?.slice(0, 10) ?? quirks.none_date],
    ['TIME', at?.slice(11, 16) ?? '00:00'],
  ]
}

/** INFO FN: the drive. */
export const drive = ofDrive(device => {
  const { fn, register } = device.state
  const startedAt = new Date(device.startedAt).toISOString()
  return {
    attributes: [
      ['FN', fn.serial],
      ['FFD', register.ffd],
      ['PHASE', PHASES[fn.phase]],
      ['REG', `${fn.registrations_done}|${fn.registrations_left}`],
      ['VALID', fn.valid_until],
      ['LAST', fn.last_document],
      ...moment(device.state, fn.last_document_at ?? startedAt),
      ['FLAG', hexByte(fn.flags.reduce((mask, flag) => mask | (1 << FN_FLAGS.indexOf(flag)), 0))],
    ],
  }
})

/** INFO OFD: the queue to the OFD. */
export const queue = ofDrive(({ state }) => {
  const { ofd, fn } = state
  const empty = ofd.unsent_documents === 0
  const first = ofd.first_unsent_document ?? Math.max(1, fn.last_document - ofd.unsent_documents + 1)
  return {
    attributes: [
      ['FN', fn.serial],
      ['COUNT', ofd.unsent_documents],
      ['FIRST', empty ? 0 : first],
      ...moment(state, empty ? null : ofd.first_unsent_at),
    ],
  }
}, true)

/** INFO NOT: notifications about marked goods. */
export const notifications = ofDrive(({ state }) => {
  const { marking } = state
  const empty = marking.unsent_notifications === 0
  return {
    attributes: [
      ['NOTICE', 0],
      ['PENDING', marking.unsent_notifications],
      ['CURRENT', empty ? 0 : marking.first_unsent_notification],
      ...moment(state, empty ? null : marking.first_unsent_at),
      ['STORAGE', marking.used_percent],
    ],
  }
}, true)

/** INFO MRK: work with marked goods. */
export const marking = ofDrive(
  ({ state }) => ({
    attributes: [
      ['MARK', 1],
      ['KEEP', 0],
      ['FLAG', hexByte(state.marking.enabled ? 5 : 0)],
      ['NOTICE', 0],
      ['HOLDS', 0],
      ['PENDING', state.marking.unsent_notifications],
      ['WARNING', 0],
    ],
  }),
  true,
)

/** INFO KEY: keys of marking checks. */
export const keys = ofDrive(
  ({ state }) => ({
    attributes: [
      ['Ext', state.quirks.ofd_client === 'pc' ? 1 : 0],
      ['NeedUpdate', 0],
      ['D7', 1],
    ],
    children: [['URL', 'tcp://okp.example:26101']],
  }),
  true,
)

const FFD_CODES = { '1.0': 1, '1.05': 2, '1.1': 3, '1.2': 4 } as const
const AUTONOMOUS_BIT = 1
const MARKING_BIT = 4

/** REG: the last registration; a drive without one gives the register's own numbers and nothing else. */
export const registration = ofDrive(device => {
  const { register, fn, marking } = device.state
  const done = isRegistered(device)
  const told = <T>(value: T, none: T) => (done ? value : none)
  const ofOfd = (value: string) => told(register.autonomous ? '' : value, '')
  const code = FFD_CODES[register.ffd]
  return {
    attributes: [
      ['REG', told(fn.registrations_done, 0)],
      ['FD', told(1, 0)],
      ...moment(device.state, told<string | null>(fn.registered_at, null)),
      ['BASE', ''],
      ['T1013', register.serial],
      ['T1188', '001'],
      ['T1189', code],
      ['T1190', told(code, 0)],
      ['T1209', told(code, 0)],
      ['T1037', told(register.registration_number, '')],
      ['T1018', told(register.inn, '')],
      ['T1017', ofOfd(register.ofd_inn)],
      ['T1036', ''],
      ['T1062', told<string | number>(register.tax_systems, '')],
      ['MODE', told(register.autonomous ? 1 << AUTONOMOUS_BIT : 0, 0)],
      ['ExtMODE', told(marking.enabled ? 1 << MARKING_BIT : 0, 0)],
      ['T1041', fn.serial],
    ],
    children: [
      ['T1048', told(register.organisation, '')],
      ['T1009', told(register.address, '')],
      ['T1187', told('Зал', '')],
      ['T1046', ofOfd(register.ofd_name)],
      ['T1117', ofOfd('ofd@ofd.example')],
      ['T1060', told('www.nalog.gov.ru', '')],
    ],
  }
})
