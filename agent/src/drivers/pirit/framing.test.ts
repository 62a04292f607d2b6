import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut, cuts, noiseWithout } from '../kit/testing/stream.ts'
import { ACK, createAnswerParser, ENQ, ETX, encodePacket, PACKET_IDS, STX, type StreamEvent } from './framing.ts'
import { answerPacket } from './testing.ts'

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))
const id = fc.integer({ min: PACKET_IDS.first, max: PACKET_IDS.last })
/** Fields as a device may fill them: printable ASCII without blanks around it. */
const field = fc.stringMatching(/^[!-~]{0,12}$/)
const answer = fc.record({
  id,
  command: digits(2),
  error: fc.integer({ min: 0, max: 0xff }),
  fields: fc.array(field, { maxLength: 6 }),
})
const noise = noiseWithout(STX, ACK)
const answersOf = (events: StreamEvent[]) => events.flatMap(event => (event.kind === 'answer' ? [event.answer] : []))

test('a request with and without fields', () => {
  expect(hexOf(encodePacket({ password: 'PIRI', command: '00', fields: [] }, 0x41))).toBe('0250495249413030033430')
  expect(hexOf(encodePacket({ password: 'PIRI', command: '02', fields: ['14'] }, 0x43))).toBe(
    '0250495249433032' + '31341C033539',
  )
})

test('no request can hold a byte on which a register acts outside a packet, whatever it is made of', () => {
  const unit = fc.constantFrom(...' 0AZz~', '\n', '\x18', '\x05', '\x02', '\x03', '\x1c', 'Ф', '\u010a')
  const text = (minLength: number, maxLength: number) => fc.string({ unit, minLength, maxLength })
  const request = fc.record({
    password: text(3, 5),
    command: digits(2),
    fields: fc.array(text(0, 3), { maxLength: 2 }),
  })
  fc.assert(
    fc.property(request, fc.integer({ min: 0, max: 0xff }), (request, id) => {
      let packet: Uint8Array
      try {
        packet = encodePacket(request, id)
      } catch {
        return
      }
      for (const byte of [0x0a, 0x18, ENQ]) expect([...packet]).not.toContain(byte)
      expect(packet.lastIndexOf(STX)).toBe(0)
      expect(packet.indexOf(ETX)).toBe(packet.length - 3)
    }),
    { numRuns: 5_000 },
  )
})

test.each([
  [{ password: 'PIR\n', command: '00', fields: [] }, 0x41],
  [{ password: 'PIRIT', command: '00', fields: [] }, 0x41],
  [{ password: 'PIRI', command: '00', fields: ['\x18'] }, 0x41],
  [{ password: 'PIRI', command: '00', fields: ['Ф'] }, 0x41],
  [{ password: 'PIRI', command: '00', fields: [] }, 0x0a],
])('%j under number %i is no request', (request, id) => expect(() => encodePacket(request, id)).toThrow('assertion'))

test('answers are found whole, in order, whatever noise stands between them and however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, answer), { maxLength: 4 }), cuts, (parts, lengths) => {
      const stream = Uint8Array.from(parts.flatMap(([before, one]) => [...before, ...answerPacket(one)]))
      const parser = createAnswerParser()
      const events = cut(stream, lengths).flatMap(chunk => parser.push(chunk))
      expect(events).toEqual(parts.map(([, one]) => ({ kind: 'answer', answer: one })))
      expect(parser.inPacket).toBe(false)
    }),
  )
})

test('any bytes in any chunks give the same events, and a good answer behind them is found', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.array(fc.constantFrom(STX, ETX, ACK, 0x30, 0x1c), { maxLength: 2_000 }).map(array => Uint8Array.from(array)),
  )
  fc.assert(
    fc.property(bytes, cuts, answer, (stream, lengths, good) => {
      const whole = createAnswerParser().push(stream)
      const parser = createAnswerParser()
      expect(cut(stream, lengths).flatMap(chunk => parser.push(chunk))).toEqual(whole)
      expect(answersOf(parser.push(answerPacket(good)))).toEqual([good])
    }),
  )
})

test('an endless packet is not kept', () => {
  const parser = createAnswerParser()
  expect(parser.push(Uint8Array.of(STX, ...Array(1_023).fill(0x30)))).toEqual([])
  expect(parser.push(Uint8Array.of(0x30))).toEqual([{ kind: 'damaged' }])
  parser.push(new Uint8Array(100_000))
  expect(parser.inPacket).toBe(false)
})

test('a changed byte never gives another answer', () => {
  fc.assert(
    fc.property(answer, fc.nat(), fc.integer({ min: 1, max: 255 }), (good, at, change) => {
      const packet = answerPacket(good)
      const index = 1 + (at % (packet.length - 1))
      packet[index] = (packet[index] ?? 0) ^ change
      // The checksum's letters may be of either size.
      for (const found of answersOf(createAnswerParser().push(packet))) expect(found).toEqual(good)
    }),
  )
})

test('a checksum in small letters, a missing last separator, an ACK between answers', () => {
  const good = { id: 0x41, command: '00', error: 0, fields: ['0', '4', '0'] }
  const small = Uint8Array.from(answerPacket(good), (byte, at) => (at === 15 ? byte | 0x20 : byte))
  const bare = answerPacket({ ...good, fields: [] }, '0\x1c4\x1c0')
  expect(createAnswerParser().push(Uint8Array.of(...small, ACK, ...bare))).toEqual([
    { kind: 'answer', answer: good },
    { kind: 'ack' },
    { kind: 'answer', answer: good },
  ])
})

test('a head that is none is damage, however right the checksum', () => {
  for (const head of [{ command: 'xx' }, { command: '7' }]) {
    const packet = answerPacket({ id: 0x41, error: 0, fields: [], ...head })
    expect(createAnswerParser().push(packet)).toEqual([{ kind: 'damaged' }])
  }
})
