import { expect, test } from 'vitest'
import { isSameSerial } from './serial.ts'

test.each([
  ['0000000000301234', '301234', true],
  ['00106900123456', '123456', true],
  ['00106900001234', '001234', true],
  ['301234', '301234', true],
  ['301234', '301235', false],
  ['00106900123456', '56', false],
  ['00106900123456', '00106911123456', false],
])('%s and %s may be of one register: %s', (one, other, same) => {
  expect([isSameSerial(one, other), isSameSerial(other, one)]).toEqual([same, same])
})
