import { err, ok, type Result } from '@tillwatch/shared'
import { protocolError } from '../../codec/bytes.ts'
import type { DriverDevice, DriverOptions } from '../driver.ts'
import { type CommandEntry, type Refusal, readOnlyTable } from '../kit/read-only.ts'
import type { Fields } from './fields.ts'

/** Key of an open session, as the service gave it. */
export interface SessionKey {
  readonly sessionKey: string
}

/** Result that is known: no connection to the register, or its port is not open. All others are told by their number. */
export const NO_CONNECTION = '3001'

/** How the service reaches the register where the configuration says nothing (vendor's defaults; 185F serves all but the 119Ф). */
const DEVICE = { port: 'USB', model: '185F', baud: 115_200 } as const

interface Command<Args, Answer> {
  readonly typicalMs: number
  /** Usual bytes of request and answer. */
  readonly wireBytes: number
  /** More members of the request. */
  readonly members: (args: Args, device: DriverDevice) => object
  /** Members of which an answer has at least one; it may then come without a result. */
  readonly tells: readonly string[]
  readonly read: (answer: Fields) => Answer
}

/** A command as the service knows it: one flat object with its name, and the fields of its answer. */
function command<Args, Answer>(name: string, entry: Command<Args, Answer>): CommandEntry<Args, Answer, string, Fields> {
  return {
    name,
    typicalMs: entry.typicalMs,
    wireBytes: entry.wireBytes,
    encode: (args, { device }: DriverOptions) =>
      JSON.stringify({ command: name, ...entry.members(args, device ?? {}) }),
    decode(answer): Result<Answer, Refusal> {
      const result = answer.integer('result')
      if (result !== null && result !== 0) return err(refusalOf(result, answer.text('description')))
      const tells = entry.tells.length === 0 || entry.tells.some(member => answer.has(member))
      if (!tells || (result === null && (entry.tells.length === 0 || answer.has('result'))))
        throw protocolError('answer', `an answer without ${result === null ? 'a result' : entry.tells.join(', ')}`)
      return ok(entry.read(answer))
    },
  }
}

/** Numbers but 3001 are not known, so each is told as it is and means nothing more than "not now". */
function refusalOf(result: number, description: string | null): Refusal {
  const code = String(result)
  const meaning = description ?? (code === NO_CONNECTION ? 'no connection to the register' : 'the service refused')
  return { code, reason: `${meaning} (${code})`, reaction: 'state' }
}

const inSession = ({ sessionKey }: SessionKey) => ({ sessionKey })

/** The service itself: answered whatever the register does. */
const getDriverInfo = command<void, { driver: string | null }>('GetDriverInfo', {
  typicalMs: 20,
  wireBytes: 200,
  members: () => ({}),
  tells: ['driverBaseVer', 'driverVer', 'protocolVer'],
  read: answer => ({ driver: answer.text('driverVer') ?? answer.text('driverBaseVer') }),
})

/** Opens a session with the register at the service's port. It changes nothing in the register, and is always closed. */
const openSession = command<void, SessionKey>('OpenSession', {
  typicalMs: 200,
  wireBytes: 300,
  members: (_none, { port, model, baud }) => ({
    sessionKey: null,
    portName: port ?? DEVICE.port,
    baudRate: baud ?? DEVICE.baud,
    model: model ?? DEVICE.model,
    debug: false,
  }),
  tells: ['sessionKey'],
  read(answer) {
    const sessionKey = answer.text('sessionKey')
    if (sessionKey === null) throw protocolError('answer', 'a session without a key')
    return { sessionKey }
  },
})

const closeSession = command<SessionKey, null>('CloseSession', {
  typicalMs: 20,
  wireBytes: 150,
  members: inSession,
  tells: [],
  read: () => null,
})

/** Clock, paper, shift, receipt, drive and queue. `unsignedDocs` is the vendor's word for what the OFD has not got. */
const getStatus = command('GetStatus', {
  typicalMs: 150,
  wireBytes: 900,
  members: inSession,
  tells: ['shiftInfo'],
  read(answer) {
    const [shift, receipt, drive] = [answer.inner('shiftInfo'), answer.inner('checkInfo'), answer.inner('fnInfo')]
    const queue = drive.inner('unsignedDocs')
    return {
      clockAt: answer.time('dateTime'),
      paper: answer.flag('paperPresence'),
      shift: {
        isOpen: shift.flag('isOpen'),
        isExpired: shift.flag('is24Expired') ?? false,
        number: shift.count('num'),
        openedAt: shift.time('lastOpen'),
      },
      receipt: { isOpen: receipt.flag('isOpen'), number: receipt.count('num') },
      drive: answer.has('fnInfo')
        ? {
            status: drive.integer('status'),
            serial: drive.text('fnNum'),
            lastDocument: drive.inner('lastDoc').count('num'),
            unsent: queue.count('qty'),
            firstUnsent: queue.count('firstNum'),
            firstUnsentAt: queue.time('firstDateTime'),
          }
        : null,
    }
  },
})

/** The register's own data. */
const getCommonInfo = command('GetCommonInfo', {
  typicalMs: 150,
  wireBytes: 700,
  members: inSession,
  tells: ['kktNum', 'model'],
  read: answer => ({
    model: answer.text('model'),
    serial: answer.text('kktNum'),
    fnSerial: answer.text('fnNum'),
    ffd: answer.text('ffdTotalVer'),
    firmware: answer.text('programVer'),
  }),
})

/** Owner, register and OFD as they were registered. Older firmware leaves out the result, and much else. */
const getRegistrationInfo = command('GetRegistrationInfo', {
  typicalMs: 200,
  wireBytes: 1_200,
  members: inSession,
  tells: ['isRegistered', 'registrationInfo'],
  read(answer) {
    const registration = answer.inner('registrationInfo')
    const [register, ofd] = [registration.inner('kkt'), registration.inner('ofd')]
    return {
      inn: registration.inner('owner').text('inn'),
      number: register.text('regNum'),
      isAutonomous: register.inner('mode').flag('offline'),
      ofdName: ofd.text('name'),
      ofdInn: ofd.text('inn'),
      ofdHost: ofd.text('url'),
      ofdPort: ofd.count('port'),
    }
  },
})

/** The read-only table: all that can be said to the service. */
export const COMMANDS = readOnlyTable({
  getDriverInfo,
  openSession,
  closeSession,
  getStatus,
  getCommonInfo,
  getRegistrationInfo,
})
