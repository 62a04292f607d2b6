import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader, ByteWriter, hex } from './bytes.ts'
import { crc16Ccitt, xorChecksum } from './checksums.ts'
import { decodeCp866, decodeCp1251 } from './codepage.ts'

test('what the writer writes the reader reads', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xff }),
      fc.integer({ min: 0, max: 0xffff }),
      fc.nat(),
      (small, middle, big) => {
        const reader = new ByteReader(new ByteWriter().u8(small).u16(middle).u32(big).bytes([1, 2]).done())
        expect([reader.u8(), reader.u16(), reader.u32(), [...reader.rest()], reader.remaining]).toEqual([
          small,
          middle,
          big,
          [1, 2],
          0,
        ])
      },
    ),
  )
})

test('reading past the end is a protocol error and a number too large for its field a bug', () => {
  expect(() => new ByteReader(Uint8Array.of(1)).u16()).toThrow(expect.objectContaining({ code: 'protocol.short' }))
  expect(() => new ByteReader(Uint8Array.of(1)).take(-1)).toThrow(expect.objectContaining({ code: 'protocol.short' }))
  expect(() => new ByteWriter().u8(256)).toThrow(RangeError)
  expect(() => new ByteWriter().u16(-1)).toThrow(RangeError)
})

test('six bytes hold a taxpayer number exactly', () => {
  expect(new ByteReader(Uint8Array.of(0xd2, 0x58, 0x01, 0xcd, 0x01, 0x00)).u48()).toBe(7_734_384_850)
})

test('the checksum of the documented request is its last byte', () => {
  expect(xorChecksum(Uint8Array.of(0x05, 0x10, 0x1e, 0, 0, 0))).toBe(0x0b)
})

test('text of a field is Windows-1251 up to the first zero byte', () => {
  expect(decodeCp1251(Uint8Array.of(0xd8, 0xd2, 0xd0, 0xc8, 0xd5, 0x20, 0, 0xff))).toBe('ШТРИХ')
  expect(decodeCp1251(Uint8Array.of())).toBe('')
  // What a device names itself is printed on terminals: nothing in it may steer them.
  expect(decodeCp1251(Uint8Array.of(0x41, 0x1b, 0x5b, 0x0a))).toBe('A [')
})

test('text in code page 866', () => {
  expect(decodeCp866(Uint8Array.of(0x8e, 0x94, 0x84, 0x20, 0xf0, 0xef, 0x1c))).toBe('ОФД Ёя')
})

test('bytes are shown as people write them', () => {
  expect(hex(Uint8Array.of(2, 0xfc))).toBe('02 FC')
})

test('the documented check values of the packets’ checksum', () => {
  expect(crc16Ccitt(Uint8Array.of(0, 0))).toBe(0x1d0f)
  expect(crc16Ccitt(Uint8Array.of(0x03, 0x00, 0x06, 0x00, 0xfc))).toBe(0x63ed)
})
