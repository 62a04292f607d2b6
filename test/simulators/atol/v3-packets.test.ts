import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hex } from './bytes.ts'
import { crc8, createPacketParser, type PacketEvent, packetOf, STX } from './v3-packets.ts'

function events(bytes: Iterable<number>): PacketEvent[] {
  const parser = createPacketParser()
  return [...bytes].flatMap(byte => parser.byte(byte) ?? [])
}

test('the checksum’s check value', () => {
  expect(crc8(Buffer.from('123456789'))).toBe(0xf7)
})

test('what is encoded is read, whatever the payload, with noise before it', () => {
  const noise = fc.array(
    fc.nat(255).filter(byte => byte !== STX),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(noise, fc.nat(0xdf), fc.array(fc.nat(255), { maxLength: 200 }), (before, id, payload) => {
      expect(events([...before, ...packetOf(id, payload)])).toEqual([
        { kind: 'packet', id, payload: Uint8Array.from(payload) },
      ])
    }),
  )
})

test('a length over 127 goes into its second part', () => {
  expect(hex(packetOf(1, Array(200).fill(0)).subarray(0, 4))).toBe('FE480101')
})

test('a damaged packet names its id; a cut one and a wrong escape are forgotten', () => {
  expect(events(packetOf(9, [1, 2], 0xff))).toEqual([{ kind: 'damaged', id: 9 }])
  expect(events([STX, 4, 0, 1, 0xc1, ...packetOf(2, [])])).toMatchObject([{ kind: 'packet', id: 2 }])
  expect(events([STX, 1, 0, 1, 0xfd, 0x00, ...packetOf(2, [])])).toMatchObject([{ kind: 'packet', id: 2 }])
})

test('no bytes whatever hide the next packet', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), noise => {
      expect(events([...noise, ...packetOf(3, [7])]).at(-1)).toEqual({
        kind: 'packet',
        id: 3,
        payload: Uint8Array.of(7),
      })
    }),
  )
})
