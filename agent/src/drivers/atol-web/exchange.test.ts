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

/** A service whose answers follow one another; the last is given again and again. */
function service(events: readonly WebEvent[]) {
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
      if (event.kind === 'silence') await clock.sleep(timeoutMs)
      return event
    },
  }

  /** One question in a hold of its own. */
  async function ask(command: ReadCommand<void, never> = COMMANDS.fnStatus as ReadCommand<void, never>) {
    const context: PollContext = { clock, line, memo, untilMs: clock.monotonic() + HOLD_MS, isDue: () => true }
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

test('whatever the service does, a question ends with the hold, and only our own job is touched', async () => {
  const event = fc.oneof(
    fc
      .tuple(fc.constantFrom(200, 201, 204, 302, 400, 401, 404, 405, 409, 500), fc.oneof(fc.string(), fc.json()))
      .map(([status, body]) => answer(status, body)),
    fc.constantFrom<WebEvent>(LOST, { kind: 'silence' }, READY, entry('wait'), entry('blocked'), entry('error', 82)),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 3 }),
      async (events, holds) => {
        const { ask, said } = service(events)
        for (let hold = 0; hold < holds; hold++) expect((await ask()).tookMs).toBeLessThanOrEqual(HOLD_MS)
        expect(said().every(one => ['POST requests', GET, DELETE].includes(one))).toBe(true)
      },
    ),
    { numRuns: 200 },
  )
})
