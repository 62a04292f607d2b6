import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LinkResult } from '../kit/exchange.ts'
import { type LinkEvent, playLink, SILENCE } from '../kit/testing/play.ts'
import { type Channel, encodeQuery } from './framing.ts'
import { createLink } from './link.ts'

const QUERY = "<GET INFO='0'/>"
const TEXT = "<OK SHIFT='7' STATE='0' COUNT='3'/>"
const bytesOf = (text: string) => [...Buffer.from(text, 'latin1')]
const withLrc = (text: string) => {
  const data = [...bytesOf(text), 0x03]
  return [...data, data.reduce((sum, byte) => sum ^ byte, 0)]
}
const ANSWER = withLrc(TEXT)
const DAMAGED = [...ANSWER.slice(0, -1), (ANSWER.at(-1) ?? 0) ^ 0xff]

/** Plays what the register does and gives how often the query was sent, and the result if there is one. */
function play(events: LinkEvent[], channel: Channel = 'cable') {
  const link = createLink({ query: QUERY, channel, answerMs: 10_000, interByteMs: 200 })
  const { pieces, result } = playLink(link, events)
  for (const piece of pieces) expect(piece).toEqual(encodeQuery(QUERY, channel))
  return { queries: pieces.length, result, link }
}
const answered = { kind: 'answer', payload: Uint8Array.from(bytesOf(TEXT)) }

test.each<[string, LinkEvent[], number]>([
  ['a whole answer', [ANSWER], 1],
  ['an answer in pieces', [ANSWER.slice(0, 9), ANSWER.slice(9)], 1],
  ['noise in front of it', [[0xff, 0x00], ANSWER], 1],
  ['damage, once the line is silent', [DAMAGED, SILENCE, ANSWER], 2],
  ['damage with more bytes behind it', [DAMAGED, [0x41], SILENCE, ANSWER], 2],
  ['an answer that was cut', [ANSWER.slice(0, 9), SILENCE, ANSWER], 2],
  ['damage twice', [DAMAGED, SILENCE, DAMAGED, SILENCE, ANSWER], 3],
])('gets the answer through %s', (_title, events, queries) => {
  expect(play(events)).toMatchObject({ queries, result: answered })
})

test('over the network the query and the answer are bare', () => {
  expect(play([bytesOf(TEXT.slice(0, 12)), bytesOf(TEXT.slice(12))], 'network')).toMatchObject({
    queries: 1,
    result: answered,
  })
})

test.each<[string, LinkEvent[], LinkResult]>([
  ['no reaction at all', [SILENCE], { kind: 'silent' }],
  ['noise and nothing more', [[0x00, 0x41], SILENCE], { kind: 'silent' }],
  [
    'damage three times',
    [DAMAGED, SILENCE, DAMAGED, SILENCE, DAMAGED, SILENCE],
    { kind: 'failed', reason: 'answer_damaged' },
  ],
  ['a line that never falls silent', [DAMAGED, Array(5_000).fill(0x33)], { kind: 'failed', reason: 'noise' }],
  ['a line that only carries noise', [Array(5_000).fill(0x33)], { kind: 'failed', reason: 'noise' }],
])('gives up after %s', (_title, events, result) => {
  expect(play(events).result).toEqual(result)
})

test('an answer that has begun is read to its end, damage is not', () => {
  expect(play([ANSWER.slice(0, 9)]).link.answering).toBe(true)
  expect(play([]).link.answering).toBe(false)
  expect(play([DAMAGED]).link.answering).toBe(false)
})

test('ends within a bounded number of steps whatever the register does, and sends nothing but its query', () => {
  const event = fc.oneof(
    fc.constant<LinkEvent>(SILENCE),
    fc.uint8Array({ minLength: 1, maxLength: 30 }).map((bytes): LinkEvent => [...bytes]),
    fc.constantFrom<LinkEvent>(ANSWER, DAMAGED, bytesOf(TEXT)),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.constantFrom<Channel>('cable', 'network'), (events, channel) => {
      const { result, queries } = play([...events, SILENCE, SILENCE, SILENCE, SILENCE], channel)
      expect(result).not.toBeNull()
      expect(queries).toBeLessThanOrEqual(3)
    }),
  )
})
