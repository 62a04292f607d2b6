import { requestOf } from '@tillwatch/agent/drivers/kit/read-only'
import { COMMANDS } from '@tillwatch/agent/drivers/mercury/commands'
import { Fields, parseAnswer } from '@tillwatch/agent/drivers/mercury/fields'
import { createLink, type TcpResult } from '@tillwatch/agent/drivers/mercury/link'
import { describe, expect, test } from 'vitest'
import { loadTraces, type Trace } from '../traces/trace.ts'

const traces = loadTraces('mercury')
const LENGTH_BYTES = 4
const OPTIONS = { variant: 1, passwords: {} }
const textIn = (bytes: Uint8Array) => Buffer.from(bytes.subarray(LENGTH_BYTES)).toString('utf8')

/** What our host says for a command with the key that the trace's host had. */
function ours(text: string): string {
  const { command, sessionKey } = JSON.parse(text) as { command: string; sessionKey?: string }
  const own = Object.values(COMMANDS).find(one => one.name === command)
  if (!own) throw new Error(`no command ${command}`)
  return requestOf(own as typeof COMMANDS.getStatus, { sessionKey: sessionKey ?? '' }, OPTIONS)
}

/** Our host asks what the trace's host asked, and is given the trace's answers, one byte at a time. */
function play(trace: Trace): TcpResult[] {
  const results: TcpResult[] = []
  let link: ReturnType<typeof createLink> | null = null
  for (const step of trace.steps) {
    if (step.from === 'host') {
      link = createLink({ json: ours(textIn(step.bytes)), answerMs: 500, pauseMs: 200 })
      expect(link.start()).toMatchObject({ done: false, write: step.bytes })
      continue
    }
    for (const [index, byte] of step.bytes.entries()) {
      const next = link?.receive(Uint8Array.of(byte))
      expect(next?.done).toBe(index === step.bytes.length - 1)
      if (next?.done) results.push(next.result)
    }
  }
  return results
}

describe('golden exchanges', () => {
  test('there are some', () => expect(traces.length).toBeGreaterThan(10))

  test.each(traces.map(trace => [trace.name, trace] as const))(
    '%s: sent and understood byte for byte',
    (name, trace) => {
      const kinds = new Set(play(trace).map(result => result.kind))
      expect(kinds).toEqual(new Set([name.includes('no-length') ? 'empty' : 'answer']))
    },
  )
})

/** The answer to the command of that place in a trace. */
function answerIn(name: string, place: number): Fields {
  const trace = traces.find(one => one.name === name)
  const result = trace && play(trace)[place]
  if (result?.kind !== 'answer') throw new Error(`no answer ${place} in ${name}`)
  return parseAnswer(result.json) ?? new Fields(null)
}
const ok = (value: unknown) => ({ ok: true, value })
/** In the traces with a session it is the second command that matters. */
const IN_SESSION = 1

describe('answers mean what is known of them', () => {
  test('the service, also in an array and with zero bytes behind', () => {
    for (const name of ['driver-info', 'driver-info-array', 'driver-info-trailing-nuls'])
      expect(COMMANDS.getDriverInfo.decode(answerIn(name, 0))).toEqual(ok({ driver: '3.12.1.2' }))
  })

  test('a session, and none', () => {
    const opened = ok({ sessionKey: '{5E551000-0000-4000-8000-000000000001}' })
    expect(COMMANDS.openSession.decode(answerIn('status-new', 0))).toEqual(opened)
    expect(COMMANDS.openSession.decode(answerIn('open-session-3001', 0))).toMatchObject({
      ok: false,
      error: { code: '3001', reason: 'Нет связи с ККТ (3001)' },
    })
    expect(COMMANDS.closeSession.decode(answerIn('status-new', 2))).toEqual(ok(null))
  })

  test('the status of a newer and of an older version', () => {
    const drive = { status: 1, lastDocument: 1054, unsent: 0, firstUnsent: null, firstUnsentAt: null }
    expect(COMMANDS.getStatus.decode(answerIn('status-new', IN_SESSION))).toEqual(
      ok({
        clockAt: '2026-11-22T12:30:15',
        paper: true,
        shift: { isOpen: true, isExpired: false, number: 41, openedAt: '2026-11-22T08:00:00' },
        receipt: { isOpen: false, number: 17 },
        drive: { ...drive, serial: '9960440300112233' },
      }),
    )
    expect(COMMANDS.getStatus.decode(answerIn('status-old', IN_SESSION))).toMatchObject(
      ok({ paper: null, drive: { ...drive, serial: null } }),
    )
  })

  test('a queue, another phase, an open receipt', () => {
    expect(COMMANDS.getStatus.decode(answerIn('status-queue', IN_SESSION))).toMatchObject(
      ok({ drive: { status: 2, unsent: 3, firstUnsent: 1052, firstUnsentAt: '2026-11-19T18:05:00' } }),
    )
    expect(COMMANDS.getStatus.decode(answerIn('status-receipt-open', IN_SESSION))).toMatchObject(
      ok({ paper: false, shift: { isExpired: true }, receipt: { isOpen: true } }),
    )
  })

  test('the register, and its registration with and without a result', () => {
    expect(COMMANDS.getCommonInfo.decode(answerIn('common-info', IN_SESSION))).toEqual(
      ok({
        model: 'Меркурий-185Ф',
        serial: '0000000000301234',
        fnSerial: '9960440300112233',
        ffd: '1.0.5',
        firmware: '4.2.17',
      }),
    )
    const registration = ok({
      inn: '7701234567',
      number: '0001234567012345',
      isAutonomous: false,
      ofdName: 'ОФД «Проверка»',
      ofdInn: '7709876543',
      ofdHost: 'ofd.example',
      ofdPort: 7777,
    })
    for (const name of ['registration-new', 'registration-old'])
      expect(COMMANDS.getRegistrationInfo.decode(answerIn(name, IN_SESSION))).toEqual(registration)
  })
})
