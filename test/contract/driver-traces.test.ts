import type { LinkResult } from '@tillwatch/agent/drivers/kit/exchange'
import { requestOf } from '@tillwatch/agent/drivers/kit/read-only'
import { COMMANDS } from '@tillwatch/agent/drivers/shtrih-m/commands'
import { createFrameParser, ENQ, encodeFrame } from '@tillwatch/agent/drivers/shtrih-m/framing'
import { createLink } from '@tillwatch/agent/drivers/shtrih-m/link'
import type { TransportListener } from '@tillwatch/agent/transport/byte-transport'
import { runExchange } from '@tillwatch/agent/transport/exchange'
import { createLine } from '@tillwatch/agent/transport/line'
import { systemClock } from '@tillwatch/shared'
import { describe, expect, test } from 'vitest'
import { loadTraces, type Trace } from '../traces/trace.ts'

/** Exchanges of hosts that behave otherwise than ours: they judge the simulated register alone. */
const OTHER_HOSTS = ['v1-link-enquiry-twice', 'v1-link-bad-lrc-from-host', 'v1-link-answer-not-acknowledged']

/** Some real hosts send frames without an enquiry; ours always enquires. */
const traces = loadTraces('shtrih-m', 1).filter(
  trace => !OTHER_HOSTS.includes(trace.name) && trace.steps[0]?.bytes[0] === ENQ,
)
const bytesOf = (trace: Trace, from: 'host' | 'device') =>
  trace.steps.filter(step => step.from === from).flatMap(step => [...step.bytes])
const framesIn = (bytes: number[]) =>
  createFrameParser()
    .push(Uint8Array.from(bytes))
    .flatMap(event => (event.kind === 'frame' ? [event.payload] : []))

/** A device that plays its part of a trace: each piece as soon as the host has sent what comes before it. */
function playDevice(trace: Trace) {
  const [sent, steps] = [[] as number[], [...trace.steps]]
  let listener: TransportListener | null = null
  let awaited = 0
  const proceed = () => {
    for (let step = steps[0]; step; step = steps[0]) {
      if (step.from === 'host') {
        if (sent.length < awaited + step.bytes.length) return
        awaited += step.bytes.length
      } else listener?.bytes(step.bytes)
      steps.shift()
    }
  }
  const transport = {
    kind: 'tcp' as const,
    name: trace.name,
    baudRate: null,
    open: async (to: TransportListener) => {
      listener = to
    },
    write(bytes: Uint8Array) {
      sent.push(...bytes)
      queueMicrotask(proceed)
    },
    close: async () => {},
  }
  return { line: createLine(transport, systemClock), sent }
}

/** Our host, giving one command after another as the trace's host did. */
async function playHost(trace: Trace) {
  const { line, sent } = playDevice(trace)
  await line.open()
  const results: LinkResult[] = []
  const requests = trace.steps.flatMap(step => (step.from === 'host' ? framesIn([...step.bytes]) : []))
  for (const payload of requests) {
    const frame = encodeFrame(payload)
    const code = payload.subarray(0, payload[0] === 0xff ? 2 : 1)
    const link = createLink({
      frame,
      code,
      fetchPending: trace.name.includes('foreign'),
      answerMs: 500,
      interByteMs: 200,
    })
    const outcome = await runExchange(link, line, systemClock, systemClock.monotonic() + 1_000)
    if (outcome.kind === 'result') results.push(outcome.result)
  }
  return { sent, results }
}

describe('golden exchanges', () => {
  test('there are some', () => expect(traces.length).toBeGreaterThan(10))

  test.each(traces.map(trace => [trace.name, trace] as const))(
    '%s: our host sends byte for byte what the trace shows',
    async (_name, trace) => {
      const { sent, results } = await playHost(trace)
      const expected = bytesOf(trace, 'host')
      // A trace may end with an enquiry for a command that it does not show.
      expect(sent).toEqual(expected.slice(0, sent.length))
      expect(expected.slice(sent.length).every(byte => byte === ENQ)).toBe(true)
      expect(results.length).toBeGreaterThan(0)
      for (const result of results) expect(result.kind).toBe('answer')
    },
  )
})

const answerIn = (name: string) => {
  const trace = loadTraces('shtrih-m').find(one => one.name === name)
  if (!trace) throw new Error(`no trace ${name}`)
  const payload = framesIn(bytesOf(trace, 'device')).at(-1)
  if (!payload) throw new Error(`no answer in ${name}`)
  return payload
}

describe('answers of real registers mean what is known of them', () => {
  test('FF01', () => {
    expect(COMMANDS.fnStatus.decode(answerIn('v1-ff01-fn-status'))).toEqual({
      ok: true,
      value: { phase: 3, document: 0, shiftOpen: true, flags: 0, serial: '9287440301120991', lastDocument: 425 },
    })
  })

  test('FF03 and an empty FF39', () => {
    expect(COMMANDS.fnExpiry.decode(answerIn('v1-ff03-expiry'))).toEqual({
      ok: true,
      value: { validUntil: '2024-02-01', registrationsLeft: 29 },
    })
    expect(COMMANDS.ofdQueue.decode(answerIn('v1-ff39-empty-queue'))).toEqual({
      ok: true,
      value: { count: 0, firstDocument: 0, firstAt: null },
    })
  })

  test('FC and F7', () => {
    expect(COMMANDS.deviceType.decode(answerIn('v1-fc-device-type'))).toEqual({
      ok: true,
      value: { type: 0, model: 'РИТЕЙЛ-01Ф' },
    })
    expect(COMMANDS.modelParameters.decode(answerIn('v1-f7-model-parameters'))).toEqual({
      ok: true,
      value: { fnTable: 18, ofdTable: 19, networkTable: null, ffdTable: null, ffdField: null },
    })
  })

  test('10 with 16 and with 17 bytes', () => {
    expect(COMMANDS.shortStatus.decode(answerIn('v1-10-mini'))).toEqual({
      ok: true,
      value: { flags: 0x2b2, mode: 2, submode: 0, lastPrint: null },
    })
    expect(COMMANDS.shortStatus.decode(answerIn('v1-10-receipt-open'))).toMatchObject({
      ok: true,
      value: { mode: 8, lastPrint: 0 },
    })
  })

  test('a request is encoded as other clients of the protocol encode it', () => {
    const request = loadTraces('shtrih-m', 1).find(one => one.name === 'v1-1f-table-read')
    const options = { variant: 1, passwords: { administrator: 30 } }
    const { payload } = requestOf(COMMANDS.tableField, { table: 6, row: 4, field: 1 }, options)
    expect(bytesOf(request as Trace, 'host').join()).toContain(encodeFrame(payload).join())
  })
})
