import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hex } from '../../codec/bytes.ts'
import { cut, cuts, noiseWithout } from '../kit/testing/stream.ts'
import { crc8, createPacketParser, encodePacket, type PacketEvent, STX } from './packets.ts'

const id = fc.integer({ min: 0, max: 0xdf })
const payload = fc.uint8Array({ maxLength: 300 })
const noise = noiseWithout(STX)
const eventsOf = (stream: Iterable<number>): PacketEvent[] => createPacketParser().push(Uint8Array.from(stream))

test('the check value of the checksum', () => {
  expect(crc8(new TextEncoder().encode('123456789'))).toBe(0xf7)
})

test.each([
  [1, [0xc1, 0x01, 0x02, 0x00, 0x00, 0xa5], 'FE 06 00 01 C1 01 02 00 00 A5 99'],
  [2, [0xc1, 0x01, 0x02, 0x00, 0x00, 0xa5], 'FE 06 00 02 C1 01 02 00 00 A5 93'],
  [1, [], 'FE 00 00 01 9D'],
  [0xf0, [0xa6, 0x57, 0x55, 0x00, 0x00], 'FE 05 00 F0 A6 57 55 00 00 FD EE'],
])('packet %i with its checksum and masking', (packetId, plain, bytes) => {
  expect(hex(encodePacket(packetId, plain))).toBe(bytes)
  expect(eventsOf(encodePacket(packetId, plain))).toEqual([
    { kind: 'packet', id: packetId, payload: Uint8Array.from(plain) },
  ])
})

test('packets are found whole, in order, whatever noise stands between them and however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, id, payload), { maxLength: 4 }), cuts, (parts, lengths) => {
      const stream = Uint8Array.from(parts.flatMap(([before, one, body]) => [...before, ...encodePacket(one, body)]))
      const parser = createPacketParser()
      const events = cut(stream, lengths).flatMap(chunk => parser.push(chunk))
      expect(events).toEqual(parts.map(([, one, body]) => ({ kind: 'packet', id: one, payload: body })))
      expect(parser.inPacket).toBe(false)
    }),
  )
})

test('any bytes in any chunks give the same events', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc
      .array(fc.constantFrom(STX, 0xfd, 0xee, 0xed, 0, 1, 2), { maxLength: 600 })
      .map(values => Uint8Array.from(values)),
  )
  fc.assert(
    fc.property(bytes, cuts, (stream, lengths) => {
      const parser = createPacketParser()
      expect(cut(stream, lengths).flatMap(chunk => parser.push(chunk))).toEqual(eventsOf(stream))
    }),
  )
})

test('whatever came, the next packet is found: an STX begins one wherever it stands', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), id, payload, (random, one, body) => {
      const events = eventsOf([...random, ...encodePacket(one, body)])
      expect(events.at(-1)).toEqual({ kind: 'packet', id: one, payload: body })
    }),
  )
})

test('a changed byte behind the length is always noticed', () => {
  const unmasked = fc.uint8Array({ maxLength: 300, max: 0xfc })
  fc.assert(
    fc.property(id, unmasked, fc.nat(), fc.integer({ min: 0, max: 0xfc }), (one, body, at, value) => {
      const packet = encodePacket(one, body)
      const index = 3 + (at % (packet.length - 3))
      fc.pre(packet[index] !== value && packet[index] !== 0xfd && packet[index - 1] !== 0xfd)
      packet[index] = value
      expect(eventsOf(packet)).toMatchObject([{ kind: 'damaged' }])
    }),
  )
})

test('a packet that is cut by the next one counts as damaged, under its id', () => {
  const whole = encodePacket(5, [1, 2, 3])
  expect(eventsOf([...whole.subarray(0, 6), ...whole])).toEqual([
    { kind: 'damaged', id: 5 },
    { kind: 'packet', id: 5, payload: Uint8Array.of(1, 2, 3) },
  ])
  expect(eventsOf([STX, 1, 0, 7, 0xfd, 0x01])).toEqual([{ kind: 'damaged', id: 7 }])
})

test('a length that no answer has is noise, so that an endless packet is not waited for', () => {
  const parser = createPacketParser()
  parser.push(Uint8Array.of(STX, 0x7f, 0x7f, 1, 2, 3))
  expect(parser.inPacket).toBe(false)
  expect(() => encodePacket(1, new Uint8Array(513))).toThrow(RangeError)
})
