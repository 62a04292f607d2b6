import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hex } from '../../codec/bytes.ts'
import { noiseWithout } from '../kit/testing/stream.ts'
import { createFrameParser, DLE, ETX, encodeFrame, STX } from './frames.ts'

const data = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(fc.constantFrom(STX, ETX, DLE, 0), { maxLength: 60 }).map(values => Uint8Array.from(values)),
)
const noise = noiseWithout(STX)
function framesIn(stream: Iterable<number>) {
  const parser = createFrameParser()
  return { frames: [...stream].flatMap(byte => parser.push(byte) ?? []), parser }
}
/** A frame as firmware sends it that forgets DLE before an ETX. */
const forgetful = (bytes: readonly number[]) => {
  const body = [...bytes.flatMap(byte => (byte === DLE ? [DLE, byte] : [byte])), ETX]
  return [STX, ...body, body.reduce((sum, byte) => sum ^ byte, 0)]
}

test.each([
  [[0x1f, 0x00, 0xff, 0x10, 0x02, 0x03, 0x1a], '02 1F 00 FF 10 10 02 10 03 1A 03 E8'],
  [[0x00, 0x00, 0x3f], '02 00 00 3F 03 3C'],
  [[0x00, 0x00, 0xa4, 0x20], '02 00 00 A4 20 03 87'],
  [[0x00, 0x00, 0xa4, 0x10], '02 00 00 A4 10 10 03 A7'],
])('%j as a frame', (plain, bytes) => {
  expect(hex(encodeFrame(plain))).toBe(bytes)
  expect(framesIn(encodeFrame(plain)).frames).toEqual([Uint8Array.from(plain)])
})

test('frames are found whole and in order, with noise between them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, data), { maxLength: 4 }), parts => {
      const { frames, parser } = framesIn(parts.flatMap(([before, body]) => [...before, ...encodeFrame(body)]))
      expect(frames).toEqual(parts.map(([, body]) => body))
      expect(parser.inFrame).toBe(false)
    }),
  )
})

test('an ETX among the data without its DLE is data, because the checksum does not follow it', () => {
  const plain = [0x55, 0x00, 0x1b, 0x03, 0x0e, 0x03, 0x1b]
  expect(framesIn(forgetful(plain)).frames).toEqual([Uint8Array.from(plain)])
})

test('a checksum of 03 and a checksum of 10 are read as they are', () => {
  for (const last of [0x00, 0x13]) {
    const frame = encodeFrame([last])
    expect([0x03, 0x10]).toContain(frame.at(-1))
    expect(framesIn(frame).frames).toEqual([Uint8Array.of(last)])
  }
})

test('a damaged frame stays unfinished, and an endless one is not kept', () => {
  const frame = encodeFrame([1, 2, 4])
  frame[1] = 0x77
  const { frames, parser } = framesIn(frame)
  expect(frames).toEqual([])
  expect(parser.inFrame).toBe(true)
  for (const byte of new Uint8Array(1_000)) parser.push(byte)
  expect(parser.inFrame).toBe(false)
})
