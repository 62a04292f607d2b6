import type { LinkResult } from '@tillwatch/agent/drivers/kit/exchange'
import { type AnswerOf, type ReadCommand, requestOf } from '@tillwatch/agent/drivers/kit/read-only'
import { COMMANDS } from '@tillwatch/agent/drivers/pirit/commands'
import {
  type Answer,
  createAnswerParser,
  ENQ,
  encodePacket,
  type Request,
} from '@tillwatch/agent/drivers/pirit/framing'
import { createLink } from '@tillwatch/agent/drivers/pirit/link'
import { describe, expect, test } from 'vitest'
import { loadTraces, type Trace } from '../traces/trace.ts'

/** Exchanges of hosts that behave otherwise than ours: they judge the simulated register alone. */
const OTHER_HOSTS = ['link-lone-separator', 'link-bad-checksum-from-host', 'link-garbage-between']
const traces = loadTraces('pirit')

/** A request as a trace has it: `STX password id command fields ETX checksum`. */
function requestIn(bytes: Uint8Array): { request: Request; id: number } {
  const text = Buffer.from(bytes).toString('latin1')
  const fields = text.slice(8, -3).split('\x1c').slice(0, -1)
  return { request: { password: text.slice(1, 5), command: text.slice(6, 8), fields }, id: bytes[5] ?? 0 }
}

/** Our host, giving one command after another as the trace's host did; each of its writes is compared with the trace. */
function playHost(trace: Trace): LinkResult<Answer>[] {
  const steps = [...trace.steps]
  const results: LinkResult<Answer>[] = []
  while (steps.length > 0) {
    const enquire = steps[0]?.bytes[0] === ENQ
    const asked = steps.find(step => step.from === 'host' && step.bytes[0] !== ENQ)
    if (!asked) throw new Error(`no request in ${trace.name}`)
    const { request, id } = requestIn(asked.bytes)
    let next = id
    const link = createLink({ request, nextId: () => next++, enquire, answerMs: 10_000, interByteMs: 200 })
    let step = link.start()
    for (;;) {
      if (step.write) expect(step.write, trace.name).toEqual(steps.shift()?.bytes)
      if (step.done) break
      step = steps[0]?.from === 'device' ? link.receive(steps.shift()?.bytes ?? new Uint8Array()) : link.expire()
    }
    results.push(step.result)
  }
  return results
}

describe('golden exchanges', () => {
  test.each(traces.filter(trace => !OTHER_HOSTS.includes(trace.name)).map(trace => [trace.name, trace] as const))(
    '%s: our host sends byte for byte what the trace shows, and gets an answer each time',
    (_name, trace) => {
      for (const result of playHost(trace)) expect(result.kind).toBe('answer')
    },
  )
})

/** What the last answer of a trace means. */
function meaning<Command extends ReadCommand<void, unknown>>(
  command: Command,
  name: string,
): AnswerOf<Command> | string {
  const trace = traces.find(one => one.name === name)
  const bytes = trace?.steps.filter(step => step.from === 'device').flatMap(step => [...step.bytes])
  const event = createAnswerParser()
    .push(Uint8Array.from(bytes ?? []))
    .at(-1)
  if (event?.kind !== 'answer') throw new Error(`no answer in ${name}`)
  const read = (command as unknown as ReadCommand<void, AnswerOf<Command>, Request, Answer>).decode(event.answer)
  return read.ok ? read.value : read.error.code
}

