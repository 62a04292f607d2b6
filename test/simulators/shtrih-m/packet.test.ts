import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hex } from './bytes.ts'
import { crc16, createPacketReader, EMPTY_PACKET, PACKET_STX, type Packet, packetOf } from './packet.ts'

const read = (bytes: Iterable<number>): Packet[] => {
  const reader = createPacketReader()
  return Array.from(bytes).flatMap(byte => reader.byte(byte) ?? [])
}
const number = fc.nat(65_535)
const data = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0x8f, 0x9f, 0x81, 0x83)), { maxLength: 300 })

test('documented checksums', () => {
  expect(crc16([0, 0])).toBe(0x1d0f)
  expect(crc16([0x03, 0x00, 0x06, 0x00, 0xfc])).toBe(0x63ed)
  expect(hex(EMPTY_PACKET)).toBe('8F00000F1D')
})

test('a packet is read as it was written, and its first byte stands nowhere else in it', () => {
  fc.assert(
    fc.property(number, data, (n, bytes) => {
      const packet = packetOf(n, bytes)
      expect(packet.lastIndexOf(PACKET_STX)).toBe(0)
      expect(read(packet)).toEqual([{ number: n, data: Uint8Array.from(bytes) }])
    }),
  )
})

test('a whole packet is found after whatever came before it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), number, data, (noise, n, bytes) => {
      expect(read([...noise, ...packetOf(n, bytes)]).at(-1)).toEqual({ number: n, data: Uint8Array.from(bytes) })
    }),
  )
})

test.each<[string, number[]]>([
  ['a wrong checksum', [...packetOf(7, [0xfc], 1)]],
  ['a length of one', [PACKET_STX, 1, 0, 7, 0x1f, 0xf1]],
  ['an escape of nothing', [PACKET_STX, 3, 0, 0x9f, 0x00]],
])('%s is dropped, and the next packet is taken', (_, damaged) => {
  expect(read([...damaged, ...EMPTY_PACKET])).toEqual([{ number: null, data: new Uint8Array() }])
})
