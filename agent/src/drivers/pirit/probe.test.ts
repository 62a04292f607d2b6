import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PIRIT_PROBES } from './probe.ts'

const [probe] = PIRIT_PROBES
const steps = probe?.kind === 'line' ? probe.steps : []
const recognises = (step: number, answer: readonly number[]) => steps[step]?.recognises(Uint8Array.from(answer))
/** Fatal state 0, flags 4, document 0; and a refusal of the password. */
const STATUS = [0x02, 0x41, 0x30, 0x30, 0x30, 0x30, 0x30, 0x1c, 0x34, 0x1c, 0x30, 0x1c, 0x03, 0x36, 0x41]
const REFUSED = [0x02, 0x41, 0x30, 0x30, 0x30, 0x36, 0x03, 0x34, 0x34]

test('an enquiry is answered by one ACK', () => {
  expect([[0x06], [0x06, 0x06], [0x15]].map(answer => recognises(0, answer))).toEqual([true, false, false])
})

test('the status shows the register, and so does the refusal of its password', () => {
  expect(recognises(1, STATUS)).toBe(true)
  expect(recognises(1, REFUSED)).toBe(true)
  expect(recognises(1, STATUS.with(-1, 0x42))).toBe(false)
})

test('no bytes at all make it fail', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(255), { minLength: 1 }), bytes => void [recognises(0, bytes), recognises(1, bytes)]),
  )
})
