import { ManualClock } from '@tillwatch/shared/testing'
import { describe, expect, test } from 'vitest'
import { portError } from '../../transport/port-errors.ts'
import type { WebEvent, WebLine } from '../../transport/web-line.ts'
import type { PollContext } from '../driver.ts'
import { RegisterMemo } from '../memo.ts'
import { createSession } from './session.ts'

const HOLD_MS = 1_900
const STATUS = {
  result: 0,
  shiftInfo: { isOpen: true },
  checkInfo: { isOpen: false, num: 3 },
  fnInfo: { status: 1, fnNum: '9960440300112233', lastDoc: { num: 80 }, unsignedDocs: { qty: 0 } },
}
const HEALTHY: Readonly<Record<string, object>> = {
  GetDriverInfo: { result: 0, driverVer: '3.12', driverBaseVer: '3.12' },
  OpenSession: { result: 0, sessionKey: 'key' },
  CloseSession: { result: 0 },
  GetStatus: STATUS,
  GetCommonInfo: { result: 0, model: '185F', kktNum: '301234', ffdTotalVer: '1.2' },
  GetRegistrationInfo: { isRegistered: true, registrationInfo: { owner: { inn: '7701234567' } } },
}
const DOWN: WebEvent = { kind: 'lost', error: portError('port.silent', 'nobody answers') }
const BROKEN: WebEvent = { kind: 'lost', error: portError('port.failed', 'the answer broke off') }
/** What the service does about a command: answers, answers late, says nothing, or breaks off. */
type Reaction = object | string | WebEvent | { readonly lateMs: number } | 'silence'

/**
 * A service on a manual clock. Every poll is a hold of its own; `isDaily`: whether what is asked daily is due again; `paceMs`: what a
 * command takes.
 */
function service({ isDaily = () => true, paceMs = 5 }: { isDaily?: () => boolean; paceMs?: number } = {}) {
  const clock = new ManualClock()
  const memo = new RegisterMemo()
  const session = createSession({ variant: 1, passwords: {} })
  let [sessionsCount, roundBeganMs, goesOn] = [0, 0, false]
  return {
    memo,
    /** Sessions open in the service, whoever knows of them. */
    leftOpen: () => sessionsCount,
    async poll(reactions: Readonly<Record<string, Reaction>> = {}) {
      const said: string[] = []
      const keys: unknown[] = []
      const react = async (body: string, timeoutMs: number): Promise<WebEvent> => {
        const { command, sessionKey } = JSON.parse(body) as { command: string; sessionKey: unknown }
        said.push(command)
        if (command === 'CloseSession') keys.push(sessionKey)
        const reaction = reactions[command] ?? HEALTHY[command] ?? {}
        const lateMs =
          reaction === 'silence' ? Number.POSITIVE_INFINITY : Number(Reflect.get(Object(reaction), 'lateMs') ?? paceMs)
        if (reaction === HEALTHY[command] || Number.isFinite(Reflect.get(Object(reaction), 'lateMs')))
          sessionsCount += command === 'OpenSession' ? 1 : command === 'CloseSession' ? -Math.min(1, sessionsCount) : 0
        await clock.advance(Math.min(lateMs, timeoutMs))
        if (lateMs > timeoutMs) return { kind: 'silence' }
        if (typeof reaction === 'object' && 'kind' in reaction) return reaction as WebEvent
        const answer = typeof reaction === 'object' && 'lateMs' in reaction ? HEALTHY[command] : reaction
        return { kind: 'response', status: 200, body: typeof answer === 'string' ? answer : JSON.stringify(answer) }
      }
      const line: WebLine = {
        kind: 'http',
        baudRate: null,
        isLost: false,
        bytesCount: 0,
        receivedCount: 0,
        open: async () => {},
        request: ({ body }, timeoutMs) => react(body ?? '', timeoutMs),
        close: async () => {},
      }
      const beganMs = clock.monotonic()
      if (!goesOn) roundBeganMs = beganMs
      const isDue: PollContext['isDue'] = (cadence, atMs) =>
        atMs === undefined || (cadence === 'poll' ? atMs < roundBeganMs : isDaily())
      const context: PollContext = { clock, line, memo, untilMs: beganMs + HOLD_MS, isDue }
      const reading = await session.poll(context)
      goesOn = reading.link === 'ok' && reading.outcome !== 'complete'
      if (reading.link === 'silent' || reading.link === 'error') memo.expire()
      expect(clock.monotonic() - beganMs).toBeLessThanOrEqual(HOLD_MS)
      return { said, keys, reading, codes: reading.problems.map(problem => problem.code) }
    },
  }
}

test('service, session, status, questions, end of the session', async () => {
  const { said, reading } = await service().poll()
  expect(said).toEqual([
    'GetDriverInfo',
    'OpenSession',
    'GetStatus',
    'GetCommonInfo',
    'GetRegistrationInfo',
    'CloseSession',
  ])
  expect(reading).toMatchObject({ link: 'ok', outcome: 'complete', serial: '301234', problems: [] })
})

