import fc from 'fast-check'
import { expect, test } from 'vitest'
import { xorChecksum } from '../../codec/checksums.ts'
import { MITSU_PROBES } from './probe.ts'

const steps = MITSU_PROBES.flatMap(probe => (probe.kind === 'line' ? probe.steps : []))
const [cable, network] = steps
const ascii = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0))
const overCable = (text: string) => {
  const data = Uint8Array.of(...ascii(text), 0x03)
  return Uint8Array.of(...data, xorChecksum(data))
}

test('an answer over a cable with its checksum, and a bare one over the network', () => {
  expect(cable?.recognises(overCable("<OK VER='1.1' SERIAL='0123'/>"))).toBe(true)
  expect(cable?.recognises(overCable("<ERROR No='1'/>"))).toBe(true)
  expect(cable?.recognises(overCable("<OK VER='1.1'/>").with(-1, 0x55))).toBe(false)
  expect(network?.recognises(ascii("<OK VER='1.1'/>"))).toBe(true)
  expect(network?.recognises(ascii('<html><body/></html>'))).toBe(false)
})

test('the question over a cable is not a whole frame of the Shtrih-M protocol, whose first byte it shares', () => {
  const [, length = 0, ...rest] = cable?.say ?? []
  expect(xorChecksum(Uint8Array.of(length, ...rest.slice(0, length)))).not.toBe(rest[length])
})

test('no bytes at all make it fail', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), bytes => steps.forEach(step => void step.recognises(bytes))))
})
