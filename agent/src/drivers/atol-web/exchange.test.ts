import { AppError } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WebEvent, WebLine, WebRequest } from '../../transport/web-line.ts'
import type { PollContext } from '../driver.ts'
import { type ReadCommand, requestOf } from '../kit/read-only.ts'
import { RegisterMemo } from '../memo.ts'
import { COMMANDS, type Request } from './commands.ts'
import { webExchange } from './exchange.ts'
import { JOB_MS_MAX, Jobs } from './jobs.ts'

const HOLD_MS = 1_900
const UUID = 'our-job'

const answer = (status: number, body: unknown = ''): WebEvent => ({
  kind: 'response',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const entry = (status: string, code = 0, result: object | null = null) =>
  answer(200, { results: [{ status, error: { code, description: '' }, result }] })
const READY = entry('ready', 0, { fnStatus: { fiscalDocumentNumber: 7, fiscalReceiptNumber: 1 } })
const LOST: WebEvent = { kind: 'lost', error: new AppError('port.failed', 'the answer broke off') }

/** A service whose answers follow one another, each after `answerMs`; the last is given again and again. */
function service(events: readonly WebEvent[], answerMs = 0) {
  const asked: WebRequest[] = []
  const clock = new ManualClock()
  const memo = new RegisterMemo()
  const line: WebLine = {
    kind: 'http',
    baudRate: null,
    isLost: false,
    bytesCount: 0,
    receivedCount: 1,
    open: async () => {},
    close: async () => {},
    async request(request, timeoutMs) {
      const event = events[Math.min(asked.push(request), events.length) - 1] ?? LOST
      if (event.kind === 'silence' || answerMs > timeoutMs) {
        await clock.sleep(timeoutMs)
        return { kind: 'silence' }
      }
      if (answerMs > 0) await clock.sleep(answerMs)
      return event
    },
  }

  /** One question in a hold of its own, the next one of the same round of polling unless told. */
  async function ask(
    command: ReadCommand<void, never> = COMMANDS.fnStatus as ReadCommand<void, never>,
    { newRound = false } = {},
  ) {
    const isDue: PollContext['isDue'] = (_cadence, answeredAtMs) => newRound || answeredAtMs === undefined
    const context: PollContext = { clock, line, memo, untilMs: clock.monotonic() + HOLD_MS, isDue }
    const asking = { context, name: command.name, isFirst: true, answersCount: 0, isOwnAnswerDue: false }
    const request = requestOf(command, undefined, { variant: 2, passwords: {} }) as Request
    const beganMs = clock.monotonic()
    let tookMs = Number.NaN
    const outcome = webExchange(() => UUID)(request, asking).then(result => {
      tookMs = clock.monotonic() - beganMs
      return result
    })
    await clock.advance(HOLD_MS + 100)
    return { ...(await outcome), tookMs }
  }
  const said = () => asked.map(({ method, path }) => `${method} ${path.replace('/api/v2/', '')}`)
  return { ask, said, asked, clock, memo }
}

const GET = `GET requests/${UUID}`
const DELETE = `DELETE requests/${UUID}`

test('a task is posted once and looked at until it is over', async () => {
  const { ask, said, asked, memo, clock } = service([
    answer(201),
    entry('wait'),
    entry('odd word'),
    answer(200, '<html>'),
    READY,
  ])
  expect(await ask()).toMatchObject({ kind: 'answer', payload: { status: 200, tookMs: 1_000 } })
  expect(said()).toEqual(['POST requests', GET, GET, GET, GET])
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ uuid: UUID, request: [{ type: 'getFnStatus' }] })
  expect(new Jobs(memo, clock).pending).toBeNull()
})