describe('the session is closed', () => {
  test.each<[string, Record<string, Reaction>]>([
    ['while a receipt is open', { GetStatus: { ...STATUS, checkInfo: { isOpen: true } } }],
    ['when nobody says whether one is', { GetStatus: { ...STATUS, checkInfo: {} } }],
    ['after a refusal', { GetStatus: { result: 77, description: 'not now' } }],
    ['after garbage', { GetStatus: '<html>' }],
    ['after a loss', { GetStatus: BROKEN }],
    ['after silence', { GetStatus: 'silence' }],
    ['after an answer of no length', { GetCommonInfo: '' }],
    ['when the time is nearly over', { GetStatus: { lateMs: 1_300 } }],
    ['when the register goes away in between', { GetCommonInfo: { result: 3001 } }],
  ])('%s, and nothing else follows', async (_title, reactions) => {
    const host = service()
    const { said, keys } = await host.poll(reactions)
    expect(said.at(-1)).toBe('CloseSession')
    expect(said).not.toContain('GetRegistrationInfo')
    expect(keys).toEqual(['key'])
    expect(said.filter(command => command === 'OpenSession')).toHaveLength(1)
    // Nothing is left to close.
    expect((await host.poll()).said[0]).toBe('GetDriverInfo')
  })

  test.each<[string, Reaction]>([
    ['no answer', 'silence'],
    ['a loss', BROKEN],
    ['garbage', '<html>'],
    ['a refusal', { result: 77 }],
  ])('first thing in the next hold when it met %s', async (_title, reaction) => {
    const host = service()
    expect((await host.poll({ CloseSession: reaction, GetStatus: 'silence' })).said.at(-1)).toBe('CloseSession')
    const next = await host.poll({ OpenSession: { result: 0, sessionKey: 'another key' } })
    expect(next.said.slice(0, 3)).toEqual(['CloseSession', 'GetDriverInfo', 'OpenSession'])
    expect(next.keys).toEqual(['key', 'another key'])
  })

  test('a service that knows a left session no more is not asked again to close it', async () => {
    const host = service()
    await host.poll({ CloseSession: 'silence' })
    const next = await host.poll({ CloseSession: { result: 9999 } })
    expect(next.said.slice(0, 3)).toEqual(['CloseSession', 'GetDriverInfo', 'OpenSession'])
  })

  test('a service that answers the closing of a left session with nonsense is not asked for ever', async () => {
    const host = service()
    await host.poll({ CloseSession: {} })
    const { said, reading } = await host.poll({ CloseSession: {} })
    expect(said.slice(0, 3)).toEqual(['CloseSession', 'GetDriverInfo', 'OpenSession'])
    expect(reading.link).toBe('ok')
  })

  test('while it cannot be closed, no other one is opened', async () => {
    const host = service()
    await host.poll({ CloseSession: 'silence' })
    const { said } = await host.poll({ CloseSession: 'silence' })
    expect(new Set(said)).toEqual(new Set(['CloseSession']))
    expect((await host.poll()).keys).toEqual(['key', 'key'])
  })

  test('another drive makes everything be asked anew, in the same session', async () => {
    const host = service()
    await host.poll()
    const { keys, said } = await host.poll({
      GetStatus: { ...STATUS, fnInfo: { ...STATUS.fnInfo, fnNum: '9960440300999999' } },
    })
    expect(keys).toEqual(['key'])
    expect(said).toContain('GetCommonInfo')
  })
})

describe('what is wrong is told apart', () => {
  test.each<[string, Record<string, Reaction>, string, string, string[]]>([
    ['the service is down', { GetDriverInfo: DOWN }, 'silent', 'service.down', ['GetDriverInfo']],
    ['the service hangs', { GetDriverInfo: 'silence' }, 'silent', 'service.silent', ['GetDriverInfo']],
    ['it is another program', { GetDriverInfo: '<html>' }, 'error', 'service.answer', ['GetDriverInfo']],
    [
      'the register is off',
      { OpenSession: { result: 3001, description: 'Нет связи' } },
      'silent',
      'register.silent',
      ['GetDriverInfo', 'OpenSession'],
    ],
    ['an answer of no length', { OpenSession: '' }, 'silent', 'register.silent', ['GetDriverInfo', 'OpenSession']],
    [
      'somebody else has the register',
      { OpenSession: { result: 12, description: 'Занято' } },
      'busy',
      'service.refused',
      ['GetDriverInfo', 'OpenSession'],
    ],
  ])('%s', async (_title, reactions, link, code, commands) => {
    const { reading, codes, said } = await service().poll(reactions)
    expect([reading.link, codes]).toEqual([link, [code]])
    expect(said).toEqual(commands)
  })

  test('a refusal is told in the service’s words, with the command and a way out of a session that nobody closes', async () => {
    for (const command of ['OpenSession', 'GetStatus']) {
      const { reading } = await service().poll({ [command]: { result: 12, description: 'Занято' } })
      expect(reading.problems[0]?.message).toContain(`${command}: Занято (12)`)
      expect(reading.problems[0]?.nextStep).toContain('restart the Windows service VT_inecrman')
    }
  })

  test.each<[string, Record<string, Reaction>]>([
    ['the service answers for itself and is not this one', { GetDriverInfo: { hello: 'world' } }],
    ['a session opens without a key', { OpenSession: { result: 0 } }],
    ['no session opens in time, as with a register that is off', { OpenSession: { lateMs: 5_000 } }],
    ['the request for a session breaks off', { OpenSession: BROKEN }],
    ['the status is none', { GetStatus: '<html>' }],
    ['the status is that of something else', { GetStatus: { result: 0 } }],
    ['the status does not come', { GetStatus: 'silence' }],
    ['the status breaks off', { GetStatus: BROKEN }],
  ])('a register of which nothing was heard does not count as answering: %s', async (_title, reactions) => {
    const { reading, codes } = await service().poll(reactions)
    expect(reading.link).toBe('silent')
    expect(codes).not.toEqual([])
  })
})

