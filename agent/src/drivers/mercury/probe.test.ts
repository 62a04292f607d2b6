import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MERCURY_PROBES } from './probe.ts'

const INFO = JSON.stringify({ result: 0, driverVer: '1.9', protocolVer: '3.12', driverBaseVer: '2.0' })
const [web, line] = MERCURY_PROBES
const overHttp = (body: string) => web?.kind === 'web' && web.recognises({ status: 200, body })
const overTcp = (text: string) => {
  const bytes = new TextEncoder().encode(text)
  return line?.kind === 'line' && line.steps[0]?.recognises(Uint8Array.of(0, 0, 0, bytes.length & 0xff, ...bytes))
}

test('the service by the version that it always tells, in any case, in a list, with zero bytes behind it', () => {
  for (const text of [INFO, `[${INFO}]`, INFO.replace('driverBaseVer', 'DriverBaseVer')]) {
    expect([overHttp(text), overTcp(text)]).toEqual([true, true])
  }
  expect(overTcp(`${INFO}\0\0`)).toBe(true)
})

test('something else is not', () => {
  for (const text of ['{}', '[]', 'null', '"driverBaseVer"', '<html></html>']) {
    expect([overHttp(text), overTcp(text)]).toEqual([false, false])
  }
})

test('no text at all makes it fail', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => void [overHttp(text), overTcp(text)]))
})
