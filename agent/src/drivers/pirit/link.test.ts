import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LinkResult } from '../kit/exchange.ts'
import { type LinkEvent, playLink, SILENCE } from '../kit/testing/play.ts'
import { chunksOf } from '../kit/testing/stream.ts'
import { ACK, type Answer, ENQ, encodePacket } from './framing.ts'
import { createLink } from './link.ts'
import { answerPacket } from './testing.ts'

const REQUEST = { password: 'PIRI', command: '78', fields: ['7'] }
const FIRST_ID = 0x41
const FIELDS = ['7', '1', '', '', '', '']

const packet = (id: number) => [...encodePacket(REQUEST, id)]
const answer = (id: number, change: Partial<Answer> = {}) => [
  ...answerPacket({ id, command: '78', error: 0, fields: FIELDS, ...change }),
]
const damaged = (bytes: number[]) => [...bytes.slice(0, -1), (bytes.at(-1) ?? 0) ^ 1]
const [FIRST, SECOND, THIRD] = [packet(FIRST_ID), packet(FIRST_ID + 1), packet(FIRST_ID + 2)]
const answered = (id: number): LinkResult<Answer> => ({
  kind: 'answer',
  payload: { id, command: '78', error: 0, fields: FIELDS },
})

/** Plays what the device does and gives what the host sent, and the result if there is one. */
function play(events: LinkEvent[], enquire = false) {
  let id = FIRST_ID
  const link = createLink({ request: REQUEST, nextId: () => id++, enquire, answerMs: 10_000, interByteMs: 200 })
  return { ...playLink(link, events), link }
}

test('the packet, its answer', () => {
  expect(play([answer(FIRST_ID)])).toMatchObject({ sent: FIRST, result: answered(FIRST_ID) })
})

test('ENQ, ACK, the packet, its answer', () => {
  expect(play([[ACK], answer(FIRST_ID)], true)).toMatchObject({ sent: [ENQ, ...FIRST], result: answered(FIRST_ID) })
})

test.each<[string, LinkEvent[], number[], number]>([
  ['a late answer with an older number', [answer(0x40), answer(FIRST_ID)], FIRST, FIRST_ID],
  ['one glued in front', [[...answer(0x40), ...answer(FIRST_ID)]], FIRST, FIRST_ID],
  ['one cut off by the answer', [[...answer(0x40).slice(0, 6), ...answer(FIRST_ID)]], FIRST, FIRST_ID],
  ['an older answer under the same number', [answer(FIRST_ID, { command: '04' }), answer(FIRST_ID)], FIRST, FIRST_ID],
  [
    'noise',
    [
      [0x7e, 0x15],
      [0x00, ...answer(FIRST_ID)],
    ],
    FIRST,
    FIRST_ID,
  ],
  ['a damaged answer', [damaged(answer(FIRST_ID)), answer(FIRST_ID + 1)], [...FIRST, ...SECOND], FIRST_ID + 1],
  ['a cut answer', [answer(FIRST_ID).slice(0, 9), SILENCE, answer(FIRST_ID + 1)], [...FIRST, ...SECOND], FIRST_ID + 1],
  [
    'a request that came damaged',
    [answer(FIRST_ID, { error: 0x07, fields: [] }), answer(FIRST_ID + 1)],
    [...FIRST, ...SECOND],
    FIRST_ID + 1,
  ],
  [
    'a request of which a byte was late',
    [answer(FIRST_ID, { error: 0x05, fields: [] }), answer(FIRST_ID + 1)],
    [...FIRST, ...SECOND],
    FIRST_ID + 1,
  ],
  ['a request that was lost', [SILENCE, [ACK], answer(FIRST_ID + 1)], [...FIRST, ENQ, ...SECOND], FIRST_ID + 1],
  ['a slow answer', [SILENCE, answer(FIRST_ID)], [...FIRST, ENQ], FIRST_ID],
  ['a slow answer with the ACK behind it', [SILENCE, [...answer(FIRST_ID), ACK]], [...FIRST, ENQ], FIRST_ID],
  ['an ACK that was owed', [[ACK], answer(FIRST_ID)], FIRST, FIRST_ID],
])('gets the answer through %s', (_title, events, sent, id) => {
  expect(play(events)).toMatchObject({ sent, result: answered(id) })
})

