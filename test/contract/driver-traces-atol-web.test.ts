import { COMMANDS, type ReadTask, type Reply, type Request } from '@tillwatch/agent/drivers/atol-web/commands'
import { webExchange } from '@tillwatch/agent/drivers/atol-web/exchange'
import {
  fromDeviceInfo,
  fromDeviceStatus,
  fromFnInfo,
  fromFnStatus,
  fromOfdQueue,
  fromRegistration,
  fromShift,
} from '@tillwatch/agent/drivers/atol-web/snapshot'
import type { PollContext } from '@tillwatch/agent/drivers/driver'
import { type ReadCommand, requestOf } from '@tillwatch/agent/drivers/kit/read-only'
import type { ToldFacts } from '@tillwatch/agent/drivers/kit/told'
import { RegisterMemo } from '@tillwatch/agent/drivers/memo'
import type { WebLine, WebRequest } from '@tillwatch/agent/transport/web-line'
import { ManualClock } from '@tillwatch/shared/testing'
import { describe, expect, test } from 'vitest'
import { loadWebTraces, type WebExchange, type WebTrace } from '../traces/atol-web/web-trace.ts'

const exchangesOf = (trace: WebTrace) =>
  trace.steps.flatMap(step => (step.kind === 'exchange' ? [step satisfies WebExchange] : []))

/** The job that a trace's host posts. */
function jobOf(trace: WebTrace): { uuid: string; types: string[] } | null {
  const posted = exchangesOf(trace).find(({ method, path }) => method === 'POST' && /\/requests\/?$/.test(path))
  const sent = posted?.sent
  if (posted?.status !== 201 || typeof sent !== 'object' || sent === null) return null
  const { uuid, request } = sent as { uuid: string; request: { type: string } | { type: string }[] }
  return { uuid, types: [request].flat().map(task => task.type) }
}

/** Conversations of one job of one task from its posting to its end: what our host does too. */
const wholeJobs = loadWebTraces().filter(trace => {
  const last = exchangesOf(trace).at(-1)
  return jobOf(trace)?.types.length === 1 && /"status":"(ready|error)"/.test(JSON.stringify(last?.answer ?? null))
})

/** A service that answers as in a trace, and what it was asked. */
function playService(trace: WebTrace) {
  const answers = exchangesOf(trace)
  const asked: WebRequest[] = []
  const line: WebLine = {
    kind: 'http',
    baudRate: null,
    isLost: false,
    bytesCount: 0,
    receivedCount: 1,
    open: async () => {},
    close: async () => {},
    async request(request) {
      const { status, answer } = answers[asked.push(request) - 1] ?? { status: 500, answer: '' }
      const body = typeof answer === 'string' ? answer : JSON.stringify(answer ?? '')
      return { kind: 'response', status, body }
    },
  }
  return { line, asked }
}

const commandOf = (type: string | undefined) => {
  const found = Object.values(COMMANDS).find(command => command.name === type)
  if (!found) throw new Error(`no command ${type}`)
  return found as ReadCommand<void, unknown, Request, Reply>
}

/** Our host asking what the trace's host asked. */
async function playHost(trace: WebTrace) {
  const { line, asked } = playService(trace)
  const [clock, job] = [new ManualClock(), jobOf(trace)]
  const command = commandOf(job?.types[0])
  const context: PollContext = { clock, line, untilMs: 1_900, memo: new RegisterMemo(), isDue: () => true }
  const asking = { context, name: command.name, isFirst: true, answersCount: 0, isOwnAnswerDue: false }
  const request = requestOf(command, undefined, { variant: trace.variant, passwords: {} })
  const outcome = webExchange(() => job?.uuid ?? '')(request, asking)
  await clock.advance(1_900)
  return { asked, outcome: await outcome, command }
}

/** A request without what may be written in two ways: the slash at the end, a list of one task. */
const essence = (method: string, path: string, sent: unknown) => {
  const job = sent as { request?: object } | undefined
  return [method, path.replace(/\/$/, ''), job && { ...job, request: [job.request].flat() }]
}

