import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hex } from '../../codec/bytes.ts'
import { type LinkEvent, playLink, SILENCE } from '../kit/testing/play.ts'
import { chunksOf } from '../kit/testing/stream.ts'
import { createPacketParser, encodePacket } from './packets.ts'
import { createTaskBook, type TaskBook } from './task-book.ts'
import { createTaskLink } from './task-link.ts'
import { carryUntil } from './testing.ts'

const REQUEST = Uint8Array.of(0x00, 0x00, 0x45)

/** Packets among bytes as `id: payload`. */
const packetsIn = (bytes: Uint8Array) =>
  createPacketParser()
    .push(bytes)
    .map(event => (event.kind === 'packet' ? `${hex(Uint8Array.of(event.id))}: ${hex(event.payload)}` : 'damaged'))

/** A device packet written as `id: payload` in hexadecimal. */
const packet = (text: string) => {
  const [id = '', payload = ''] = text.split(':')
  return encodePacket(Number.parseInt(id, 16), Buffer.from(payload.replace(/\s/g, ''), 'hex'))
}
const damaged = (text: string) => {
  const bytes = packet(text)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0x01
  return bytes
}

/** Plays what the device does and gives what the host sent, and the result if there is one. */
function play(events: readonly LinkEvent[], book: TaskBook = createTaskBook()) {
  const link = createTaskLink({ request: REQUEST, book, interByteMs: 200 })
  const { pieces, result } = playLink(link, events)
  return { sent: pieces.flatMap(packetsIn), result, link }
}

const FREE = packet('00: B3')
const DONE = packet('02: A3')
const asked = ['00: C3 C0', '01: C1 01 C0 00 00 45', '02: C2 C0']
const answered = { kind: 'answer', payload: { failed: false, bytes: Uint8Array.of(0x55, 0, 0) } }

test('makes sure that its id is free, gives the task, takes the result and acknowledges it', () => {
  expect(play([FREE, packet('01: A3 55 00 00'), DONE])).toMatchObject({ sent: asked, result: answered })
})

test('the id is used again in the same hold, without asking for it', () => {
  const book = createTaskBook()
  play([FREE, packet('01: A3 55 00 00'), DONE], book)
  expect(play([packet('03: A3 55 00 00'), packet('04: A3')], book)).toMatchObject({
    sent: ['03: C1 01 C0 00 00 45', '04: C2 C0'],
    result: answered,
  })
  book.newHold()
  expect(play([], book).sent).toEqual(['05: C3 C1'])
})

test.each<[string, LinkEvent[], string[]]>([
  ['a result that comes unasked', [FREE, packet('01: A1'), packet('F0: A6 C0 55 00 00'), DONE], asked],
  ['a result before the answer to the task', [FREE, packet('F0: A6 C0 55 00 00'), packet('01: A1'), DONE], asked],
  [
    'a result of another program in between',
    [
      FREE,
      packet('F0: A6 05 55 01 01'),
      packet('01: A1'),
      packet('F0: A7 06 55 66 00'),
      packet('F0: A6 C0 55 00 00'),
      DONE,
    ],
    asked,
  ],
  [
    'a result that has to be asked for',
    [FREE, packet('01: A2'), SILENCE, packet('02: A8'), SILENCE, packet('03: A3 55 00 00'), packet('04: A3')],
    [...asked.slice(0, 2), '02: C3 C0', '03: C3 C0', '04: C2 C0'],
  ],
  [
    'a damaged result that came unasked: it is never asked for by its packet',
    [FREE, packet('01: A1'), damaged('F0: A6 C0 55 00 00'), SILENCE, packet('02: A3 55 00 00'), packet('03: A3')],
    [...asked.slice(0, 2), '02: C3 C0', '03: C2 C0'],
  ],
  [
    'a damaged answer: the packet is asked for again',
    [FREE, damaged('01: A3 55 00 00'), packet('01: A3 55 00 00'), DONE],
    [...asked.slice(0, 2), '01: ', '02: C2 C0'],
  ],
  [
    'a packet of ours that arrived damaged',
    [FREE, packet('01: '), packet('01: A3 55 00 00'), DONE],
    [...asked.slice(0, 2), asked[1] ?? '', '02: C2 C0'],
  ],
  [
    'a lost answer: the task is found to be there',
    [FREE, SILENCE, packet('01: B2'), packet('02: A3 55 00 00'), packet('03: A3')],
    [...asked.slice(0, 2), asked[1] ?? '', '02: C3 C0', '03: C2 C0'],
  ],
  [
    'a late answer to the task after its result was asked for',
    [FREE, SILENCE, packet('01: B2'), packet('02: A2'), packet('01: A3 55 00 00'), packet('03: A3')],
    [...asked.slice(0, 2), asked[1] ?? '', '02: C3 C0', '03: C2 C0'],
  ],
  ['answers to older packets', [FREE, packet('00: B3'), packet('DF: A3 44'), packet('01: A3 55 00 00'), DONE], asked],
  [
    'an acknowledgement that is never answered',
    [FREE, packet('01: A3 55 00 00'), SILENCE, SILENCE, SILENCE],
    [...asked, '02: C2 C0', '02: C2 C0'],
  ],
  ['a task that is gone when it is acknowledged', [FREE, packet('01: A3 55 00 00'), packet('02: B3')], asked],
  [
    'an id that another program has',
    [packet('00: A3 55 00'), packet('01: B3'), packet('02: A3 55 00 00'), packet('03: A3')],
    ['00: C3 C0', '01: C3 C1', '02: C1 01 C1 00 00 45', '03: C2 C1'],
  ],
  [
    'an id that another program took just now: its task is not asked for and not acknowledged',
    [FREE, packet('01: B2'), packet('02: B3'), packet('03: A3 55 00 00'), packet('04: A3')],
    [...asked.slice(0, 2), '02: C3 C1', '03: C1 01 C1 00 00 45', '04: C2 C1'],
  ],
  [
    'an id that another program took just now, told twice because the first telling was damaged',
    [FREE, damaged('01: B2'), packet('01: B2'), packet('02: B3'), packet('03: A3 55 00 00'), packet('04: A3')],
    [...asked.slice(0, 2), '01: ', '02: C3 C1', '03: C1 01 C1 00 00 45', '04: C2 C1'],
  ],
])('gets the answer through %s', (_title, events, sent) => {
  expect(play(events)).toMatchObject({ sent, result: answered })
})

