import { AppError, factProblem } from '@tillwatch/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DriverOptions } from '../driver.ts'
import { type ReadCommand, requestOf } from '../kit/read-only.ts'
import type { ToldFacts } from '../kit/told.ts'
import { COMMANDS, type Reply, type Request } from './commands.ts'
import { parseJson } from './fields.ts'
import {
  fromDeviceInfo,
  fromDeviceStatus,
  fromFnInfo,
  fromFnStatus,
  fromOfdQueue,
  fromRegistration,
  fromShift,
} from './snapshot.ts'

type AnyCommand = ReadCommand<void, unknown, Request, Reply>
const commands = Object.values(COMMANDS) as AnyCommand[]
const options = (given: Partial<DriverOptions> = {}): DriverOptions => ({ variant: 2, passwords: {}, ...given })

/** Tasks that only read, from the vendor's list. A new task of the driver must be entered here by hand. */
const ALLOWED = [
  'getDeviceInfo',
  'getDeviceStatus',
  'getShiftStatus',
  'getFnInfo',
  'getFnStatus',
  'getRegistrationInfo',
  'ofdExchangeStatus',
  'ismExchangeStatus',
]
const PAGES = ['/api/v2/getRequestsQueueStatus', '/stat/requests', '/api/v2/serverInfo']

test('every question of the table only reads, in both versions', () => {
  for (const variant of [1, 2]) {
    for (const command of commands) {
      const request = requestOf(command, undefined, options({ variant }))
      if (request.kind === 'task') expect(ALLOWED).toContain(request.type)
      else if (request.kind === 'page') expect(PAGES).toContain(request.path)
      else expect(command).toBe(COMMANDS.withdrawal)
    }
  }
  expect(commands.length).toBe(ALLOWED.length + 3)
})

test('nothing outside the table can be asked, however it looks', () => {
  const forged = { ...COMMANDS.ofdQueue, name: 'reportOfdExchangeStatus' } as unknown as AnyCommand
  expect(() => requestOf(forged, undefined, options())).toThrow('read-only table')
  expect(() => Object.assign(COMMANDS.ofdQueue, { name: 'reportOfdExchangeStatus' })).toThrow(TypeError)
})

test('a register is chosen by its id in version 2; a name and password go with every request', () => {
  const passwords = { user: 'monitor', password: 'пароль' }
  const { desk } = requestOf(
    COMMANDS.fnInfo as AnyCommand,
    undefined,
    options({ device: { id: 'kkt 2&x' }, passwords }),
  )
  expect(desk).toEqual({
    variant: 2,
    jobs: '/api/v2/requests',
    query: '?deviceID=kkt%202%26x',
    headers: { authorization: `Basic ${Buffer.from('monitor:пароль').toString('base64')}` },
  })
  const queue = requestOf(COMMANDS.queueStatus as AnyCommand, undefined, options({ device: { id: 'kkt 2&x' } }))
  expect(queue).toMatchObject({ path: '/api/v2/getRequestsQueueStatus?deviceID=kkt%202%26x' })
  const old = requestOf(COMMANDS.fnInfo as AnyCommand, undefined, options({ variant: 1, device: { id: 'kkt-2' } }))
  expect(old.desk).toEqual({ variant: 1, jobs: '/requests', query: '', headers: {} })
})

const ready = (result: unknown): Reply => ({
  status: 200,
  body: JSON.stringify({ results: [{ status: 'ready', error: { code: 0, description: 'Ошибок нет' }, result }] }),
  tookMs: 120,
})
const failed = (code: number): Reply => ({
  status: 200,
  body: JSON.stringify({ results: [{ status: 'error', errorCode: code, errorDescription: 'x', result: null }] }),
  tookMs: 120,
})

