import type { ProblemSignature } from '@tillwatch/shared/api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fits, type IncidentFace, precision, signatureKey, signatureOf } from './signature.ts'

const text = fc.constantFrom('АТОЛ 30Ф', 'РИТЕЙЛ-01Ф', 'Frontol', '5.8.17', '6.1')
const maybe = fc.option(text, { nil: null })
const face: fc.Arbitrary<IncidentFace> = fc.record({
  causeClass: fc.constantFrom('ofd', 'register_error', 'link'),
  checks: fc.subarray(['ofd.queue_age', 'register.error', 'register.link']),
  model: maybe,
  firmware: maybe,
  driver: maybe,
  posApp: maybe,
  posVersion: maybe,
  errorCodes: fc.subarray(['fn_link', 'C7']),
  ofd: fc.option(fc.constantFrom('ОФД 1', 'ОФД 2'), { nil: null }),
})
const anything: ProblemSignature = {
  ...{ causeClass: null, checks: [], model: null, firmware: null, driver: null },
  ...{ posApp: null, posVersion: null, errorCode: null, ofd: null },
}

test('R96: every incident fits the signature that is made of it, and another fits it only when it tells the same', () => {
  fc.assert(
    fc.property(face, face, (one, other) => {
      expect(fits(signatureOf(one), one)).toBe(true)
      if (signatureKey(one) === signatureKey(other)) expect(fits(signatureOf(one), other)).toBe(true)
    }),
  )
})

test('R96: the more a signature says, the fewer incidents fit it', () => {
  fc.assert(
    fc.property(face, face, (one, seen) => {
      const whole = signatureOf(one)
      for (const part of Object.keys(whole) as (keyof ProblemSignature)[]) {
        const wider = { ...whole, [part]: anything[part] }
        if (fits(whole, seen)) expect(fits(wider, seen)).toBe(true)
        expect(precision(wider)).toBeLessThanOrEqual(precision(whole))
      }
      expect(fits(anything, seen)).toBe(true)
    }),
  )
})

test('R96: a range of firmware takes what lies in it, whatever the case of the model', () => {
  const seen: IncidentFace = {
    ...{
      causeClass: 'register_error',
      checks: ['register.error'],
      model: 'АТОЛ 30Ф',
      firmware: '5.8.17',
      driver: null,
    },
    ...{ posApp: null, posVersion: null, errorCodes: ['fn_link', 'C7'], ofd: null },
  }
  const signature = { ...anything, model: 'атол 30ф', firmware: { from: '5.8', to: '5.8.20' }, errorCode: 'c7' }
  expect(fits(signature, seen)).toBe(true)
  expect(fits(signature, { ...seen, firmware: '5.9' })).toBe(false)
  expect(fits(signature, { ...seen, firmware: null })).toBe(false)
  expect(fits({ ...signature, driver: { from: null, to: '10' } }, seen)).toBe(false)
})

test('domain 18.49: the name of the OFD belongs to the signature in class ofd and in no other', () => {
  const seen: IncidentFace = {
    ...{ causeClass: 'ofd', checks: ['ofd.queue_age'], model: 'M', firmware: null, driver: null },
    ...{ posApp: null, posVersion: null, errorCodes: [], ofd: 'ОФД 1' },
  }
  expect(signatureKey(seen)).not.toBe(signatureKey({ ...seen, ofd: 'ОФД 2' }))
  const link = { ...seen, causeClass: 'link' }
  expect(signatureKey(link)).toBe(signatureKey({ ...link, ofd: 'ОФД 2' }))
})
