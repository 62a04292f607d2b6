import { err, type FactName, ok } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { describe, expect, test } from 'vitest'
import { protocolError } from '../../codec/bytes.ts'
import type { Line } from '../../transport/line.ts'
import type { PollContext } from '../driver.ts'
import { RegisterMemo } from '../memo.ts'
import type { Exchanged } from './exchange.ts'
import { commandQuestion, type Question } from './question.ts'
import { type Reaction, readOnlyTable, requestOf, type Secret } from './read-only.ts'
import { createReadSession, type ReadSession } from './session.ts'

const DAY_MS = 24 * 3_600_000
const SECRET: Secret = { name: 'link password', nextStep: 'Set passwords.link.' }
const OPTIONS = { variant: 1, passwords: {} }

/** A command whose answer is told by the test: a number, a refusal, or nonsense. */
const command = (name: string, typicalMs = 10, secret?: Secret) => ({
  name,
  typicalMs,
  wireBytes: 10,
  ...(secret && { secret }),
  encode: () => name,
  decode: (payload: number | Reaction | 'nonsense') => {
    if (payload === 'nonsense') throw protocolError('short', 'answer too short')
    return typeof payload === 'number'
      ? ok(payload)
      : err({ code: '37', reason: `refused (${payload})`, reaction: payload })
  },
})
const COMMANDS = readOnlyTable({
  status: command('status', 10, SECRET),
  memory: command('memory'),
  shift: command('shift'),
  end: command('end'),
})
const MEMORY: FactName = 'fiscal.fn.documents_left'
const SHIFT: FactName = 'fiscal.shift.number'

type Answer = number | Reaction | 'nonsense' | Extract<Exchanged<never>, { kind: 'ended' }>

/** A register that answers as told; every command it was given is listed. */
function world(answers: Record<string, Answer>) {
  const clock = new ManualClock()
  const memo = new RegisterMemo()
  const sent: string[] = []
  const line = { kind: 'tcp', baudRate: null, isLost: false, bytesCount: 0, receivedCount: 1 } as unknown as Line
  const session = (change: Partial<ReadSession<string, unknown>> = {}) =>
    createReadSession<string, unknown>({
      options: OPTIONS,
      secret: SECRET,
      exchange: async name => {
        sent.push(name)
        const answer = answers[name] ?? 0
        return typeof answer === 'object' ? answer : { kind: 'answer', payload: answer }
      },
      gate: async ({ window }) => (await window.ask(COMMANDS.status))?.ok === true,
      questions: [
        commandQuestion({ cadence: 'poll', facts: [SHIFT] }, COMMANDS.shift, value => ({ [SHIFT]: { value } })),
        commandQuestion({ cadence: 'daily', facts: [MEMORY] }, COMMANDS.memory, value => ({ [MEMORY]: { value } })),
      ],
      ...change,
    })
  const context = (change: Partial<PollContext> = {}): PollContext => ({
    clock,
    memo,
    line,
    untilMs: clock.monotonic() + 1_900,
    isDue: () => true,
    ...change,
  })
  return { clock, memo, sent, session, context }
}