describe('answers mean what the vendor’s description says', () => {
  test.each([
    ['00-shift-open', { fatal: 0, flags: 4, document: 0 }],
    ['00-receipt-open', { fatal: 0, flags: 4, document: 18 }],
    ['00-shift-expired-no-drive', { fatal: 4, flags: 12, document: 0 }],
    ['link-lower-case-checksum', { fatal: 0, flags: 4, document: 0 }],
    ['link-no-last-separator', { fatal: 0, flags: 4, document: 0 }],
    ['link-noise-before-answer', { fatal: 0, flags: 4, document: 0 }],
    ['link-wrong-password', '06'],
  ])('%s', (name, told) => expect(meaning(COMMANDS.status, name)).toEqual(told))

  test('the queue, and two ways of telling an empty one', () => {
    expect(meaning(COMMANDS.ofdQueue, '78-07-queue')).toEqual({
      count: 3,
      firstDocument: 1204,
      firstAt: '2026-11-21T18:45:02',
    })
    for (const name of ['78-07-empty-queue', '78-07-empty-queue-zeros'])
      expect(meaning(COMMANDS.ofdQueue, name)).toEqual({ count: 0, firstDocument: null, firstAt: null })
  })

  test('the drive', () => {
    for (const name of ['02-14-expiry', '02-14-expiry-ffd105'])
      expect(meaning(COMMANDS.fnExpiry, name)).toEqual({ validUntil: '2027-02-15' })
    expect(meaning(COMMANDS.fnState, '78-02-state')).toEqual({ state: 35, document: 0, warnings: 10 })
    expect(meaning(COMMANDS.shift, '78-06-shift')).toEqual({ number: 41, open: true, receipts: 17 })
    expect(meaning(COMMANDS.fnVersions, '78-14-versions')).toEqual({ firmware: 'fn_v_1_2', isDebug: false, ffd: 4 })
    expect(meaning(COMMANDS.fnVersions, '78-14-versions-ffd105')).toMatchObject({ ffd: 2 })
    expect(meaning(COMMANDS.fnMemory, '78-18-punix')).toEqual({ documentsLeft: 180_000 })
    expect(meaning(COMMANDS.fnMemory, '78-18-unsupported')).toBe('02')
    expect(meaning(COMMANDS.fnSerial, '78-no-drive')).toBe('61')
    expect(meaning(COMMANDS.markingQueue, '79-06-marking-queue')).toEqual({ count: 5 })
  })

  test('the register', () => {
    expect(meaning(COMMANDS.serial, '02-01-serial')).toEqual({ text: '0302345678' })
    expect(meaning(COMMANDS.shiftOpening, '02-17-shift-opened')).toEqual({ at: '2026-11-22T08:03:11' })
    expect(meaning(COMMANDS.model, '02-21-model')).toEqual({ number: 9 })
    expect(meaning(COMMANDS.registrationModes, '02-23-autonomous')).toEqual({ workMode: 2 })
    expect(meaning(COMMANDS.printer, '04-no-paper')).toEqual({ state: 6, error: 0 })
    expect(meaning(COMMANDS.printer, '04-status-with-error')).toEqual({ state: 4, error: 9 })
    expect(meaning(COMMANDS.lastError, '06-1-work-not-begun')).toEqual({ reason: 1 })
    expect(meaning(COMMANDS.ofdName, '11-81-ofd-name')).toEqual({ text: 'ОФД "Проверка"' })
    expect(meaning(COMMANDS.clock, '13-clock')).toEqual({ at: '2026-11-22T12:30:05' })
  })

  test('a request of the table is the one of the description', () => {
    const bytesIn = (name: string) => traces.find(one => one.name === name)?.steps[0]?.bytes
    const packet = (command: ReadCommand<void, unknown>, id: number) =>
      encodePacket(requestOf(command, undefined, { variant: 1, passwords: {} }) as Request, id)
    expect(packet(COMMANDS.status, 0x41)).toEqual(bytesIn('00-shift-open'))
    expect(packet(COMMANDS.ofdQueue, 0x42)).toEqual(bytesIn('78-07-queue'))
    expect(packet(COMMANDS.fnExpiry, 0x43)).toEqual(bytesIn('02-14-expiry'))
    expect(packet(COMMANDS.fnMemory, 0x44)).toEqual(bytesIn('78-18-unsupported'))
    expect(packet(COMMANDS.ofdName, 0x2b)).toEqual(bytesIn('11-81-ofd-name'))
  })
})
