import type { LinkResult } from '@tillwatch/agent/drivers/kit/exchange'
import { requestOf } from '@tillwatch/agent/drivers/kit/read-only'
import { COMMANDS } from '@tillwatch/agent/drivers/shtrih-m/commands'
import { createPacketParser, EMPTY_PACKET, type PacketEvent } from '@tillwatch/agent/drivers/shtrih-m/packet'
import { createPacketLink, type Numbering } from '@tillwatch/agent/drivers/shtrih-m/packet-link'
import { ManualClock } from '@tillwatch/shared/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRegister } from '../simulators/register.ts'
import { loadTraces, type Trace } from '../traces/trace.ts'

/** Exchanges of hosts that behave otherwise than ours: they judge the simulated register alone. */
const OTHER_HOSTS = ['v2-link-same-number', 'v2-link-bad-crc-from-host']
const traces = loadTraces('shtrih-m', 2)

type Packet = Extract<PacketEvent, { kind: 'packet' }>
const packetsIn = (bytes: Uint8Array): Packet[] =>
  createPacketParser()
    .push(bytes)
    .filter(event => event.kind === 'packet')

const linkFor = (payload: Uint8Array, numbering: Numbering) =>
  createPacketLink({
    payload,
    code: payload.subarray(0, payload[0] === 0xff ? 2 : 1),
    numbering,
    answerMs: 10_000,
    interByteMs: 200,
  })

/** Our host, giving one command after another as the trace's host did; each of its writes is compared with the trace. */
function playHost(trace: Trace) {
  const steps = [...trace.steps]
  const asked = () => steps.flatMap(step => (step.from === 'host' ? packetsIn(step.bytes) : []))[0]
  const begins = steps[0]?.bytes.join() !== EMPTY_PACKET.join() ? asked()?.number : undefined
  const numbering: Numbering = { last: begins === undefined ? null : (begins + 65_535) % 65_536 }
  const results: LinkResult[] = []
  while (steps.length > 0) {
    const link = linkFor(asked()?.data ?? Uint8Array.of(0xfc), numbering)
    let step = link.start()
    for (;;) {
      if (step.write && steps.length > 0) expect(step.write).toEqual(steps.shift()?.bytes)
      if (step.done) results.push(step.result)
      if (step.done || steps.length === 0) break
      step = steps[0]?.from === 'device' ? link.receive(steps.shift()?.bytes ?? EMPTY_PACKET) : link.expire()
    }
  }
  return { numbering, results }
}

describe('golden exchanges in packets', () => {
  test.each(traces.filter(trace => !OTHER_HOSTS.includes(trace.name)).map(trace => [trace.name, trace] as const))(
    '%s: our host sends byte for byte what the trace shows, and goes on from its last number',
    (_name, trace) => {
      const { numbering, results } = playHost(trace)
      const last = trace.steps.flatMap(step => (step.from === 'device' ? packetsIn(step.bytes) : [])).at(-1)
      for (const result of results) expect(result.kind).toBe('answer')
      expect(numbering.last).toBe(last?.number)
    },
  )
})

const answerIn = (name: string) => {
  const trace = traces.find(one => one.name === name)
  const data = trace?.steps.flatMap(step => (step.from === 'device' ? packetsIn(step.bytes) : []))[0]?.data
  if (!data) throw new Error(`no answer in ${name}`)
  return data
}

describe('answers of real registers mean what is known of them', () => {
  test('a cash core tells the numbers of its tables', () => {
    expect(COMMANDS.modelParameters.decode(answerIn('v2-f7-model-parameters'))).toEqual({
      ok: true,
      value: { fnTable: 13, ofdTable: 14, networkTable: 16, ffdTable: 10, ffdField: 29 },
    })
    expect(COMMANDS.fieldStructure.decode(answerIn('v2-2e-cash-core'))).toEqual({
      ok: true,
      value: { name: '*ФН: НОМЕР ФН, 1041', text: true, size: 16 },
    })
  })

  test('FC, FF01 and the port of the OFD', () => {
    expect(COMMANDS.deviceType.decode(answerIn('v2-fc-device-type'))).toMatchObject({
      value: { model: 'ШТРИХ-СМАРТПОС-Ф' },
    })
    expect(COMMANDS.fnStatus.decode(answerIn('v2-ff01-fn-status'))).toMatchObject({
      value: { phase: 3, shiftOpen: true, serial: '9999078900007877', lastDocument: 391 },
    })
    expect(COMMANDS.tableField.decode(answerIn('v2-1f-ofd-port'))).toEqual({
      ok: true,
      value: Uint8Array.of(0x61, 0x1e),
    })
  })

  test('10 while it prints, and 11 with 50 bytes', () => {
    expect(COMMANDS.shortStatus.decode(answerIn('v2-10-printing'))).toMatchObject({
      value: { mode: 8, submode: 5, lastPrint: 5 },
    })
    expect(COMMANDS.fullStatus.decode(answerIn('v2-11-fifty-bytes'))).toEqual({
      ok: true,
      value: { firmware: 'C.2.34404', clockAt: '2019-06-19T15:55:31', serialTail: '300008', inn: '7734384850' },
    })
  })
})

test('whatever is lost or damaged on the line, no command is executed twice and no answer is taken for another', () => {
  const every = fc.constantFrom(0, 2, 3, 4, 5)
  const fault = fc.record({ bad_checksum_every: every, cut_every: every, silence_every: every, seed: fc.nat() })
  const options = { variant: 2, passwords: {} }
  const payloads = [COMMANDS.deviceType, COMMANDS.shortStatus, COMMANDS.fnStatus, COMMANDS.ofdQueue].map(
    command => requestOf(command, undefined, options).payload,
  )
  fc.assert(
    fc.property(
      fault,
      fc.nat(65_535),
      fc.array(fc.constantFrom(...payloads), { maxLength: 30 }),
      (faults, last, asked) => {
        const state = { faults, quirks: { last_packet_number: last } }
        const register = createRegister({ protocol: 'shtrih-m', variant: 2, state, clock: new ManualClock() })
        const heard: Uint8Array[] = []
        const line = register.openLine(bytes => heard.push(bytes))
        const numbering: Numbering = { last: null }
        for (const payload of asked) {
          const before = register.log.length
          const link = linkFor(payload, numbering)
          for (let step = link.start(); ; ) {
            if (step.write) line.receive(step.write)
            if (step.done) {
              if (step.result.kind === 'answer') expect(step.result.payload[0]).toBe(payload[0])
              break
            }
            const bytes = heard.shift()
            step = bytes ? link.receive(bytes) : link.expire()
          }
          expect(register.log.length - before).toBeLessThanOrEqual(1)
        }
      },
    ),
  )
})
