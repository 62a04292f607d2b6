import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACK, ENQ, encodeFrame } from './frames.ts'
import { encodePacket, ID_MAX, UNASKED } from './packets.ts'
import { ATOL_PROBES } from './probe.ts'

const stepsOf = (variant: number) => {
  const probe = ATOL_PROBES.find(one => one.variant === variant)
  return probe?.kind === 'line' ? probe.steps : []
}
const recognises = (variant: number, step: number, answer: readonly number[]) =>
  stepsOf(variant)[step]?.recognises(Uint8Array.from(answer))

test('transport 3: an answer under our number, also behind one that nobody asked for; not another program’s', () => {
  const answer = [...encodePacket(ID_MAX, [0xb3])]
  expect(recognises(3, 0, answer)).toBe(true)
  expect(recognises(3, 0, [...encodePacket(UNASKED, [0xa6, 1, 0x55, 0]), ...answer])).toBe(true)
  expect(recognises(3, 0, [...encodePacket(5, [0xb3])])).toBe(false)
})

test('transport 2: each step of the exchange by its own answer', () => {
  expect(stepsOf(2).map((_, step) => recognises(2, step, [ACK]))).toEqual([true, true, false, false])
  expect(recognises(2, 2, [ENQ, ENQ])).toBe(true)
  expect(recognises(2, 3, [...encodeFrame([0, 1, 1, 62])])).toBe(true)
})

test('no bytes at all make it fail', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(255), { minLength: 1 }), bytes => {
      for (const variant of [2, 3]) for (const step of stepsOf(variant).keys()) recognises(variant, step, bytes)
    }),
  )
})