test.each<[string, WebEvent[], object]>([
  ['a service that hangs', [{ kind: 'silence' }], { ending: 'silent', problem: { code: 'service.silent' } }],
  ['a connection that breaks', [LOST], { ending: 'lost', problem: { code: 'port.failed' } }],
  ['a service that fails', [answer(500, '<html>')], { ending: 'failed', problem: { code: 'service.failed' } }],
  ['an unknown device', [answer(404)], { ending: 'unreachable', problem: { code: 'service.device' } }],
  ['an inactive device', [answer(409)], { ending: 'unreachable', problem: { code: 'service.device' } }],
  ['a held port', [answer(201), entry('error', 3)], { ending: 'busy', problem: { code: 'port.busy' } }],
  ['no connection', [answer(201), entry('error', 2)], { ending: 'unreachable', problem: { code: 'register.silent' } }],
  ['a forgotten job', [answer(201), answer(404)], { ending: 'failed', problem: { code: 'service.job_lost' } }],
  [
    'a queue that blocks',
    [answer(201, { isBlocked: true }), answer(200, '{}')],
    { ending: 'busy', problem: { code: 'service.blocked' } },
  ],
])('%s ends the hold', async (_title, events, ended) => {
  expect(await service(events).ask()).toMatchObject({ kind: 'ended', ...ended })
})

test('no look at a job begins that would go past the end of the hold', async () => {
  const { ask, said } = service([answer(201), entry('wait')], HOLD_MS - 50)
  const { tookMs, ...outcome } = await ask()
  expect(outcome).toMatchObject({ kind: 'ended', ending: 'time', sent: true })
  expect(tookMs).toBeLessThanOrEqual(HOLD_MS)
  expect(said()).toEqual(['POST requests'])
})

test('a service that wants another password for our waiting job is given no further one', async () => {
  const { ask, said } = service([answer(201), ...Array(6).fill(entry('wait')), answer(401)])
  await ask()
  const before = said().length
  expect(await ask(COMMANDS.shiftStatus as ReadCommand<void, never>)).toMatchObject({ payload: { status: 401 } })
  expect(said().slice(before)).toEqual([GET])
})

test('a job that waits is withdrawn, and nothing where there is none', async () => {
  const { ask, said, memo, clock } = service([answer(201), ...Array(6).fill(entry('wait')), answer(200, '{}')])
  const withdraw = () => ask(COMMANDS.withdrawal as ReadCommand<void, never>)
  expect(await withdraw()).toMatchObject({ kind: 'answer' })
  expect(said()).toEqual([])
  await ask()
  expect(await withdraw()).toMatchObject({ kind: 'answer' })
  expect(said().at(-1)).toBe(DELETE)
  expect(new Jobs(memo, clock).pending).toBeNull()
})

test.each<[string, WebEvent]>([
  ['is not answered', { kind: 'silence' }],
  ['is lost', LOST],
])('a job whose deletion %s is still ours to delete', async (_title, event) => {
  const { ask, said, memo, clock } = service([answer(201, { isBlocked: true }), event, answer(200, '{}')])
  await ask()
  expect(new Jobs(memo, clock).pending).toMatchObject({ uuid: UUID })
  await ask(COMMANDS.withdrawal as ReadCommand<void, never>)
  expect(said()).toEqual(['POST requests', DELETE, DELETE])
  expect(new Jobs(memo, clock).pending).toBeNull()
})

test('a job at whose posting the service failed may have been taken: it is looked for', async () => {
  const { ask, said } = service([answer(500, '<html>'), answer(404), answer(201), READY])
  expect(await ask()).toMatchObject({ ending: 'failed' })
  expect(await ask()).toMatchObject({ kind: 'answer' })
  expect(said()).toEqual(['POST requests', GET, 'POST requests', GET])
})

test('a page that is not there is the interface’s fault, one that is refused in words the register’s name’s', async () => {
  const ask = (body: unknown) =>
    service([answer(404, body)]).ask(COMMANDS.queueStatus as unknown as ReadCommand<void, never>)
  expect(await ask('<html>')).toMatchObject({ ending: 'failed', problem: { code: 'service.interface' } })
  expect(await ask({ error: { code: 505, description: 'x' } })).toMatchObject({
    ending: 'unreachable',
    problem: { code: 'service.device' },
  })
})