describe('a slow service', () => {
  test.each([
    [400, '301234'],
    [450, '301234'],
    [500, null],
    [600, null],
  ])('that takes %i ms a command is read in several holds, and no session is left', async (paceMs, serial) => {
    const host = service({ paceMs, isDaily: () => false })
    const polls = [await host.poll()]
    while (polls.at(-1)?.reading.outcome !== 'complete' && polls.length < 10) polls.push(await host.poll())
    expect(polls.at(-1)?.reading).toMatchObject({ link: 'ok', outcome: 'complete', serial })
    expect(host.memo.facts.get('fiscal.ofd.unsent_documents')?.value).toBe(0)
    if (serial === null) expect(host.memo.facts.get('fiscal.register.serial')?.reason).toBeDefined()
    expect(host.leftOpen()).toBe(0)
    // From then on every poll reads the status.
    for (let count = 0; count < 5; count++) expect((await host.poll()).reading.link).toBe('ok')
  })

  test('whose closing alone is quick leaves its time to the session', async () => {
    const host = service({ isDaily: () => false })
    await host.poll()
    const { said, reading } = await host.poll({ OpenSession: { lateMs: 1_500 } })
    expect(said).toEqual(['OpenSession', 'GetStatus', 'CloseSession'])
    expect(reading).toMatchObject({ link: 'ok', outcome: 'complete' })
  })

  test('that opens a session at the very end of the hold is told at once to close it', async () => {
    const host = service()
    const { said, reading, codes } = await host.poll({ OpenSession: { lateMs: 1_700 } })
    expect(said).toEqual(['GetDriverInfo', 'OpenSession', 'CloseSession'])
    expect([reading.link, codes]).toEqual(['silent', ['register.slow']])
    expect(host.leftOpen()).toBe(0)
  })

  test('that never has time for a question is not asked for it over and over', async () => {
    const host = service({ isDaily: () => false })
    const slow = { OpenSession: { lateMs: 1_400 }, GetStatus: { lateMs: 200 } }
    await host.poll()
    host.memo.askAgain('GetCommonInfo')
    expect((await host.poll(slow)).reading.outcome).toBe('more')
    const { said, reading } = await host.poll(slow)
    expect(said).toEqual(['OpenSession', 'GetStatus', 'CloseSession'])
    expect(reading.outcome).toBe('complete')
  })
})

test('the service itself is asked again only after trouble, and then first of all', async () => {
  const host = service({ isDaily: () => false })
  expect((await host.poll()).said[0]).toBe('GetDriverInfo')
  expect((await host.poll({ OpenSession: { result: 12 } })).said).toEqual(['OpenSession'])
  expect((await host.poll({ OpenSession: 'silence' })).said).toEqual(['GetDriverInfo', 'OpenSession'])
  expect((await host.poll()).said.slice(0, 3)).toEqual(['GetDriverInfo', 'OpenSession', 'GetStatus'])
  expect((await host.poll()).said).toEqual(['OpenSession', 'GetStatus', 'CloseSession'])
})

test('on an older version a drive that counts its documents from the beginning is another one', async () => {
  const host = service()
  const { fnNum, ...older } = STATUS.fnInfo
  await host.poll({ GetStatus: { ...STATUS, fnInfo: older }, GetCommonInfo: { result: 0, kktNum: '1', fnNum } })
  expect(host.memo.facts.get('fiscal.fn.serial')?.value).toBe(fnNum)
  await host.poll({
    GetStatus: { ...STATUS, fnInfo: { ...older, lastDoc: { num: 1 } } },
    GetCommonInfo: { result: 0, kktNum: '1', fnNum: '9960440300999999' },
  })
  expect(host.memo.facts.get('fiscal.fn.serial')?.value).toBe('9960440300999999')
})

test('an autonomous register has no queue, also when it is learnt after the status', async () => {
  const host = service()
  const { reading } = await host.poll({
    GetRegistrationInfo: { registrationInfo: { kkt: { mode: { offline: true } } } },
  })
  expect(reading.facts.get('fiscal.ofd.unsent_documents')).toMatchObject({ value: null, reason: expect.any(String) })
})
