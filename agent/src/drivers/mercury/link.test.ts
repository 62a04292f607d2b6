import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LinkEvent, playLink, SILENCE } from '../kit/testing/play.ts'
import { encodeRequest } from './framing.ts'
import { createLink, type TcpResult } from './link.ts'

const REQUEST = '{"command":"GetStatus"}'
const ANSWER = [...encodeRequest('{"result":0}')]

/** Plays what the service does and gives what was sent, and the result if there is one. */
function play(events: LinkEvent[]) {
  const link = createLink({ json: REQUEST, answerMs: 1_000, pauseMs: 200 })
  const { sent, result } = playLink(link, events)
  expect(sent).toEqual([...encodeRequest(REQUEST)])
  return { result, link }
}

test.each<[string, LinkEvent[], TcpResult]>([
  ['a whole answer', [ANSWER], { kind: 'answer', json: '{"result":0}' }],
  [
    'an answer in pieces',
    [ANSWER.slice(0, 2), ANSWER.slice(2, 9), ANSWER.slice(9)],
    { kind: 'answer', json: '{"result":0}' },
  ],
  ['an answer of no length', [[0, 0, 0, 0]], { kind: 'empty' }],
  ['an answer that breaks off', [ANSWER.slice(0, 9), SILENCE], { kind: 'damaged' }],
  ['an answer that is none', [[0x48, 0x54, 0x54, 0x50]], { kind: 'damaged' }],
  ['nothing', [SILENCE], { kind: 'silent' }],
])('%s', (_title, events, result) => expect(play(events).result).toEqual(result))

test('an answer that has begun is read to its end', () => {
  expect(play([]).link.answering).toBe(false)
  expect(play([ANSWER.slice(0, 2)]).link.answering).toBe(true)
})

test('whatever comes, one silence ends it, and nothing is asked twice', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 20 }), chunks => {
      expect(play([...chunks.map(chunk => [...chunk]), SILENCE]).result).not.toBeNull()
    }),
  )
})
