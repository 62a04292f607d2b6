import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hex } from '../../codec/bytes.ts'
import { ANSWER_BYTES_MAX, createAnswerParser, encodeRequest } from './framing.ts'

const parse = (stream: Uint8Array, size = stream.length || 1) => {
  const parser = createAnswerParser()
  for (let from = 0; from < stream.length; from += size) {
    const event = parser.push(stream.subarray(from, from + size))
    if (event) return event
  }
  return null
}

test('a request is four bytes of length, high byte first, and UTF-8', () => {
  expect(hex(encodeRequest('{}'))).toBe('00 00 00 02 7B 7D')
  expect(hex(encodeRequest('"я"'))).toBe('00 00 00 04 22 D1 8F 22')
})

test('what is sent in that form is read in that form, however it is cut', () => {
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 1, max: 40 }), (json, size) => {
      expect(parse(encodeRequest(json), size)).toEqual({ kind: 'answer', json })
    }),
  )
})

test('zero bytes behind the JSON are dropped, counted in the length or not', () => {
  expect(parse(Uint8Array.of(0, 0, 0, 4, 0x7b, 0x7d, 0, 0))).toEqual({ kind: 'answer', json: '{}' })
  expect(parse(Uint8Array.of(0, 0, 0, 2, 0x7b, 0x7d, 0, 0))).toEqual({ kind: 'answer', json: '{}' })
})

test('an answer of no length, one of a length that none has, and one that has only begun', () => {
  expect(parse(new Uint8Array(4))).toEqual({ kind: 'empty' })
  expect(parse(new TextEncoder().encode('HTTP/1.1 400'))).toEqual({ kind: 'damaged' })
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, ANSWER_BYTES_MAX + 1)
  expect(parse(length)).toEqual({ kind: 'damaged' })
  const parser = createAnswerParser()
  expect([parser.isInside, parser.push(Uint8Array.of(0)), parser.isInside]).toEqual([false, null, true])
})

test('any bytes in any chunks give the same event', () => {
  const stream = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map(tail => Uint8Array.of(0, 0, 0, 20, ...tail)),
  )
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 30 }), (bytes, size) => {
      expect(parse(bytes, size)).toEqual(parse(bytes))
    }),
  )
})