test.each([
  [55, 'at_work'],
  [82, 'at_work'],
  [11, 'unsupported'],
  [501, 'unsupported'],
  [166, 'state'],
  [104, 'fault'],
  [999, 'state'],
])('code %i means %s', (code, reaction) => {
  const answer = COMMANDS.fnInfo.decode(failed(code))
  expect(answer).toMatchObject({ ok: false, error: { code: String(code), reaction } })
})

test('a service that wants another password is not a service that fails', () => {
  const refused = { status: 401, body: '<html>', tookMs: 5 }
  for (const command of commands)
    expect(command.decode(refused)).toMatchObject({ ok: false, error: { reaction: 'password', code: 'HTTP 401' } })
})

test('both versions tell the queue', () => {
  const decode = (body: object) => COMMANDS.queueStatus.decode({ status: 200, body: JSON.stringify(body), tookMs: 1 })
  expect(decode({ number: 3, isBlocked: true, blockReason: 'fnError' })).toEqual({
    ok: true,
    value: { unfinished: 3, isBlocked: true, blockReason: 'fnError' },
  })
  expect(decode({ not_ready_count: 3, is_blocked: true, block_request_uuid: 'a' })).toEqual({
    ok: true,
    value: { unfinished: 3, isBlocked: true, blockReason: null },
  })
})

test('an answer without what it is about is an error of the protocol, one without a detail is not', () => {
  expect(() => COMMANDS.fnInfo.decode(ready({}))).toThrow('no fnInfo')
  expect(() => COMMANDS.ofdQueue.decode(ready({ status: {} }))).toThrow('no notSentCount')
  expect(() => COMMANDS.ofdQueue.decode({ status: 200, body: '<html></html>', tookMs: 1 })).toThrow('no list')
  expect(COMMANDS.fnInfo.decode(ready({ fnInfo: {} }))).toMatchObject({ ok: true, value: { serial: null } })
})

/** The OFD error that is told of an exchange with such errors. */
const exchangeErrorOf = (errors: unknown) => {
  const answer = COMMANDS.ofdQueue.decode(
    ready({ status: { notSentCount: 0 }, ...(errors !== undefined && { errors }) }),
  )
  return answer.ok && fromOfdQueue(answer.value, false)['fiscal.ofd.error']
}

test('what went wrong with the OFD is told with every code that is not 0, and nothing is known where none is told', () => {
  const fine = { code: 0, description: 'Ошибок нет' }
  expect(exchangeErrorOf({ network: fine, ofd: fine, fn: fine })).toEqual({ value: null })
  expect(exchangeErrorOf({ network: { code: -7, description: 'нет сети' }, ofd: fine, fn: { code: 115 } })).toEqual({
    value: 'network -7: нет сети; fn 115',
  })
  for (const errors of [undefined, null, {}, { network: { description: 'x' } }])
    expect(exchangeErrorOf(errors)).toMatchObject({ value: null, reason: expect.any(String) })
  const long = { code: 135, description: 'я'.repeat(5_000) }
  const told = exchangeErrorOf({ network: long, ofd: long, fn: long })
  expect(factProblem('fiscal.ofd.error', told ? told.value : '')).toBeNull()
})