test.each([400, 401, 403, 413, 501])('a task turned down with %i is an answer about this task', async status => {
  const { ask, memo, clock } = service([answer(status)])
  expect(await ask()).toMatchObject({ kind: 'answer', payload: { status } })
  expect(new Jobs(memo, clock).pending).toBeNull()
})

test('a job whose posting was not answered is looked for before another is posted', async () => {
  const { ask, said } = service([LOST, READY])
  await ask()
  expect(await ask()).toMatchObject({ kind: 'answer' })
  expect(said()).toEqual(['POST requests', GET])
})

test('a job of an earlier hold is finished first, and its answer kept for its own question', async () => {
  const { ask, said } = service([answer(201), ...Array(6).fill(entry('wait')), READY, answer(201), READY])
  expect(await ask()).toMatchObject({ kind: 'ended', ending: 'time' })
  const before = said().length
  expect(await ask(COMMANDS.shiftStatus as ReadCommand<void, never>)).toMatchObject({ kind: 'answer' })
  expect(said().slice(before)).toEqual([GET, 'POST requests', GET])
  expect(await ask()).toMatchObject({
    kind: 'answer',
    payload: { body: expect.stringContaining('fiscalDocumentNumber') },
  })
  expect(said().slice(before)).toHaveLength(3)
})

test('what a job of an earlier round came to is not taken for now', async () => {
  const { ask, said } = service([answer(201), ...Array(6).fill(entry('wait')), READY, answer(201), READY])
  await ask()
  const before = said().length
  expect(await ask(undefined, { newRound: true })).toMatchObject({ kind: 'answer', payload: { tookMs: 100 } })
  expect(said().slice(before)).toEqual([GET, 'POST requests', GET])
})

test.each([200, 404, 405, 409, 500])(
  'a job that is not done in time is deleted, whatever the service says to that (%i)',
  async status => {
    const { ask, said, clock, memo } = service([
      answer(201),
      ...Array(6).fill(entry('wait')),
      entry('wait'),
      answer(status),
    ])
    expect(await ask()).toMatchObject({ ending: 'time', problem: { code: 'register.slow' } })
    await clock.advance(JOB_MS_MAX)
    const before = said().length
    expect(await ask()).toMatchObject({ ending: 'unreachable', problem: { code: 'register.silent', message: /wait/ } })
    expect(said().slice(before)).toEqual([GET, DELETE])
    expect(new Jobs(memo, clock).pending).toBeNull()
  },
)

test('whatever the service does, a question ends with the hold, only our own job is touched, and it only reads', async () => {
  const event = fc.oneof(
    fc
      .tuple(fc.constantFrom(200, 201, 204, 302, 400, 401, 404, 405, 409, 500), fc.oneof(fc.string(), fc.json()))
      .map(([status, body]) => answer(status, body)),
    fc.constantFrom<WebEvent>(LOST, { kind: 'silence' }, READY, entry('wait'), entry('blocked'), entry('error', 82)),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 12 }),
      fc.array(fc.constantFrom(COMMANDS.fnStatus, COMMANDS.ofdQueue, COMMANDS.withdrawal), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.constantFrom(0, 90, 700),
      async (events, commands, answerMs) => {
        const { ask, said, asked } = service(events, answerMs)
        for (const command of commands)
          expect((await ask(command as ReadCommand<void, never>)).tookMs).toBeLessThanOrEqual(HOLD_MS)
        expect(said().every(one => ['POST requests', GET, DELETE].includes(one))).toBe(true)
        for (const { body } of asked.filter(({ method }) => method === 'POST')) {
          const [first, ...others] = JSON.parse(body ?? '').request
          expect([['getFnStatus', 'ofdExchangeStatus'].includes(first.type), others]).toEqual([true, []])
        }
      },
    ),
    { numRuns: 200 },
  )
})
