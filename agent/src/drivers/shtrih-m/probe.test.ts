import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACK, encodeFrame, FILLER, NAK } from './framing.ts'
import { encodePacket } from './packet.ts'
import { SHTRIH_M_PROBES } from './probe.ts'

/** Whether an answer to the only step of a variant is taken for such a register's. */
function recognises(variant: number, answer: number[] | Uint8Array): boolean | undefined {
  const probe = SHTRIH_M_PROBES.find(one => one.variant === variant)
  return probe?.kind === 'line' ? probe.steps[0]?.recognises(Uint8Array.from(answer)) : undefined
}
const waiting = encodeFrame(Uint8Array.of(0xfc, 0, 0))

test.each<[string, number[], boolean]>([
  ['ready for a command', [NAK], true],
  ['ready, with the byte that some send over TCP', [FILLER, NAK], true],
  ['an answer to another program that waits', [ACK, ...waiting], true],
  ['ACK alone, as Pirit and ATOL answer', [ACK], false],
  ['ACK and half an answer', [ACK, ...waiting.slice(0, 3)], false],
  ['more than one reaction', [NAK, NAK], false],
])('protocol 1: %s', (_title, answer, isRegister) => expect(recognises(1, answer)).toBe(isRegister))

test('protocol 2: any whole packet, and nothing else', () => {
  expect(recognises(2, encodePacket(1, new Uint8Array()))).toBe(true)
  expect(recognises(2, [...encodePacket(7, Uint8Array.of(0xfc, 0))].slice(0, -1))).toBe(false)
})

test('no bytes at all make it fail', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), bytes => void [recognises(1, bytes), recognises(2, bytes)]))
})