describe('golden conversations', () => {
  test('there are some of both versions', () => {
    expect(wholeJobs.filter(trace => trace.variant === 2).length).toBeGreaterThan(8)
    expect(wholeJobs.filter(trace => trace.variant === 1).length).toBeGreaterThan(1)
  })

  test.each(wholeJobs.map(trace => [trace.name, trace] as const))(
    '%s: our host asks what the trace shows',
    async (_, trace) => {
      const { asked, outcome } = await playHost(trace)
      expect(asked.map(({ method, path, body }) => essence(method, path, body && JSON.parse(body)))).toEqual(
        exchangesOf(trace).map(({ method, path, sent }) => essence(method, path, sent)),
      )
      expect(outcome.kind === 'answer' || outcome.ending === 'busy').toBe(true)
    },
  )
})

const toFacts: { readonly [type in ReadTask]?: (answer: never) => ToldFacts } = {
  getDeviceInfo: fromDeviceInfo,
  getDeviceStatus: fromDeviceStatus,
  getShiftStatus: fromShift,
  getFnInfo: fromFnInfo,
  getFnStatus: fromFnStatus,
  getRegistrationInfo: fromRegistration,
  ofdExchangeStatus: (queue: Parameters<typeof fromOfdQueue>[0]) => fromOfdQueue(queue, false),
}

/** Values of the facts that the answer in a trace tells. */
async function factsIn(name: string): Promise<Record<string, unknown>> {
  const trace = wholeJobs.find(one => one.name === name)
  if (!trace) throw new Error(`no trace ${name}`)
  const { outcome, command } = await playHost(trace)
  if (outcome.kind !== 'answer') throw new Error(`no answer in ${name}`)
  const answer = command.decode(outcome.payload)
  if (!answer.ok) throw new Error(answer.error.reason)
  const facts = toFacts[command.name as ReadTask]?.(answer.value as never) ?? {}
  return Object.fromEntries(Object.entries(facts).map(([fact, told]) => [fact.replace('fiscal.', ''), told.value]))
}

describe('answers mean what the description says', () => {
  test.each<[string, Record<string, unknown>]>([
    [
      'v2-device-info',
      { 'register.serial': '00106304101777', 'register.model': 'АТОЛ 55Ф', 'register.firmware': '5.8.20' },
    ],
    [
      'v2-device-status',
      {
        'register.clock_at': '2026-11-20T14:05:00',
        'register.paper': 'absent',
        'register.cover': 'closed',
        'shift.state': 'expired',
        'register.mode': 'shift_expired',
      },
    ],
    ['v2-life-of-a-job', { 'shift.number': 7, 'shift.state': 'closed' }],
    [
      'v2-fn-info',
      {
        'fn.serial': '9960440300112233',
        'fn.firmware': 'fn_v_1_2',
        'fn.phase': 'fiscal',
        'fn.valid_until': '2028-02-14',
        'fn.registrations_left': 29,
        'fn.flags': ['critical_error', 'ofd_timeout'],
      },
    ],
    ['v1-fn-info', { 'fn.serial': '9960440300112233', 'fn.firmware': null, 'fn.flags': [] }],
    ['v2-fn-status', { 'fn.last_document': 1054, 'shift.receipts': 17 }],
    [
      'v2-ofd-queue-empty',
      {
        'ofd.unsent_documents': 0,
        'ofd.first_unsent_document': null,
        'ofd.first_unsent_at': null,
        'ofd.error': null,
        'ofd.last_connection_at': null,
      },
    ],
    [
      'v2-ofd-queue',
      {
        'ofd.unsent_documents': 3,
        'ofd.first_unsent_document': 1052,
        'ofd.first_unsent_at': '2026-11-19T18:05',
        'ofd.error': 'network 135: Нет соединения',
        'ofd.last_connection_at': '2026-11-19T17:59:12',
      },
    ],
    ['v1-ofd-queue', { 'ofd.unsent_documents': 1, 'ofd.first_unsent_document': 1054 }],
    [
      'v2-registration',
      {
        'register.registration_number': '0001234567012345',
        'register.inn': '7701234567',
        'register.ffd': '1.2',
        'register.autonomous': false,
        'register.ofd_channel': 'register',
        'register.ofd_name': 'ОФД «Проверка»',
        'register.ofd_inn': '7709876543',
        'register.ofd_host': 'ofd.example',
        'register.ofd_port': 7777,
      },
    ],
  ])('%s', async (name, facts) => expect(await factsIn(name)).toMatchObject(facts))

  test('a port that another program holds', async () => {
    const trace = wholeJobs.find(one => one.name === 'v2-port-held-by-another-program')
    expect((await playHost(trace as WebTrace)).outcome).toMatchObject({
      ending: 'busy',
      problem: { code: 'port.busy' },
    })
  })
})
