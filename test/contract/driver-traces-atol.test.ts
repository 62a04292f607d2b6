import { COMMANDS, type Reply } from '@tillwatch/agent/drivers/atol/commands'
import { createFrameParser, encodeFrame } from '@tillwatch/agent/drivers/atol/frames'
import { createHandshake } from '@tillwatch/agent/drivers/atol/handshake'
import { createPacketParser, encodePacket } from '@tillwatch/agent/drivers/atol/packets'
import { createTaskBook } from '@tillwatch/agent/drivers/atol/task-book'
import { createTaskLink } from '@tillwatch/agent/drivers/atol/task-link'
import type { Link, LinkResult } from '@tillwatch/agent/drivers/kit/exchange'
import { type ReadCommand, requestOf } from '@tillwatch/agent/drivers/kit/read-only'
import { describe, expect, test } from 'vitest'
import { loadTraces, type Trace } from '../traces/trace.ts'

/** Exchanges of hosts that behave otherwise than ours: they judge the simulated register and our framing alone. */
const OTHER_HOSTS = [
  'v3-ack-and-add',
  'v3-ack-unknown-task',
  'v3-damaged-from-host',
  'v3-exists',
  'v3-illegal-value',
  'v3-noise-before-packet',
  'v3-request-unknown-task',
  'v3-stopped',
  'v2-damaged-from-host',
]
const ADD = 0xc1
const REQUEST = 0xc3

const hostBytes = (trace: Trace) => trace.steps.flatMap(step => (step.from === 'host' ? [...step.bytes] : []))
const packetsIn = (bytes: Iterable<number>) =>
  createPacketParser()
    .push(Uint8Array.from(bytes))
    .flatMap(event => (event.kind === 'packet' ? [event] : []))

/** Plays the device's side of a trace to our hosts, one for each exchange; when the trace waits for the host, time passes. */
function playHost(trace: Trace, next: (hostBytesLeft: number[]) => Link<Reply>) {
  const sent: number[] = []
  const steps = [...trace.steps]
  const results: LinkResult<Reply>[] = []
  let seen = 0
  const skipSaid = () => {
    while (steps[0]?.from === 'host' && sent.length >= seen + steps[0].bytes.length)
      seen += steps.shift()?.bytes.length ?? 0
  }
  while (steps.length > 0) {
    const link = next(hostBytes(trace).slice(sent.length))
    for (let step = link.start(); ; ) {
      sent.push(...(step.write ?? []))
      skipSaid()
      if (step.done) {
        results.push(step.result)
        break
      }
      step = steps[0]?.from === 'device' ? link.receive(steps.shift()?.bytes ?? new Uint8Array()) : link.expire()
    }
  }
  return { sent, results }
}

function tasksOf(trace: Trace) {
  const [first] = packetsIn(hostBytes(trace))
  const isClaiming = first?.payload[0] === REQUEST
  const taskId = first?.payload[isClaiming ? 1 : 2] ?? 0
  const book = createTaskBook({ packetId: first?.id ?? 0, taskId })
  if (!isClaiming) book.settle(taskId)
  return (hostBytesLeft: number[]) => {
    const task = packetsIn(hostBytesLeft).find(packet => packet.payload[0] === ADD)
    return createTaskLink({ request: task?.payload.slice(3) ?? new Uint8Array(), book, interByteMs: 200 })
  }
}

function handshakes(hostBytesLeft: number[]) {
  const parser = createFrameParser()
  const [request = new Uint8Array()] = hostBytesLeft.flatMap(byte => parser.push(byte) ?? [])
  return createHandshake({ request, fetchPending: false, answerMs: 10_000, interByteMs: 200 })
}

const titled = (variant: number) =>
  loadTraces('atol', variant)
    .filter(trace => !OTHER_HOSTS.includes(trace.name))
    .map(trace => [trace.name, trace] as const)

describe('golden exchanges', () => {
  test.each([...titled(3), ...titled(2)])('%s: our host sends byte for byte what the trace shows', (_name, trace) => {
    const { sent, results } = playHost(trace, trace.variant === 3 ? tasksOf(trace) : handshakes)
    expect(sent).toEqual(hostBytes(trace))
    for (const result of results) expect(result.kind).toBe(trace.name === 'v3-overflow' ? 'at_work' : 'answer')
  })

  test.each(loadTraces('atol', 3).map(trace => [trace.name, trace] as const))(
    '%s: every packet of either side is encoded again as it stands there',
    (_name, trace) => {
      for (const { bytes } of trace.steps)
        for (const { id, payload } of packetsIn(bytes))
          expect(Buffer.from(bytes).includes(Buffer.from(encodePacket(id, payload)))).toBe(true)
    },
  )
})

