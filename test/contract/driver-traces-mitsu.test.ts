import type { LinkResult } from '@tillwatch/agent/drivers/kit/exchange'
import { COMMANDS } from '@tillwatch/agent/drivers/mitsu/commands'
import { encodeQuery } from '@tillwatch/agent/drivers/mitsu/framing'
import { createLink } from '@tillwatch/agent/drivers/mitsu/link'
import { describe, expect, test } from 'vitest'
import { loadTraces, type Trace } from '../traces/trace.ts'

const traces = loadTraces('mitsu')
const channelOf = (trace: Trace) => (trace.name.startsWith('tcp-') ? 'network' : 'cable')
const queryIn = (trace: Trace, bytes: Uint8Array) =>
  Buffer.from(channelOf(trace) === 'cable' ? bytes.subarray(3, -2) : bytes).toString('latin1')

/** Our host asks what the trace's host asked, and is given the trace's answers, one byte at a time. */
function play(trace: Trace): LinkResult[] {
  const results: LinkResult[] = []
  let link: ReturnType<typeof createLink> | null = null
  for (const step of trace.steps) {
    if (step.from === 'host') {
      link = createLink({
        query: queryIn(trace, step.bytes),
        channel: channelOf(trace),
        answerMs: 500,
        interByteMs: 200,
      })
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
  test('there are some of both channels', () => {
    expect(traces.filter(trace => channelOf(trace) === 'cable').length).toBeGreaterThan(10)
    expect(traces.filter(trace => channelOf(trace) === 'network').length).toBeGreaterThan(4)
  })

  test.each(traces.map(trace => [trace.name, trace] as const))('%s: sent and understood byte for byte', (_, trace) => {
    const results = play(trace)
    expect(results.length).toBeGreaterThan(0)
    for (const result of results) expect(result.kind).toBe('answer')
  })
})

const answersIn = (name: string): Uint8Array[] => {
  const trace = traces.find(one => one.name === name)
  if (!trace) throw new Error(`no trace ${name}`)
  return play(trace).flatMap(result => (result.kind === 'answer' ? [result.payload] : []))
}
const answerIn = (name: string) => answersIn(name).at(-1) ?? new Uint8Array()
const ok = (value: unknown) => ({ ok: true, value })

describe('answers mean what is known of them', () => {
  test('the shift, over both channels and after an LRC that looks like an end', () => {
    const shift = ok({ number: 16, state: '1', receipts: 7 })
    expect(COMMANDS.shift.decode(answerIn('serial-info-0-open'))).toEqual(shift)
    expect(COMMANDS.shift.decode(answerIn('tcp-info-0-closing-tag'))).toEqual(shift)
    expect(COMMANDS.shift.decode(answerIn('serial-info-0-expired'))).toMatchObject(ok({ state: '9' }))
    expect(COMMANDS.shift.decode(answerIn('serial-dev-lrc-is-03'))).toMatchObject(ok({ number: 41 }))
  })

  test('the drive', () => {
    expect(COMMANDS.drive.decode(answerIn('serial-info-fn'))).toEqual(
      ok({
        serial: '9999078902014447',
        phase: '0x03',
        flags: '0x08',
        registrationsLeft: 27,
        validUntil: '2024-07-17',
        lastDocument: 80,
      }),
    )
  })

  test('the queue with documents, empty, and empty with nothing else', () => {
    const waiting = ok({ count: 63, firstDocument: 18, firstAt: '2023-01-11T18:15' })
    expect(COMMANDS.queue.decode(answerIn('serial-info-ofd'))).toEqual(waiting)
    expect(COMMANDS.queue.decode(answerIn('tcp-info-ofd'))).toEqual(waiting)
    expect(COMMANDS.queue.decode(answerIn('serial-info-ofd-none-date'))).toMatchObject(ok({ count: 0, firstAt: null }))
    expect(COMMANDS.queue.decode(answerIn('serial-info-ofd-short'))).toEqual(
      ok({ count: 0, firstDocument: null, firstAt: null }),
    )
  })

  test('identity, OFD server and notifications', () => {
    expect(COMMANDS.identity.decode(answerIn('serial-ver-date-time'))).toEqual(
      ok({ firmware: '1.1.06', serial: '065001234567890', clockAt: '2023-02-06T08:32:18' }),
    )
    expect(COMMANDS.ofdServer.decode(answerIn('serial-ofd-address'))).toEqual(
      ok({ host: '109.73.43.4', port: 19_086, client: '1' }),
    )
    expect(COMMANDS.notifications.decode(answerIn('serial-info-not'))).toEqual(ok({ count: 1 }))
  })

  test('the registration, over a cable and in pieces over the network', () => {
    const registration = COMMANDS.registration.decode(answerIn('serial-reg'))
    expect(registration).toMatchObject(
      ok({ ffd: 4, number: '0001234567012345', inn: '7701234567', ofdName: 'ОФД «Проверка»', mode: 0 }),
    )
    expect(COMMANDS.registration.decode(answerIn('tcp-reg-in-pieces'))).toEqual(registration)
    expect(COMMANDS.registration.decode(answerIn('serial-reg-not-registered'))).toMatchObject(
      ok({ ffd: 0, number: '', inn: '', ofdName: '' }),
    )
  })

  test('a refusal of the FN', () => {
    expect(COMMANDS.shift.decode(answerIn('serial-info-error-of-the-fn'))).toMatchObject({
      ok: false,
      error: { code: '40/0x02' },
    })
  })
})

test('every query of ours goes over the network in one piece', () => {
  for (const command of Object.values(COMMANDS))
    expect(encodeQuery(command.encode(undefined, { variant: 1, passwords: {} }), 'network').length).toBeLessThan(536)
})