test.each<[string, LinkEvent[], boolean, LinkResult<Answer>, number[]]>([
  ['no reaction at all', [SILENCE, SILENCE, SILENCE], true, { kind: 'silent' }, [ENQ, ENQ, ENQ]],
  [
    'no ACK but other bytes',
    [[0x15], SILENCE, SILENCE, SILENCE],
    true,
    { kind: 'failed', reason: 'noise' },
    [ENQ, ENQ, ENQ],
  ],
  [
    'an answer damaged three times',
    [damaged(answer(FIRST_ID)), damaged(answer(FIRST_ID + 1)), damaged(answer(FIRST_ID + 2))],
    false,
    { kind: 'failed', reason: 'answer_damaged' },
    [...FIRST, ...SECOND, ...THIRD],
  ],
  [
    'a request refused three times',
    [0, 1, 2].map(turn => answer(FIRST_ID + turn, { error: 0x07, fields: [] })),
    false,
    { kind: 'failed', reason: 'frame_refused' },
    [...FIRST, ...SECOND, ...THIRD],
  ],
  [
    'an answer that never comes',
    [SILENCE, [ACK], SILENCE, [ACK], SILENCE, [ACK]],
    false,
    { kind: 'failed', reason: 'answer_missing' },
    [...FIRST, ENQ, ...SECOND, ENQ, ...THIRD, ENQ],
  ],
  ['silence after all', [SILENCE, SILENCE], false, { kind: 'failed', reason: 'answer_missing' }, [...FIRST, ENQ]],
  ['a line that never falls silent', [Array(5_000).fill(0x33)], true, { kind: 'failed', reason: 'noise' }, [ENQ]],
])('gives up after %s', (_title, events, enquire, result, sent) => {
  expect(play(events, enquire)).toMatchObject({ result, sent })
})

test('a device that does not answer ENQ is given no request', () => {
  expect(play([SILENCE, SILENCE, SILENCE], true).link.frameSent).toBe(false)
  expect(play([[ACK]], true).link.frameSent).toBe(true)
})

test('an answer counts as begun from its first byte', () => {
  expect(play([answer(FIRST_ID).slice(0, 1)]).link.answering).toBe(true)
  expect(play([answer(0x40)]).link.answering).toBe(false)
  expect(play([answer(0x40).slice(0, 5)], true).link.answering).toBe(false)
})

test('ends within a bounded number of steps whatever the device does, and sends nothing but ENQ and its own packets', () => {
  const event = fc.oneof(
    fc.constant<LinkEvent>(SILENCE),
    fc.uint8Array({ minLength: 1, maxLength: 30 }).map(bytes => [...bytes]),
    fc.constantFrom([ACK], answer(FIRST_ID), answer(0x40), damaged(answer(FIRST_ID)), answer(FIRST_ID).slice(0, 8)),
  )
  fc.assert(
    fc.property(fc.array(event, { minLength: 60, maxLength: 60 }), fc.boolean(), (events, enquire) => {
      const silences = Array<LinkEvent>(20).fill(SILENCE)
      const { sent, result } = play([...events, ...silences], enquire)
      expect(result).not.toBeNull()
      let rest = ` ${sent.join(' ')} `
      for (const own of [FIRST, SECOND, THIRD]) rest = rest.replace(` ${own.join(' ')} `, ' ')
      expect(rest.split(' ').filter(byte => byte !== '' && byte !== String(ENQ))).toEqual([])
    }),
  )
})

test('the result does not depend on how the bytes are cut', () => {
  const stream = [0x15, ...answer(0x40), ACK, ...answer(FIRST_ID)]
  fc.assert(
    fc.property(fc.integer({ min: 1, max: stream.length }), size => {
      expect(play(chunksOf(stream, size)).result).toEqual(answered(FIRST_ID))
    }),
  )
})