/** The answer of a trace's last question, as its command reads it. */
function answerIn(name: string, command: unknown) {
  const trace = loadTraces('atol').find(one => one.name === name)
  if (!trace) throw new Error(`no trace ${name}`)
  const { results } = playHost(trace, trace.variant === 3 ? tasksOf(trace) : handshakes)
  const result = results.at(-1)
  if (result?.kind !== 'answer') throw new Error(`no answer in ${name}`)
  return (command as ReadCommand<void, unknown, Uint8Array, Reply>).decode(result.payload)
}

describe('what the answers mean', () => {
  test.each([
    ['v3-a4-30-masked', COMMANDS.fnStatus, { serial: '9960440300112233', lastDocument: 65_022, phase: 3, flags: 0x0a }],
    ['v2-a4-30-fn-status', COMMANDS.fnStatus, { lastDocument: 1054, document: 0 }],
    ['v3-a4-10-shift', COMMANDS.shift, { open: true, number: 259, receipts: 1000 }],
    ['v2-a4-10-shift', COMMANDS.shift, { open: true, number: 784, receipts: 3 }],
    ['v3-a4-20-empty-queue', COMMANDS.ofdQueue, { count: 0, firstDocument: 0, firstAt: null }],
    ['v2-a4-20-queue', COMMANDS.ofdQueue, { count: 12, firstDocument: 1043, firstAt: '2026-11-19T18:05' }],
    ['v3-a4-32-expiry', COMMANDS.fnExpiry, { validUntil: '2028-02-14', registrationsLeft: 29 }],
    ['v2-forgotten-dle', COMMANDS.fnExpiry, { validUntil: '2027-03-14', registrationsLeft: 3 }],
    ['v3-a4-33-fn-firmware', COMMANDS.fnVersion, { version: 'fn_v_1_2', debug: false }],
    ['v3-a5-device-type', COMMANDS.deviceType, { name: 'АТОЛ 55Ф', firmware: '3.0.1245', modelId: 62 }],
    ['v2-a5-device-type', COMMANDS.deviceType, { name: 'АТОЛ 55Ф', firmware: '3.0.1245', modelId: 62 }],
    ['v3-3f-receipt-open', COMMANDS.fullStatus, { mode: 1, receipt: 1, serial: '00301234' }],
    [
      'v2-3f-full-status',
      COMMANDS.fullStatus,
      { mode: 0, receipt: 0, clockAt: '2026-11-22T12:30:05', shiftOpen: true },
    ],
    ['v3-45-state-code', COMMANDS.stateCode, { printer: 0x88 }],
    ['v3-result-pushed', COMMANDS.stateCode, { printer: 0 }],
    ['v2-45-state-code', COMMANDS.stateCode, { printer: 1 }],
  ])('%s', (name, command, value) => {
    expect(answerIn(name, command)).toMatchObject({ ok: true, value })
  })

  test.each([
    ['v3-error', COMMANDS.fnStatus, 'F6'],
    ['v3-error-pushed', COMMANDS.fnExpiry, 'DA'],
    ['v3-wrong-password', COMMANDS.fullStatus, '8C'],
    ['v2-error', COMMANDS.fnExpiry, 'DA'],
    ['v2-error-of-device-type', COMMANDS.deviceType, '66'],
    ['v2-wrong-password', COMMANDS.fullStatus, '8C'],
  ])('%s', (name, command, code) => {
    expect(answerIn(name, command)).toMatchObject({ ok: false, error: { code } })
  })
})

test('a request is encoded as other hosts of the protocol encode it', () => {
  const request = requestOf(COMMANDS.deviceType as ReadCommand<void, unknown, Uint8Array>, undefined, {
    variant: 3,
    passwords: {},
  })
  const sentIn = (name: string) => {
    const trace = loadTraces('atol').find(one => one.name === name)
    return trace?.steps.filter(step => step.from === 'host').map(step => [...step.bytes])
  }
  expect(sentIn('v3-a5-device-type')).toContainEqual([...encodePacket(1, [ADD, 1, 2, ...request])])
  expect(sentIn('v2-a5-device-type')).toContainEqual([...encodeFrame(request)])
})