describe('a driver’s session', () => {
  test('a question that a person switched off is not asked, and says why its facts are unknown', async () => {
    const { session, context, sent } = world({})
    const offReason = (key: string) => (key === 'shift' ? 'switched off by Anna until 18:00' : null)
    const { facts } = await session().poll(context({ offReason }))
    expect(sent).toEqual(['status', 'memory'])
    expect(facts.get(SHIFT)).toMatchObject({ value: null, reason: 'switched off by Anna until 18:00' })
  })

  test('a question that is on again is put at once, however seldom it is due', async () => {
    const { session, context, sent, clock } = world({ memory: 170_000 })
    const isDue: PollContext['isDue'] = (_cadence, answeredAtMs) => answeredAtMs === undefined
    const register = session()
    await register.poll(context({ isDue }))
    await clock.advance(60_000)
    await register.poll(context({ isDue, offReason: () => 'switched off by Anna until 18:00' }))
    await clock.advance(60_000)
    const { facts } = await register.poll(context({ isDue }))
    expect(sent).toEqual(['status', 'shift', 'memory', 'status', 'status', 'shift', 'memory'])
    expect(facts.get(MEMORY)).toMatchObject({ value: 170_000, at: clock.now() })
  })

  test('a question that says nothing of this register is not told as switched off', async () => {
    const { session, context } = world({})
    const one = commandQuestion({ cadence: 'poll', facts: [SHIFT], applies: () => false }, COMMANDS.shift, () => ({}))
    const { facts } = await session({ questions: [one] }).poll(context({ offReason: () => 'off' }))
    expect(facts.has(SHIFT)).toBe(false)
  })

  test.each([
    ['00106900301234', '00106900301234'],
    ['0000000000000000', null],
  ])('a serial of %s names %s: zeros were never set and would make many registers one', async (value, serial) => {
    const { session, context } = world({})
    const gate: ReadSession<string, unknown>['gate'] = async ({ window, tell }) => {
      tell({ 'fiscal.register.serial': { value } })
      return (await window.ask(COMMANDS.status))?.ok === true
    }
    expect((await session({ gate }).poll(context())).serial).toBe(serial)
  })

  test('a second command while one is under way is a programming error', async () => {
    const { session, context } = world({})
    const gate: ReadSession<string, unknown>['gate'] = async ({ window }) => {
      await Promise.all([window.ask(COMMANDS.status), window.ask(COMMANDS.shift)])
      return true
    }
    await expect(session({ gate }).poll(context())).rejects.toThrow('one command at a time')
  })

  test('another drive: what was just told stays and all else goes, whatever the wall clock did meanwhile', async () => {
    const { session, context, clock } = world({ memory: 170_000 })
    let serial = '9960440300112233'
    const gate: ReadSession<string, unknown>['gate'] = async poll => {
      poll.tell({ 'fiscal.register.mode': { value: 'shift_open' } })
      poll.tellDrive({ 'fiscal.fn.serial': { value: serial } }, 'memory')
      return serial === '9960440300112233'
    }
    const register = session({ gate })
    await register.poll(context())
    clock.stepWall(-3 * 3_600_000)
    serial = '9960440300999999'
    const { facts } = await register.poll(context())
    expect(new Set(facts.keys())).toEqual(new Set(['fiscal.fn.serial', 'fiscal.register.mode']))
  })

  test('what a device does not support is left out for a day, then tried again: firmware is updated', async () => {
    const { session, context, sent, clock } = world({ memory: 'unsupported' })
    const register = session()
    await register.poll(context())
    await clock.advance(DAY_MS - 1)
    await register.poll(context())
    expect(sent.filter(name => name === 'memory')).toHaveLength(1)
    await clock.advance(1)
    await register.poll(context())
    expect(sent.filter(name => name === 'memory')).toHaveLength(2)
  })

  test('what the gate asks is asked in every hold, even of a device that said once that it does not know it', async () => {
    const { session, context, sent } = world({ status: 'unsupported' })
    const gate: ReadSession<string, unknown>['gate'] = async ({ window }) =>
      (await window.ask(COMMANDS.status)) !== null && window.ended === null
    const register = session({ gate, questions: [] })
    await register.poll(context())
    await register.poll(context())
    expect(sent).toEqual(['status', 'status'])
  })

  describe('listens before it speaks on a line that others could share', () => {
    const FILLER = 0xff
    /** Somebody's exchange pauses so long between question and answer. */
    const PAUSE_MS = 250
    /** A serial line on which these bytes come unasked after a while. */
    const serialLine = (clock: ManualClock, unasked: number[]) => {
      const next: Line['next'] = async timeoutMs => {
        if (unasked.length > 0 && timeoutMs >= PAUSE_MS) return { kind: 'bytes', bytes: Uint8Array.from(unasked) }
        await clock.advance(timeoutMs)
        return { kind: 'silence' }
      }
      return { kind: 'serial', baudRate: 115_200, receivedCount: unasked.length, next } as unknown as Line
    }

    test.each([
      ['a byte of somebody’s', [0x05], []],
      ['somebody’s byte among fillers', [FILLER, 0x06, FILLER], []],
      ['fillers alone', [FILLER, FILLER], ['status', 'shift', 'memory']],
      ['nothing', [], ['status', 'shift', 'memory']],
    ])('%s', async (_title, unasked, asked) => {
      const { session, context, sent, clock } = world({})
      const reading = await session({ filler: FILLER }).poll(context({ line: serialLine(clock, unasked) }))
      expect(sent).toEqual(asked)
      if (asked.length === 0)
        expect(reading).toMatchObject({
          link: 'busy',
          outcome: 'yielded',
          problems: [{ code: 'register.line_in_use', nextStep: expect.any(String) }],
        })
    })

    test('the late end of an own exchange that was cut is nobody else’s, for half a minute', async () => {
      const { session, context, sent, clock } = world({ shift: { kind: 'ended', ending: 'time', sent: true } })
      const register = session()
      await register.poll(context())
      await clock.advance(20_000)
      await register.poll(context({ line: serialLine(clock, [0x06]) }))
      await clock.advance(31_000)
      expect((await register.poll(context({ line: serialLine(clock, [0x06]) }))).link).toBe('busy')
      expect(sent).toEqual(['status', 'shift', 'status', 'shift'])
    })
  })

  test('a refused secret is never tried again, and the setting to correct is named every time', async () => {
    const { session, context, sent, clock } = world({ status: 'password' })
    const register = session()
    await register.poll(context())
    await clock.advance(30 * DAY_MS)
    const { problems, link } = await register.poll(context())
    expect(sent).toEqual(['status'])
    expect([link, problems]).toEqual([
      'error',
      [expect.objectContaining({ code: 'register.password', nextStep: 'Set passwords.link.' })],
    ])
  })

  test('an answer that means nothing costs its own facts only', async () => {
    const { session, context } = world({ shift: 'nonsense', memory: 170_000 })
    const { facts, problems, link } = await session().poll(context())
    expect(link).toBe('ok')
    expect(facts.get(SHIFT)).toMatchObject({ value: null, reason: 'answer too short' })
    expect(facts.get(MEMORY)).toMatchObject({ value: 170_000 })
    expect(problems).toMatchObject([{ code: 'protocol.short' }])
  })

  test('a slow fact that cannot be read today keeps the value and the age of yesterday', async () => {
    const answers: Record<string, Answer> = { memory: 170_000 }
    const { session, context, clock } = world(answers)
    const register = session()
    const readAt = clock.now()
    await register.poll(context())
    answers.memory = 'state'
    await clock.advance(DAY_MS)
    const { facts } = await register.poll(context())
    expect(facts.get(MEMORY)).toMatchObject({ value: 170_000, at: readAt })
  })

  test('domain 17.24: a command is begun only if it fits into what is left of the hold', async () => {
    const { session, context, sent, clock } = world({})
    const { outcome } = await session().poll(context({ untilMs: clock.monotonic() + 9 }))
    expect([sent, outcome]).toEqual([[], 'more'])
  })

  test.each([
    ['that comes further in each hold is put until it is answered', 6, 170_000],
    ['that never comes to an end is given up at last', 60, null],
  ])('a question of many commands %s', async (_title, commandsCount, value) => {
    const { session, context, clock } = world({})
    let answered = 0
    const long: Question = {
      key: 'long',
      cadence: 'poll',
      facts: [MEMORY],
      async ask(window) {
        for (; answered < commandsCount; answered++) if (!(await window.ask(COMMANDS.memory))) return null
        return { [MEMORY]: { value: 170_000 } }
      },
    }
    const exchange: ReadSession<string, unknown>['exchange'] = async () => {
      await clock.advance(700)
      return { kind: 'answer', payload: 1 }
    }
    const register = session({ exchange, questions: [long] })
    const began = clock.monotonic()
    const isDue: PollContext['isDue'] = (_cadence, answeredAtMs) => (answeredAtMs ?? -1) < began
    let reading = await register.poll(context({ isDue }))
    for (let holds = 1; holds < 20 && reading.outcome === 'more'; holds++)
      reading = await register.poll(context({ isDue }))
    expect([reading.outcome, reading.facts.get(MEMORY)?.value]).toEqual(['complete', value])
  })

  test('the last word to a service is said whatever ended the hold, except a lost line', async () => {
    const close: ReadSession<string, unknown>['close'] = async ({ window }) => {
      await window.conclude(COMMANDS.end, undefined)
    }
    const atWork = world({ status: 'at_work' })
    expect(await atWork.session({ close }).poll(atWork.context())).toMatchObject({ outcome: 'yielded' })
    expect(atWork.sent).toEqual(['status', 'end'])
    const lost = world({ status: { kind: 'ended', ending: 'lost', sent: true } })
    await lost.session({ close }).poll(lost.context())
    expect(lost.sent).toEqual(['status'])
  })

  test.each([
    [{ ending: 'busy' }, 'busy', 'yielded'],
    [{ ending: 'unreachable' }, 'silent', 'more'],
    [{ ending: 'foreign' }, 'ok', 'yielded'],
  ] as const)('after an answer, %j gives link %s', async ({ ending }, link, outcome) => {
    const { session, context } = world({ shift: { kind: 'ended', ending, sent: true } })
    expect(await session().poll(context())).toMatchObject({ link, outcome })
  })
})

test('only what stands in a read-only table is encoded, however alike it looks', () => {
  expect(requestOf(COMMANDS.status, undefined, OPTIONS)).toBe('status')
  expect(() => requestOf({ ...COMMANDS.status }, undefined, OPTIONS)).toThrow('read-only table')
  expect(() => Object.assign(COMMANDS.status, { encode: () => 'print' })).toThrow(TypeError)
  expect(() => Object.assign(COMMANDS, { print: COMMANDS.status })).toThrow(TypeError)
})