/** A whole answer of each task, to be spoilt. */
const SAMPLES: Readonly<Record<string, object>> = {
  getDeviceInfo: { deviceInfo: { serial: '00106304101777', modelName: 'АТОЛ 55Ф', firmwareVersion: '5.8.20' } },
  getDeviceStatus: {
    deviceStatus: {
      currentDateTime: '2026-11-20T14:05:00+03:00',
      shift: 'opened',
      blocked: false,
      coverOpened: false,
      paperPresent: true,
    },
  },
  getShiftStatus: { shiftStatus: { number: 7, state: 'closed' } },
  getFnInfo: {
    fnInfo: {
      serial: '9960440300112233',
      version: 'fn_v_1_2',
      livePhase: 'fiscalMode',
      validityDate: '2028-02-14T00:00:00+03:00',
      registrationsRemaining: 29,
      warnings: { criticalError: true, memoryOverflow: false },
    },
  },
  getFnStatus: { fnStatus: { fiscalDocumentNumber: 1054, fiscalReceiptNumber: 17 } },
  getRegistrationInfo: {
    organization: { vatin: '7701234567' },
    device: { registrationNumber: '0001234567012345  ', ffdVersion: '1.2', offlineMode: false, ofdChannel: 'usb' },
    ofd: { name: 'ОФД', vatin: '7709876543', host: 'ofd.example', port: 7777 },
  },
  ofdExchangeStatus: {
    status: { notSentCount: 3, notSentFirstDocNumber: 9, notSentFirstDocDateTime: '2026-11-19T18:05:00+03:00' },
    errors: { lastSuccessConnectionDateTime: '2026-11-19T17:00:00+03:00', network: { code: 135, description: 'x' } },
  },
  ismExchangeStatus: { status: { notSentCount: 2 } },
}

/** The value with one member somewhere in it replaced. */
function spoilt(value: unknown, path: readonly number[], by: unknown): unknown {
  if (typeof value !== 'object' || value === null || path.length === 0) return by
  const names = Object.keys(value)
  const name = names[(path[0] ?? 0) % Math.max(1, names.length)]
  if (name === undefined) return by
  return { ...value, [name]: spoilt(value[name as keyof object], path.slice(1), by) }
}

const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '0000-99-99T99:99:99',
    '1970-01-01T03:00:00+03:00',
    -1,
    1e300,
    '9'.repeat(2_000),
  ),
)

const toFacts = (name: string, answer: unknown): ToldFacts => {
  const all: Readonly<Record<string, (answer: never) => ToldFacts>> = {
    getDeviceInfo: fromDeviceInfo,
    getDeviceStatus: fromDeviceStatus,
    getShiftStatus: fromShift,
    getFnInfo: fromFnInfo,
    getFnStatus: fromFnStatus,
    getRegistrationInfo: fromRegistration,
    ofdExchangeStatus: (queue: Parameters<typeof fromOfdQueue>[0]) => fromOfdQueue(queue, false),
  }
  return all[name]?.(answer as never) ?? {}
}

test('an answer with anything in it gives facts that are what they may be, or an error of the protocol', () => {
  const tasks = commands.filter(command => SAMPLES[command.name])
  fc.assert(
    fc.property(
      fc.constantFrom(...tasks),
      fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
      anything,
      (command, path, by) => {
        try {
          const answer = command.decode(ready(spoilt(SAMPLES[command.name], path, by)))
          if (!answer.ok) throw new Error('a ready task was refused')
          for (const [name, told] of Object.entries(toFacts(command.name, answer.value)))
            expect(factProblem(name, told.value)).toBeNull()
        } catch (thrown) {
          expect(thrown instanceof AppError && thrown.code.startsWith('protocol.')).toBe(true)
        }
      },
    ),
    { numRuns: 3_000 },
  )
})

test('any body gives a value, a refusal or an error of the protocol, and nothing else', () => {
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map(value => JSON.stringify({ results: value })),
    fc.jsonValue().map(value => JSON.stringify({ results: [value] })),
    fc.constantFrom('', '<html><body>Error 500</body></html>', '[]', 'null', '{"results":[{}]}'),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...commands),
      body,
      fc.constantFrom(200, 201, 400, 404, 500),
      (command, text, status) => {
        try {
          const answer = command.decode({ status, body: text, tookMs: 1 })
          expect(answer.ok || answer.error.reason.length > 0).toBe(true)
        } catch (thrown) {
          expect(thrown instanceof AppError && thrown.code.startsWith('protocol.')).toBe(true)
        }
      },
    ),
    { numRuns: 3_000 },
  )
})

test('what is no JSON is nothing', () => {
  for (const body of ['', '<html>', '{"a":']) expect(parseJson(body)).toBeUndefined()
})
