import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LinkResult } from '../kit/exchange.ts'
import { type LinkEvent, playLink, SILENCE } from '../kit/testing/play.ts'
import { chunksOf } from '../kit/testing/stream.ts'
import { ACK, ENQ, encodeFrame, NAK } from './framing.ts'
import { createLink } from './link.ts'

const FRAME = encodeFrame(Uint8Array.of(0xfc))
const PAYLOAD = Uint8Array.of(0xfc, 0, 1, 2)
const ANSWER = [...encodeFrame(PAYLOAD)]
const FOREIGN = [...encodeFrame(Uint8Array.of(0x11, 0, 9))]
const DAMAGED = [...ANSWER.slice(0, -1), (ANSWER.at(-1) ?? 0) ^ 0xff]

const linkOf = (fetchPending = false) =>
  createLink({ frame: FRAME, code: Uint8Array.of(0xfc), fetchPending, answerMs: 10_000, interByteMs: 200 })

/** Plays what the device does and gives what the host sent, and the result if there is one. */
function play(events: LinkEvent[], fetchPending = false) {
  const link = linkOf(fetchPending)
  return { ...playLink(link, events), link }
}
const answered = { kind: 'answer', payload: PAYLOAD }

test('ENQ, NAK, frame, ACK, answer, ACK', () => {
  expect(play([[NAK], [ACK], ANSWER])).toMatchObject({ sent: [ENQ, ...FRAME, ACK], result: answered })
})

test.each<[string, LinkEvent[], number[]]>([
  ['ACK and answer in one piece', [[NAK], [ACK, ...ANSWER]], [ENQ, ...FRAME, ACK]],
  ['FF before each control byte', [[0xff], [NAK], [0xff, ACK], [0xff, ...ANSWER]], [ENQ, ...FRAME, ACK]],
  ['noise before NAK', [[0x00, NAK], [ACK], ANSWER], [ENQ, ...FRAME, ACK]],
  ['a first ENQ that was lost', [SILENCE, [NAK], [ACK], ANSWER], [ENQ, ENQ, ...FRAME, ACK]],
  ['a frame that arrived damaged', [[NAK], [NAK], [ACK], ANSWER], [ENQ, ...FRAME, ...FRAME, ACK]],
  ['an answer that arrived damaged', [[NAK], [ACK], DAMAGED, [ACK, ...ANSWER]], [ENQ, ...FRAME, NAK, ENQ, ACK]],
  [
    'an answer that was cut',
    [[NAK], [ACK], ANSWER.slice(0, 3), SILENCE, [ACK, ...ANSWER]],
    [ENQ, ...FRAME, NAK, ENQ, ACK],
  ],
  [
    'an answer that is gone after damage',
    [[NAK], [ACK], DAMAGED, [NAK], [ACK], ANSWER],
    [ENQ, ...FRAME, NAK, ENQ, ...FRAME, ACK],
  ],
  ['a lost ACK of the frame', [[NAK], SILENCE, [ACK], ANSWER], [ENQ, ...FRAME, ENQ, ACK]],
  [
    'another command’s answer to ours',
    [[NAK], [ACK], FOREIGN, [NAK], [ACK], ANSWER],
    [ENQ, ...FRAME, ACK, ENQ, ...FRAME, ACK],
  ],
  ['somebody’s frame on the line', [FOREIGN, SILENCE, [NAK], [ACK], ANSWER], [ENQ, ENQ, ...FRAME, ACK]],
])('gets the answer through %s', (_title, events, sent) => {
  expect(play(events)).toMatchObject({ sent, result: answered })
})

test('an answer that waits at the first enquiry is left where it is, or fetched and dropped when told to', () => {
  expect(play([[ACK, ...FOREIGN]])).toMatchObject({
    sent: [ENQ],
    result: { kind: 'foreign' },
    link: { frameSent: false },
  })
  expect(play([[ACK, ...FOREIGN], [NAK], [ACK], ANSWER], true)).toMatchObject({
    sent: [ENQ, ACK, ENQ, ...FRAME, ACK],
    result: answered,
  })
})

test('an old answer with our own command code is not taken for the new one', () => {
  const old = [...encodeFrame(Uint8Array.of(0xfc, 0, 7))]
  expect(play([[ACK, ...old], [NAK], [ACK], ANSWER], true).result).toEqual(answered)
})

test.each<[string, LinkEvent[], LinkResult]>([
  ['no reaction at all', [SILENCE, SILENCE, SILENCE], { kind: 'silent' }],
  ['a frame refused three times', [[NAK], [NAK], [NAK], [NAK]], { kind: 'failed', reason: 'frame_refused' }],
  [
    'an answer damaged three times',
    [[NAK], [ACK], DAMAGED, [ACK], DAMAGED, [ACK], DAMAGED],
    { kind: 'failed', reason: 'answer_damaged' },
  ],
  [
    'an answer that never comes',
    [[NAK], [ACK], SILENCE, [ACK], SILENCE, [ACK], SILENCE],
    { kind: 'failed', reason: 'answer_missing' },
  ],
  ['a line that never falls silent', [Array(5_000).fill(0x33)], { kind: 'failed', reason: 'noise' }],
])('gives up after %s', (_title, events, result) => {
  expect(play(events).result).toEqual(result)
})

test('ends within a bounded number of steps whatever the device does, and sends nothing but its own bytes', () => {
  const event = fc.oneof(
    fc.constant<LinkEvent>(SILENCE),
    fc.uint8Array({ minLength: 1, maxLength: 30 }).map(bytes => [...bytes]),
    fc.constantFrom([NAK], [ACK], ANSWER, DAMAGED, FOREIGN),
  )
  fc.assert(
    fc.property(fc.array(event, { minLength: 60, maxLength: 60 }), fc.boolean(), (events, fetchPending) => {
      const silences = Array<LinkEvent>(40).fill(SILENCE)
      const { sent, result } = play([...events, ...silences], fetchPending)
      expect(result).not.toBeNull()
      const rest = sent.join(' ').replaceAll(FRAME.join(' '), '').split(' ').filter(Boolean).map(Number)
      expect(rest.every(byte => [ENQ, ACK, NAK].includes(byte))).toBe(true)
    }),
  )
})

test('the result does not depend on how the bytes are cut', () => {
  const stream = [ACK, 0xff, ...ANSWER]
  fc.assert(
    fc.property(fc.integer({ min: 1, max: stream.length }), size => {
      expect(play([[NAK], ...chunksOf(stream, size)]).result).toEqual(answered)
    }),
  )
})