test('an error is an answer, and is acknowledged so that it stops nothing', () => {
  const failed = { kind: 'answer', payload: { failed: true, bytes: Uint8Array.of(0x55, 0x66, 0x00) } }
  expect(play([FREE, packet('01: A4 55 66 00'), DONE])).toMatchObject({ sent: asked, result: failed })
  expect(play([FREE, packet('01: A1'), packet('F0: A7 C0 55 66 00'), DONE])).toMatchObject({
    sent: asked,
    result: failed,
  })
})

test.each<[string, LinkEvent[], object]>([
  ['no reaction at all', [SILENCE, SILENCE, SILENCE], { kind: 'silent' }],
  ['noise and silence', [Uint8Array.of(1, 2, 3), SILENCE, SILENCE, SILENCE], { kind: 'failed', reason: 'noise' }],
  ['a task that is never answered', [FREE, SILENCE, SILENCE, SILENCE], { kind: 'failed', reason: 'answer_missing' }],
  [
    'an answer that stays damaged',
    [FREE, damaged('01: A3'), damaged('01: A3'), damaged('01: A3')],
    { kind: 'failed', reason: 'answer_damaged' },
  ],
  [
    'packets that stay damaged',
    [packet('00: '), packet('00: '), packet('00: ')],
    { kind: 'failed', reason: 'frame_refused' },
  ],
  ['a device that knows no tasks', [packet('00: B4')], { kind: 'failed', reason: 'frame_refused' }],
  [
    'a task that vanished',
    [FREE, packet('01: A1'), SILENCE, packet('02: B3')],
    { kind: 'failed', reason: 'answer_missing' },
  ],
  ['a line that never falls silent', [new Uint8Array(9_000).fill(0x33)], { kind: 'failed', reason: 'noise' }],
  [
    'a queue that stands still',
    [FREE, packet('01: A5 07')],
    { kind: 'at_work', problem: { code: 'register.queue_stopped', message: expect.stringContaining('task 7') } },
  ],
  [
    'a queue that stood still before',
    [packet('00: A5 07')],
    { kind: 'at_work', problem: { code: 'register.queue_stopped' } },
  ],
  ['a full buffer', [FREE, packet('01: B1')], { kind: 'at_work', problem: { code: 'register.queue_full' } }],
  [
    'a queue that goes on for another program',
    [FREE, packet('01: A1'), SILENCE, packet('02: A1'), SILENCE, packet('03: A1')],
    { kind: 'at_work', problem: { code: 'register.queue_waiting' } },
  ],
])('ends after %s', (_title, events, result) => {
  expect(play(events).result).toMatchObject(result)
})

test('a task of ours that a cut left behind is acknowledged when it is done, and waited for while it is not', () => {
  const book = createTaskBook()
  play([FREE, packet('01: A1')], book)
  book.newHold()
  expect(play([packet('02: A1')], book)).toMatchObject({
    sent: ['02: C3 C0'],
    result: { kind: 'at_work', problem: { code: 'register.queue_waiting' } },
  })
  book.newHold()
  expect(play([packet('03: A3 55 00 00'), packet('04: A3')], book).sent).toEqual([
    '03: C3 C0',
    '04: C2 C0',
    '05: C1 01 C0 00 00 45',
  ])
})

