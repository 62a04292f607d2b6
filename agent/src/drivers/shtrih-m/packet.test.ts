import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hex } from '../../codec/bytes.ts'
import { cut, cuts, noiseWithout } from '../kit/testing/stream.ts'
import { createPacketParser, EMPTY_PACKET, encodePacket, following, PACKET_STX, type PacketEvent } from './packet.ts'

const special = fc.constantFrom(0x8f, 0x9f, 0x81, 0x83)
const number = fc.oneof(fc.nat(65_535), fc.constantFrom(0, 65_535, 0x8f9f, 0x9f8f))
const data = fc.array(fc.oneof(fc.nat(255), special), { maxLength: 300 }).map(bytes => Uint8Array.from(bytes))
const noise = noiseWithout(PACKET_STX)

test('documented packets: the empty one and the device type', () => {
  expect(hex(EMPTY_PACKET)).toBe('8F 00 00 0F 1D')
  expect(hex(encodePacket(4, Uint8Array.of(0xfc)))).toBe('8F 03 00 04 00 FC 8D 0D')
  expect(createPacketParser().push(EMPTY_PACKET)).toEqual([{ kind: 'empty' }])
})

test('packets come back as they were given, whatever noise stands between them and however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, number, data), { maxLength: 4 }), cuts, (parts, lengths) => {
      const stream = Uint8Array.from(parts.flatMap(([before, n, bytes]) => [...before, ...encodePacket(n, bytes)]))
      const parser = createPacketParser()
      expect(cut(stream, lengths).flatMap(chunk => parser.push(chunk))).toEqual(
        parts.map(([, n, bytes]): PacketEvent => ({ kind: 'packet', number: n, data: bytes })),
      )
      expect(parser.inPacket).toBe(false)
    }),
  )
})

test('the first byte of a packet stands nowhere else in it', () => {
  fc.assert(
    fc.property(number, data, (n, bytes) => {
      expect(encodePacket(n, bytes).lastIndexOf(PACKET_STX)).toBe(0)
    }),
  )
})

test('any bytes in any chunks give the same events, and a whole packet behind them is found', () => {
  const bytes = fc.array(fc.oneof(fc.nat(255), special), { maxLength: 600 })
  fc.assert(
    fc.property(bytes, cuts, number, data, (random, lengths, n, body) => {
      const stream = Uint8Array.from([...random, ...encodePacket(n, body)])
      const whole = createPacketParser().push(stream)
      const parser = createPacketParser()
      expect(cut(stream, lengths).flatMap(chunk => parser.push(chunk))).toEqual(whole)
      expect(whole.at(-1)).toEqual({ kind: 'packet', number: n, data: body })
    }),
  )
})

test('a changed byte never gives another packet of the same length', () => {
  fc.assert(
    fc.property(number, data, fc.nat(), fc.integer({ min: 1, max: 255 }), (n, bytes, at, change) => {
      const packet = encodePacket(n, bytes)
      const index = 1 + (at % (packet.length - 1))
      packet[index] = (packet[index] ?? 0) ^ change
      const packets = createPacketParser()
        .push(packet)
        .filter(event => event.kind === 'packet')
      expect(packets.filter(event => event.data.length === bytes.length)).toEqual([])
    }),
  )
})

test.each<[string, number[]]>([
  ['a wrong checksum', [...EMPTY_PACKET.slice(0, -1), 0x1c]],
  ['a length of one', [PACKET_STX, 1, 0]],
  ['a length that no register has', [PACKET_STX, 0xff, 0xff]],
  ['an escape of nothing', [PACKET_STX, 3, 0, 0x9f, 0x00]],
  ['a new packet in the middle', [PACKET_STX, 3, 0, PACKET_STX]],
])('%s is damage', (_title, bytes) => {
  expect(createPacketParser().push(Uint8Array.from(bytes))).toEqual([{ kind: 'damaged' }])
})

test('numbers go round, and what does not fit a packet is a bug', () => {
  expect([following(1), following(65_535)]).toEqual([2, 0])
  expect(() => encodePacket(65_536, new Uint8Array())).toThrow(RangeError)
  expect(() => encodePacket(1, new Uint8Array(5_000))).toThrow(RangeError)
})
