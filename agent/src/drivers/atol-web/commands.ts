import { err, ok, type Result } from '@tillwatch/shared'
import { protocolError } from '../../codec/bytes.ts'
import type { DriverOptions } from '../driver.ts'
import { type CommandEntry, type Refusal, readOnlyTable, type Secret } from '../kit/read-only.ts'
import { refusalOf, refusalOfStatus } from './error-codes.ts'
import { Fields, parseJson } from './fields.ts'
import { entryOf } from './results.ts'

/** Every task that this driver can express. All of them only read (task list of the vendor's driver, version 10). */
export type ReadTask =
  | 'getDeviceInfo'
  | 'getDeviceStatus'
  | 'getShiftStatus'
  | 'getFnInfo'
  | 'getFnStatus'
  | 'getRegistrationInfo'
  | 'ofdExchangeStatus'
  | 'ismExchangeStatus'

/** Where the service takes a job, and what must be said with every request. */
export interface Desk {
  readonly variant: number
  /** Jobs are posted to it; what becomes of one stands below it. */
  readonly jobs: string
  /** Chooses the register, behind the path of everything that is about it: each has a queue of its own. */
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
}

/** One question: a page of the service itself, a task for the register, or that our own waiting job be dropped. */
export type Request =
  | { readonly kind: 'page'; readonly desk: Desk; readonly path: string }
  | { readonly kind: 'task'; readonly desk: Desk; readonly type: ReadTask }
  | { readonly kind: 'withdrawal'; readonly desk: Desk }

/** What came back in the end. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** Time from the question to this answer: what a task read may be as old as this. */
  readonly tookMs: number
}

/** Name and password of HTTP Basic; without them nothing is read from a service that has users. */
export const SERVICE_SECRET: Secret = {
  name: 'user name and password of the service',
  nextStep: 'Set passwords.user and passwords.password as the service has them, and start the agent again.',
}

const V2 = '/api/v2'

function deskOf({ variant, passwords, device }: DriverOptions): Desk {
  const { user, password } = passwords
  const basic = Buffer.from(`${user}:${password ?? ''}`, 'utf8').toString('base64')
  return {
    variant,
    jobs: variant === 1 ? '/requests' : `${V2}/requests`,
    query: variant === 1 || device?.id === undefined ? '' : `?deviceID=${encodeURIComponent(device.id)}`,
    headers: user === undefined ? {} : { authorization: `Basic ${basic}` },
  }
}

/** A page of the service, which costs the register nothing. */
const page = <Answer>(
  name: string,
  pathOf: (desk: Desk) => string,
  decode: (answer: Fields) => Answer,
): CommandEntry<void, Answer, Request, Reply> => ({
  name,
  typicalMs: 20,
  wireBytes: 600,
  secret: SERVICE_SECRET,
  encode(_none, options) {
    const desk = deskOf(options)
    return { kind: 'page', desk, path: pathOf(desk) }
  },
  decode({ status, body }) {
    if (status >= 400) return err(refusalOfStatus(status))
    const answer = parseJson(body)
    if (typeof answer !== 'object' || answer === null) throw protocolError('json', 'the answer is no JSON object')
    return ok(decode(new Fields(answer)))
  },
})

/** A task of the table above, in a job of its own: the first that fails ends a job. */
const task = <Answer>(
  type: ReadTask,
  decode: (result: Fields, tookMs: number) => Answer,
): CommandEntry<void, Answer, Request, Reply> => ({
  name: type,
  typicalMs: 150,
  wireBytes: 2_000,
  secret: SERVICE_SECRET,
  encode: (_none, options) => ({ kind: 'task', desk: deskOf(options), type }),
  decode: reply => decodeTask(reply, decode),
})

function decodeTask<Answer>(
  { status, body, tookMs }: Reply,
  decode: (result: Fields, tookMs: number) => Answer,
): Result<Answer, Refusal> {
  if (status >= 400) return err(refusalOfStatus(status))
  const entry = entryOf(body)
  if (!entry) throw protocolError('json', 'the answer is no list of results')
  if (entry.status !== 'ready') return err(refusalOf(entry.code))
  return ok(decode(new Fields(entry.result), tookMs))
}

