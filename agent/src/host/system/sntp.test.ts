import { AppError } from '@tillwatch/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sntpOffsetMs, sntpRequest } from './sntp.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')

/** The answer of RFC 5905 to a request, by a server whose clock shows `serverMs` at both moments. */
function answerTo(request: Uint8Array, serverMs: number): Buffer {
  const answer = Buffer.alloc(48)
  answer.writeUInt8(0x24, 0)
  answer.writeUInt8(2, 1)
  Buffer.from(request).copy(answer, 24, 40, 48)
  for (const at of [32, 40]) {
    answer.writeUInt32BE((Math.floor(serverMs / 1_000) + 2_208_988_800) % 2 ** 32, at)
    answer.writeUInt32BE(Math.floor(((serverMs % 1_000) / 1_000) * 2 ** 32), at + 4)
  }
  return answer
}

test('the offset leaves the way of the packets out, also in the era after 2036', () => {
  const times = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2060-01-01') })
  fc.assert(
    fc.property(times, fc.integer({ min: -90_000, max: 90_000 }), fc.nat(500), (sentAt, aheadMs, wayMs) => {
      const request = sntpRequest(sentAt)
      const answer = answerTo(request, sentAt + wayMs + aheadMs)
      const offset = sntpOffsetMs(request, answer, sentAt, sentAt + 2 * wayMs)
      expect(Math.abs(offset - aheadMs)).toBeLessThanOrEqual(1)
    }),
  )
})

test('the request is that of a client of version 4 with the time of sending alone', () => {
  const request = Buffer.from(sntpRequest(NOON))
  expect(request.length).toBe(48)
  expect(request.readUInt8(0)).toBe(0x23)
  expect(request.subarray(1, 40)).toEqual(Buffer.alloc(39))
  expect(request.readUInt32BE(40) - 2_208_988_800).toBe(NOON / 1_000)
})

const refused = (run: () => unknown): string => {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'protocol.sntp') return thrown.message
    throw thrown
  }
  return ''
}

test.each([
  ['too short', (answer: Buffer) => answer.subarray(0, 47), /short/],
  ['a client’s', (answer: Buffer) => answer.fill(0x23, 0, 1), /server’s/],
  ['of a clock that is not right itself', (answer: Buffer) => answer.fill(0xe4, 0, 1), /no time/],
  ['a refusal (stratum 0)', (answer: Buffer) => answer.fill(0, 1, 2), /no time/],
  ['to another request', (answer: Buffer) => answer.fill(1, 24, 25), /another request/],
])('an answer that is %s is refused', (_what, change, reason) => {
  const request = sntpRequest(NOON)
  const answer = change(answerTo(request, NOON))
  expect(refused(() => sntpOffsetMs(request, answer, NOON, NOON))).toMatch(reason)
})

test('arbitrary bytes are an offset or a refusal, nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 96 }), bytes => {
      refused(() => expect(Number.isFinite(sntpOffsetMs(sntpRequest(NOON), bytes, NOON, NOON))).toBe(true))
    }),
  )
})
