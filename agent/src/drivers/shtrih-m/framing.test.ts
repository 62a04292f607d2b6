import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut, cuts, noiseWithout } from '../kit/testing/stream.ts'
import { createFrameParser, encodeFrame, type FrameEvent, STX } from './framing.ts'

const payload = fc.uint8Array({ minLength: 1, maxLength: 255 })
const noise = noiseWithout(STX)
const framesOf = (events: FrameEvent[]) => events.flatMap(event => (event.kind === 'frame' ? [[...event.payload]] : []))

test('the documented request of the device type', () => {
  expect([...encodeFrame(Uint8Array.of(0xfc))]).toEqual([0x02, 0x01, 0xfc, 0xfd])
})

test('frames are found whole, in order, whatever noise stands between them and however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, payload), { maxLength: 4 }), cuts, (parts, lengths) => {
      const stream = Uint8Array.from(parts.flatMap(([before, body]) => [...before, ...encodeFrame(body)]))
      const parser = createFrameParser()
      const events = cut(stream, lengths).flatMap(chunk => parser.push(chunk))
      expect(framesOf(events)).toEqual(parts.map(([, body]) => [...body]))
      expect(parser.inFrame).toBe(false)
    }),
  )
})

test('any bytes in any chunks give the same events, and the parser holds no more than one frame', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), cuts, (stream, lengths) => {
      const whole = createFrameParser().push(stream)
      const parser = createFrameParser()
      expect(cut(stream, lengths).flatMap(chunk => parser.push(chunk))).toEqual(whole)
    }),
  )
})

test('whatever came, the parser waits for the rest of one frame at most: after that many bytes nothing is kept', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 5_000 }),
    fc.array(fc.constantFrom(STX, 0xff), { maxLength: 2_000 }),
  )
  fc.assert(
    fc.property(bytes, random => {
      const parser = createFrameParser()
      parser.push(Uint8Array.from(random))
      parser.push(new Uint8Array(258))
      expect(parser.inFrame).toBe(false)
    }),
  )
})

test('a changed byte never gives another frame of the same length', () => {
  fc.assert(
    fc.property(payload, fc.nat(), fc.integer({ min: 1, max: 255 }), (body, at, change) => {
      const frame = encodeFrame(body)
      const index = 2 + (at % (frame.length - 2))
      frame[index] = (frame[index] ?? 0) ^ change
      expect(createFrameParser().push(frame)[0]).not.toEqual({ kind: 'frame', payload: frame.subarray(2, -1) })
    }),
  )
})

test('a good frame inside a damaged one is found', () => {
  const good = encodeFrame(Uint8Array.of(0xfc, 0, 1))
  const damaged = Uint8Array.of(STX, good.length, ...good, 0x00)
  expect(createFrameParser().push(damaged)).toEqual([
    { kind: 'damaged' },
    { kind: 'frame', payload: Uint8Array.of(0xfc, 0, 1) },
  ])
})

test('an empty frame is damage and an endless stream without a frame is not kept', () => {
  const parser = createFrameParser()
  expect(parser.push(Uint8Array.of(STX, 0, 0))).toEqual([{ kind: 'damaged' }])
  parser.push(new Uint8Array(100_000))
  expect(parser.inFrame).toBe(false)
  expect(() => encodeFrame(new Uint8Array(256))).toThrow(RangeError)
})
