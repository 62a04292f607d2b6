import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LinkEvent, playLink, SILENCE } from '../kit/testing/play.ts'
import { chunksOf } from '../kit/testing/stream.ts'
import { ACK, ENQ, EOT, encodeFrame, NAK } from './frames.ts'
import { createHandshake } from './handshake.ts'
import { carryUntil } from './testing.ts'

const REQUEST = Uint8Array.of(0x00, 0x00, 0x45)
const FRAME = [...encodeFrame(REQUEST)]
const DATA = Uint8Array.of(0x55, 0x10, 0x03)
const ANSWER = [...encodeFrame(DATA)]
const OLD = [...encodeFrame(Uint8Array.of(0x55, 0x00, 0x09))]
const DAMAGED = [...ANSWER.slice(0, -1), (ANSWER.at(-1) ?? 0) ^ 0xff]

/** Plays what the device does and gives what the host sent, and the result if there is one. */
function play(events: readonly LinkEvent[], fetchPending = false) {
  const link = createHandshake({ request: REQUEST, fetchPending, answerMs: 10_000, interByteMs: 200 })
  return { ...playLink(link, events), link }
}
const answered = { kind: 'answer', payload: { failed: false, bytes: DATA } }
const TURN = [ENQ, ...FRAME, EOT]

test('ENQ, frame, EOT; then the device’s ENQ, frame, EOT', () => {
  expect(play([[ACK], [ACK], [ENQ], ANSWER, [EOT]])).toMatchObject({ sent: [...TURN, ACK, ACK], result: answered })
})

test.each<[string, LinkEvent[], number[]]>([
  ['everything in one piece', [[ACK], [ACK], [ENQ], [...ANSWER, EOT], [EOT]], [...TURN, ACK, ACK]],
  ['a first ENQ that was lost', [SILENCE, [ACK], [ACK], [ENQ], ANSWER, [EOT]], [ENQ, ...TURN, ACK, ACK]],
  ['a first ENQ that is refused', [[NAK], [ACK], [ACK], [ENQ], ANSWER, [EOT]], [ENQ, ...TURN, ACK, ACK]],
  ['noise before ACK', [[0x00, 0xff, ACK], [ACK], [ENQ], ANSWER, [EOT]], [...TURN, ACK, ACK]],
  [
    'both sides beginning at once',
    [[ENQ], [ENQ], SILENCE, [ACK], [ACK], [ENQ], ANSWER, [EOT]],
    [ENQ, ...TURN, ACK, ACK],
  ],
  [
    'a frame that arrived damaged',
    [[ACK], [NAK], [ACK], [ENQ], ANSWER, [EOT]],
    [ENQ, ...FRAME, ...FRAME, EOT, ACK, ACK],
  ],
  ['a lost ACK of the frame', [[ACK], SILENCE, [ACK], [ACK], [ENQ], ANSWER, [EOT]], [ENQ, ...FRAME, ...TURN, ACK, ACK]],
  ['an ENQ that is said again', [[ACK], [ACK], [ENQ, ENQ], [ENQ], ANSWER, [EOT]], [...TURN, ACK, ACK]],
  ['a lost ACK of the device’s ENQ', [[ACK], [ACK], [ENQ], [ENQ], SILENCE, ANSWER, [EOT]], [...TURN, ACK, ACK, ACK]],
  ['an answer that arrived damaged', [[ACK], [ACK], [ENQ], DAMAGED, SILENCE, ANSWER, [EOT]], [...TURN, ACK, NAK, ACK]],
  [
    'an answer that was cut',
    [[ACK], [ACK], [ENQ], ANSWER.slice(0, 3), SILENCE, ANSWER, [EOT]],
    [...TURN, ACK, NAK, ACK],
  ],
  ['a lost ACK of the answer', [[ACK], [ACK], [ENQ], ANSWER, ANSWER, [EOT]], [...TURN, ACK, ACK, ACK]],
  ['an EOT that never comes', [[ACK], [ACK], [ENQ], ANSWER, SILENCE], [...TURN, ACK, ACK]],
])('gets the answer through %s', (_title, events, sent) => {
  expect(play(events)).toMatchObject({ sent, result: answered })
})

