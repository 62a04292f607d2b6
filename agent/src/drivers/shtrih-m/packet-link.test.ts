import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LinkResult } from '../kit/exchange.ts'
import { type LinkEvent, playLink, SILENCE } from '../kit/testing/play.ts'
import { chunksOf } from '../kit/testing/stream.ts'
import { createPacketParser, EMPTY_PACKET, encodePacket } from './packet.ts'
import { createPacketLink, type Numbering } from './packet-link.ts'

const COMMAND = Uint8Array.of(0x10, 0x1e, 0, 0, 0)
const ANSWER = Uint8Array.of(0x10, 0, 9)
const OTHER = Uint8Array.of(0x1e, 0)

const ask = (number: number) => [...encodePacket(number, COMMAND)]
const answer = (number: number, data = ANSWER) => [...encodePacket(number, data)]
const afterReset = answer(1, new Uint8Array())
const damaged = (packet: number[]) => [...packet.slice(0, -1), (packet.at(-1) ?? 0) ^ 1]
const EMPTY = [...EMPTY_PACKET]

/** Plays what the device does and gives what the host sent, and the result if there is one. */
function play(events: LinkEvent[], last: number | null = null) {
  const numbering: Numbering = { last }
  const link = createPacketLink({
    payload: COMMAND,
    code: Uint8Array.of(0x10),
    numbering,
    answerMs: 10_000,
    interByteMs: 200,
  })
  return { ...playLink(link, events), numbering }
}
const answered = { kind: 'answer', payload: ANSWER }

test('the first command of a hold synchronises, the next ones go on counting', () => {
  expect(play([afterReset, answer(2)])).toMatchObject({
    sent: [...EMPTY, ...ask(2)],
    result: answered,
    numbering: { last: 2 },
  })
  expect(play([answer(3)], 2)).toMatchObject({ sent: ask(3), result: answered, numbering: { last: 3 } })
  expect(play([answer(0)], 65_535)).toMatchObject({ sent: ask(0), numbering: { last: 0 } })
})

test.each<[string, LinkEvent[], number[]]>([
  ['a lost synchronisation', [SILENCE, answer(7), answer(8)], [...EMPTY, ...EMPTY, ...ask(8)]],
  ['a damaged synchronisation', [damaged(answer(7)), answer(7), answer(8)], [...EMPTY, ...EMPTY, ...ask(8)]],
  ['a lost answer', [answer(7), SILENCE, answer(8)], [...EMPTY, ...ask(8), ...ask(8)]],
  ['a damaged answer', [answer(7), damaged(answer(8)), answer(8)], [...EMPTY, ...ask(8), ...ask(8)]],
  ['a cut answer', [answer(7), answer(8).slice(0, 5), SILENCE, answer(8)], [...EMPTY, ...ask(8), ...ask(8)]],
  [
    'bytes before the answer',
    [
      [0xff, 0x15, ...answer(7)],
      [0x00, ...answer(8)],
    ],
    [...EMPTY, ...ask(8)],
  ],
  ['late copies of the answer before', [[...answer(7), ...answer(7)], answer(7), answer(8)], [...EMPTY, ...ask(8)]],
  [
    'another program’s answer under our number',
    [answer(7), answer(8, OTHER), answer(8, OTHER), answer(9)],
    [...EMPTY, ...ask(8), ...EMPTY, ...ask(9)],
  ],
  [
    'silence before and after another program’s turn',
    [answer(7), SILENCE, SILENCE, answer(8, OTHER), answer(8, OTHER), SILENCE, SILENCE, answer(9)],
    [...EMPTY, ...ask(8), ...ask(8), ...ask(8), ...EMPTY, ...ask(9), ...ask(9), ...ask(9)],
  ],
  [
    'a device that counts otherwise',
    [answer(7), answer(40, OTHER), answer(40, OTHER), answer(41)],
    [...EMPTY, ...ask(8), ...EMPTY, ...ask(41)],
  ],
  [
    'a device that was reset meanwhile',
    [answer(7), afterReset, afterReset, answer(2)],
    [...EMPTY, ...ask(8), ...EMPTY, ...ask(2)],
  ],
])('gets the answer through %s', (_title, events, sent) => {
  expect(play(events)).toMatchObject({ sent, result: answered })
})

test('an old answer to the same command is not taken for the new one', () => {
  expect(play([answer(7), answer(7), answer(8)]).result).toEqual(answered)
  expect(play([answer(7), answer(5)]).result).toBeNull()
})

test.each<[string, LinkEvent[], LinkResult]>([
  ['no reaction at all', [SILENCE, SILENCE, SILENCE], { kind: 'silent' }],
  ['a device of another protocol', [[0x15], SILENCE, [0x15], SILENCE, SILENCE], { kind: 'failed', reason: 'noise' }],
  ['an answer that never comes', [answer(7), SILENCE, SILENCE, SILENCE], { kind: 'failed', reason: 'answer_missing' }],
  [
    'an answer damaged three times',
    [answer(7), damaged(answer(8)), damaged(answer(8)), damaged(answer(8))],
    { kind: 'failed', reason: 'answer_damaged' },
  ],
  ['a line that never falls silent', [Array(20_000).fill(0x33)], { kind: 'failed', reason: 'noise' }],
])('gives up after %s, and the next command synchronises', (_title, events, result) => {
  expect(play(events)).toMatchObject({ result, numbering: { last: null } })
})

test('another program that keeps using the device has the right of way', () => {
  const busy = [7, 8, 8, 9, 9, 10].map(number => answer(number, OTHER))
  expect(play(busy)).toMatchObject({
    sent: [...EMPTY, ...ask(8), ...EMPTY, ...ask(9), ...EMPTY, ...ask(10)],
    result: { kind: 'foreign', problem: { code: 'register.foreign_answer' } },
  })
})

test('ends within a bounded number of steps whatever the device does, and sends nothing but its command and the empty packet', () => {
  const event = fc.oneof(
    fc.constant<LinkEvent>(SILENCE),
    fc.uint8Array({ minLength: 1, maxLength: 30 }).map(bytes => [...bytes]),
    fc.tuple(fc.nat(12), fc.constantFrom(ANSWER, OTHER)).map(([number, data]) => answer(number, data)),
    fc.nat(12).map(number => damaged(answer(number))),
  )
  fc.assert(
    fc.property(fc.array(event, { minLength: 60, maxLength: 60 }), fc.option(fc.nat(12)), (events, last) => {
      const { sent, result } = play([...events, ...Array<LinkEvent>(40).fill(SILENCE)], last)
      expect(result).not.toBeNull()
      for (const packet of createPacketParser().push(Uint8Array.from(sent)))
        expect(packet).toMatchObject(packet.kind === 'packet' ? { data: COMMAND } : { kind: 'empty' })
    }),
  )
})

test('the result does not depend on how the bytes are cut', () => {
  const stream = [0xff, ...answer(7), ...answer(8)]
  fc.assert(
    fc.property(fc.integer({ min: 1, max: stream.length }), size => {
      expect(play(chunksOf(stream, size), 7).result).toEqual(answered)
    }),
  )
})