/** Drops our own job that waits, if there is one; it reads nothing and touches no other job. */
const withdrawal: CommandEntry<void, null, Request, Reply> = {
  name: 'DELETE requests',
  typicalMs: 20,
  wireBytes: 600,
  secret: SERVICE_SECRET,
  encode: (_none, options) => ({ kind: 'withdrawal', desk: deskOf(options) }),
  decode: ({ status }) => (status === 401 ? err(refusalOfStatus(status)) : ok(null)),
}

const warningsOf = (answer: Fields) => {
  const warnings = answer.inner('warnings')
  return {
    criticalError: warnings.flag('criticalError'),
    memoryOverflow: warnings.flag('memoryOverflow'),
    needReplacement: warnings.flag('needReplacement'),
    ofdTimeout: warnings.flag('ofdTimeout'),
    resourceExhausted: warnings.flag('resourceExhausted'),
  }
}

const queueOf = (answer: Fields) => {
  const [status, errors] = [answer.needed('status'), answer.inner('errors')]
  const count = status.count('notSentCount')
  if (count === null) throw protocolError('result', 'the answer has no notSentCount')
  const errorOf = (source: string) => {
    const error = errors.inner(source)
    return { source, code: error.integer('code'), description: error.text('description') }
  }
  return {
    count,
    firstDocument: status.count('notSentFirstDocNumber'),
    firstAt: status.text('notSentFirstDocDateTime'),
    lastConnectionAt: errors.text('lastSuccessConnectionDateTime'),
    errors: ['network', 'ofd', 'fn'].map(errorOf),
  }
}

/** The read-only table: all that can be said to the service. */
export const COMMANDS = readOnlyTable({
  /** How many jobs are unfinished, and whether the queue stands still. Needs the secret where there is one. */
  queueStatus: page(
    'getRequestsQueueStatus',
    ({ variant, query }) => (variant === 1 ? '/stat/requests' : `${V2}/getRequestsQueueStatus${query}`),
    answer => ({
      unfinished: answer.count('number') ?? answer.count('not_ready_count') ?? 0,
      isBlocked: (answer.flag('isBlocked') ?? answer.flag('is_blocked')) === true,
      blockReason: answer.text('blockReason'),
    }),
  ),
  withdrawal,
  /** Version 2 alone. */
  serverInfo: page(
    'serverInfo',
    () => `${V2}/serverInfo`,
    answer => ({ driverVersion: answer.text('driverVersion') }),
  ),
  deviceInfo: task('getDeviceInfo', result => {
    const info = result.needed('deviceInfo')
    return { serial: info.text('serial'), model: info.text('modelName'), firmware: info.text('firmwareVersion') }
  }),
  deviceStatus: task('getDeviceStatus', (result, tookMs) => {
    const status = result.needed('deviceStatus')
    return {
      clockAt: status.text('currentDateTime'),
      tookMs,
      shift: status.text('shift'),
      blocked: status.flag('blocked'),
      coverOpened: status.flag('coverOpened'),
      paperPresent: status.flag('paperPresent'),
    }
  }),
  shiftStatus: task('getShiftStatus', result => {
    const shift = result.needed('shiftStatus')
    return { state: shift.text('state'), number: shift.count('number') }
  }),
  fnInfo: task('getFnInfo', result => {
    const fn = result.needed('fnInfo')
    return {
      serial: fn.text('serial'),
      firmware: fn.text('version'),
      phase: fn.text('livePhase'),
      validUntil: fn.text('validityDate'),
      registrationsLeft: fn.count('registrationsRemaining'),
      warnings: warningsOf(fn),
    }
  }),
  fnStatus: task('getFnStatus', result => {
    const fn = result.needed('fnStatus')
    return { lastDocument: fn.count('fiscalDocumentNumber'), receipts: fn.count('fiscalReceiptNumber') }
  }),
  registration: task('getRegistrationInfo', result => {
    const [organization, device, ofd] = [result.inner('organization'), result.needed('device'), result.inner('ofd')]
    return {
      number: device.text('registrationNumber'),
      inn: organization.text('vatin'),
      ffd: device.text('ffdVersion'),
      autonomous: device.flag('offlineMode'),
      channel: device.text('ofdChannel'),
      ofdName: ofd.text('name'),
      ofdInn: ofd.text('vatin'),
      ofdHost: ofd.text('host'),
      ofdPort: ofd.count('port'),
    }
  }),
  ofdQueue: task('ofdExchangeStatus', queueOf),
  markingQueue: task('ismExchangeStatus', result => ({ count: result.needed('status').count('notSentCount') })),
})