test('an answer that is offered before anything was asked is left alone, or fetched and dropped when it is our own', () => {
  const offers = [[ENQ], SILENCE, [ENQ], SILENCE, [ENQ], SILENCE, [ENQ]] satisfies LinkEvent[]
  expect(play(offers)).toMatchObject({
    sent: [ENQ, ENQ, ENQ, ENQ],
    result: { kind: 'foreign', problem: { code: 'register.foreign_answer' } },
    link: { frameSent: false },
  })
  expect(play([[ENQ], OLD, [EOT], [ACK], [ACK], [ENQ], ANSWER, [EOT]], true)).toMatchObject({
    sent: [ENQ, ACK, ACK, ...TURN, ACK, ACK],
    result: answered,
  })
})

test('domain 17.24: an answer that came in time is acknowledged though the time for the port is over', async () => {
  const link = createHandshake({ request: REQUEST, fetchPending: false, answerMs: 10_000, interByteMs: 200 })
  const pieces = [[ACK], [ACK], [ENQ], ANSWER, [EOT]].map((bytes, at) => [at * 100, Uint8Array.from(bytes)] as const)
  const { outcome, sent } = await carryUntil(link, 300, pieces)
  expect(sent.flatMap(bytes => [...bytes])).toEqual([...TURN, ACK, ACK])
  expect(outcome).toEqual({ kind: 'result', result: answered })
})

test.each<[string, LinkEvent[], object]>([
  ['no reaction at all', [SILENCE, SILENCE, SILENCE], { kind: 'silent' }],
  ['bytes that are not this protocol', [[1, 2, 7], SILENCE, SILENCE, SILENCE], { kind: 'failed', reason: 'noise' }],
  [
    'a frame that is always refused',
    [[ACK], ...Array<LinkEvent>(10).fill([NAK])],
    { kind: 'failed', reason: 'frame_refused' },
  ],
  ['an enquiry that is always refused', Array<LinkEvent>(6).fill([NAK]), { kind: 'failed', reason: 'frame_refused' }],
  ['an answer that is never offered', [[ACK], [ACK], SILENCE], { kind: 'failed', reason: 'answer_missing' }],
  ['an answer that is not sent', [[ACK], [ACK], [ENQ], SILENCE], { kind: 'failed', reason: 'answer_missing' }],
  ['a device that gives up', [[ACK], [ACK], [ENQ], [EOT]], { kind: 'failed', reason: 'answer_missing' }],
  [
    'an answer that stays damaged',
    [[ACK], [ACK], [ENQ], ...Array<LinkEvent[]>(11).fill([DAMAGED, SILENCE]).flat()],
    { kind: 'failed', reason: 'answer_damaged' },
  ],
  ['a line that never falls silent', [Array(9_000).fill(0x33)], { kind: 'failed', reason: 'noise' }],
])('gives up after %s', (_title, events, result) => {
  expect(play(events).result).toEqual(result)
})

test('ends within a bounded number of steps whatever the device does, and sends nothing but its own bytes', () => {
  const event = fc.oneof(
    fc.constant<LinkEvent>(SILENCE),
    fc.uint8Array({ minLength: 1, maxLength: 30 }).map(bytes => [...bytes]),
    fc.constantFrom([NAK], [ACK], [ENQ], [EOT], ANSWER, DAMAGED, OLD),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.boolean(), (events, fetchPending) => {
      const { sent, result } = play([...events, ...Array<LinkEvent>(60).fill(SILENCE)], fetchPending)
      expect(result).not.toBeNull()
      const rest = sent.join(' ').replaceAll(FRAME.join(' '), '').split(' ').filter(Boolean).map(Number)
      expect(rest.every(byte => [ENQ, ACK, NAK, EOT].includes(byte))).toBe(true)
    }),
  )
})

test('the result does not depend on how the bytes are cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: ANSWER.length }), size => {
      expect(play([[ACK], [ACK], [ENQ], ...chunksOf(ANSWER, size), [EOT]]).result).toEqual(answered)
    }),
  )
})