test('a task of ours that failed and stopped the queue is taken out of it; another program’s is not', () => {
  const book = createTaskBook()
  play([FREE, packet('01: A4 55 66 00'), SILENCE, SILENCE, SILENCE], book)
  expect(play([packet('03: A5 C0'), packet('04: A3')], book).sent).toEqual([
    '03: C3 C0',
    '04: C2 C0',
    '05: C1 01 C0 00 00 45',
  ])
  expect(play([packet('00: A5 C0')]).sent).toEqual(['00: C3 C0'])
})

test('a task of ours that stops the queue as soon as it is given is taken out at once', () => {
  const book = createTaskBook()
  expect(play([FREE, packet('01: A5 C0'), packet('02: A3')], book)).toMatchObject({
    sent: asked,
    result: { kind: 'failed', reason: 'answer_missing' },
  })
  expect(book.free).toBe(0xc0)
})

test('a task that another program gave under the id of ours does not count as ours later', () => {
  const book = createTaskBook()
  play([FREE, packet('01: B2'), SILENCE, SILENCE, SILENCE], book)
  book.newHold()
  expect(play([packet('03: A3 55 00 00')], book).sent).toEqual(['03: C3 C2', '04: C3 C3'])
  expect(book.isOurs(0xc0)).toBe(false)
})

test('an acknowledgement that is answered by the error of its task has taken it out, too', () => {
  const book = createTaskBook()
  play([FREE, packet('01: A4 55 66 00'), packet('02: A4 55 66 00')], book)
  expect(play([packet('03: A3 55 00 00')], book).sent).toEqual(['03: C1 01 C0 00 00 45', '04: C2 C0'])
})

test('nothing is given while a task of ours that was left behind is not known to be gone', () => {
  const book = createTaskBook()
  play([FREE, packet('01: A1')], book)
  expect(play([packet('02: A3 55 00 00'), packet('03: A1')], book)).toMatchObject({
    sent: ['02: C3 C0', '03: C2 C0'],
    result: { kind: 'at_work', problem: { code: 'register.queue_waiting' } },
  })
})

test('domain 17.24: a result that came in time is acknowledged though the time for the port is over', async () => {
  const link = createTaskLink({ request: REQUEST, book: createTaskBook(), interByteMs: 200 })
  const { outcome, sent } = await carryUntil(link, 600, [
    [0, FREE],
    [400, packet('01: A1')],
    [600, packet('F0: A7 C0 55 66 00')],
    [1_000, DONE],
  ])
  expect(sent.flatMap(packetsIn)).toEqual(asked)
  expect(outcome).toMatchObject({ kind: 'result', result: { kind: 'answer', payload: { failed: true } } })
})

test('domain 17.24: past the time for the port an acknowledgement is said once', async () => {
  const link = createTaskLink({ request: REQUEST, book: createTaskBook(), interByteMs: 200 })
  const { outcome, sent } = await carryUntil(link, 400, [
    [0, FREE],
    [400, packet('01: A3 55 00 00')],
  ])
  expect(sent.flatMap(packetsIn)).toEqual(asked)
  expect(outcome.kind).toBe('out_of_time')
})

test('numbers of packets and tasks go round within their bounds', () => {
  const book = createTaskBook({ packetId: 0xdf, taskId: 0xdf })
  expect(play([packet('DF: A3 55 00')], book).sent).toEqual(['DF: C3 DF', '00: C3 C0'])
})

const device = fc.oneof(
  fc.constant<LinkEvent>(SILENCE),
  fc.uint8Array({ minLength: 1, maxLength: 30 }),
  fc
    .tuple(
      fc.oneof(fc.constant(0xf0), fc.integer({ min: 0, max: 12 })),
      fc.constantFrom(0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xb1, 0xb2, 0xb3, 0xb4, null),
      fc.constantFrom(0xc0, 0xc1, 5),
    )
    .map(([id, status, argument]) => encodePacket(id, status === null ? [] : [status, argument, 0x55, 0])),
)

test('ends within a bounded number of steps whatever the device does; nothing but its own task is given or acknowledged', () => {
  fc.assert(
    fc.property(fc.array(fc.array(device, { maxLength: 60 }), { maxLength: 4 }), holds => {
      const book = createTaskBook()
      const given = new Set<string>()
      for (const events of holds) {
        book.newHold()
        const { sent, result } = play([...events, ...Array<LinkEvent>(60).fill(SILENCE)], book)
        expect(result).not.toBeNull()
        for (const each of sent) {
          const [command = '', ...rest] = each.slice(4).split(' ')
          if (command === 'C1') {
            given.add(rest[1] ?? '')
            expect(rest).toEqual(['01', rest[1], '00', '00', '45'])
          } else if (command === 'C2') expect(given).toContain(rest[0])
          else expect(['', 'C3']).toContain(command)
        }
      }
    }),
  )
})

test('the result does not depend on how the bytes are cut', () => {
  const stream = [...packet('F0: A6 05 55 FE FD'), ...packet('01: A3 55 00 00')]
  fc.assert(
    fc.property(fc.integer({ min: 1, max: stream.length }), size => {
      expect(play([FREE, ...chunksOf(stream, size), DONE]).result).toEqual(answered)
    }),
  )
})
