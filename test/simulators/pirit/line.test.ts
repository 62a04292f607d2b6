import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACK, CAN, ENQ, LF, STX } from './packet.ts'
import { readAnswer, registerWithLine, requestPacket } from './testing.ts'

const STATUS = [...requestPacket('00', 0x41)]
const CLOCK = [...requestPacket('13', 0x42)]
const SHIFT_OPEN = { shift: { state: 'open' } }
const answerTo = (packet: number[]) => registerWithLine(SHIFT_OPEN).send(...packet)

test('the device gives the same bytes however the host bytes are cut', () => {
  const conversation = [ENQ, ...STATUS, 0x15, ...requestPacket('78/7', 0x43), ENQ, STX, ...STATUS, 0xff, ...STATUS]
  const whole = registerWithLine().send(...conversation)
  fc.assert(
    fc.property(fc.array(fc.nat(conversation.length)), cuts => {
      const { line, take } = registerWithLine()
      const edges = [...cuts, 0, conversation.length].sort((a, b) => a - b)
      for (const [index, edge] of edges.entries())
        line.receive(Uint8Array.from(conversation.slice(edge, edges[index + 1] ?? edge)))
      expect(take()).toEqual(whole)
    }),
  )
})

test('any bytes are survived: after a pause the next request is answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async noise => {
      const { line, clock, send, take } = registerWithLine(SHIFT_OPEN)
      line.receive(noise)
      await clock.advance(200)
      take()
      expect(send(...STATUS)).toEqual(answerTo(STATUS))
    }),
  )
})

describe('single bytes outside a packet', () => {
  test('each enquiry is acknowledged', () => {
    expect(registerWithLine().send(ENQ, ENQ)).toEqual([ACK, ACK])
  })

  test.each([
    [LF, '0A', 'paper fed'],
    [CAN, '18', 'report interrupted'],
  ])('a bare byte %i makes the device act, which is forbidden', (byte, opcode, name) => {
    const { register, send } = registerWithLine()
    expect(send(byte)).toEqual([])
    expect(register.log).toMatchObject([{ opcode, name, forbidden: true }])
    expect(() => register.assertReadOnly()).toThrow(opcode)
  })

  test('inside a packet such a byte is data, and nothing else alone is heeded', () => {
    const { register, send } = registerWithLine()
    send(STX, LF, CAN, ...STATUS)
    send(...Array.from({ length: 256 }, (_, byte) => byte).filter(byte => ![LF, CAN, ENQ, STX].includes(byte)))
    register.assertReadOnly()
    expect(register.log.map(entry => entry.opcode)).toEqual(['00'])
  })
})

describe('a packet that does not come whole', () => {
  test('a pause of 200 ms inside it gets error 05 under its number, where that had come', async () => {
    const { send, clock, take } = registerWithLine()
    expect(send(...STATUS.slice(0, 9))).toEqual([])
    await clock.advance(199)
    expect(take()).toEqual([])
    await clock.advance(1)
    const answer = take()
    expect(answer[1]).toBe(0x41)
    expect(readAnswer(answer)).toEqual({ error: '05', fields: [] })
    send(...STATUS.slice(0, 4))
    await clock.advance(1_000)
    expect(take()).toEqual([])
    expect(send(...STATUS)).not.toEqual([])
  })

  test('a packet without end overflows the buffer', () => {
    const { send } = registerWithLine()
    const answer = send(...STATUS.slice(0, 8), ...Array(1_100).fill(0x30))
    expect(readAnswer(answer).error).toBe('04')
    expect(send(...STATUS)).not.toEqual([])
  })

  test('damage gets error 07, or silence on units that prefer it', () => {
    const damaged = [...STATUS.slice(0, -1), 0x5a]
    expect(readAnswer(registerWithLine().send(...damaged)).error).toBe('07')
    const silent = registerWithLine({ quirks: { bad_checksum_reaction: 'silence' } })
    expect(silent.send(...damaged)).toEqual([])
    expect(silent.register.log).toMatchObject([{ forbidden: false, answer_code: null }])
  })
})

describe('time', () => {
  test('requests are answered one after another, and an enquiry after what came before it', async () => {
    const { send, clock, take } = registerWithLine({ ...SHIFT_OPEN, faults: { delay_ms: 300 } })
    expect(send(...STATUS, ...CLOCK, ENQ)).toEqual([])
    await clock.advance(300)
    expect(take()).toEqual(answerTo(STATUS))
    await clock.advance(300)
    expect(take().slice(0, 4)).toEqual([STX, 0x42, 0x31, 0x33])
    expect(send(ENQ)).toEqual([ACK])
  })

  test('a window of silence passes, and a register without power says nothing', async () => {
    const { register, send, clock } = registerWithLine({ faults: { silent_ms: 3000 } })
    expect(send(ENQ, ...STATUS)).toEqual([])
    await clock.advance(3000)
    expect(send(ENQ)).toEqual([ACK])
    register.update({ register: { link: 'silent' } })
    expect(send(ENQ, ...STATUS)).toEqual([])
  })

  test('while it prints, a document is closed but not printed to its end', async () => {
    const host = registerWithLine({ faults: { busy_ms: 1000 } })
    expect(host.ask('00').fields[2]).toBe(String(0x82))
    await host.clock.advance(1000)
    expect(host.ask('00').fields[2]).toBe('0')
  })
})

describe('manners on the line', () => {
  test('an answer byte by byte', () => {
    const host = registerWithLine({ ...SHIFT_OPEN, quirks: { one_byte_writes: true } })
    host.line.receive(Uint8Array.from(STATUS))
    expect(host.writes.every(write => write.length === 1)).toBe(true)
    expect(host.take()).toEqual(answerTo(STATUS))
  })

  test('the answer before comes again, glued in front, under its own number', () => {
    const host = registerWithLine({ ...SHIFT_OPEN, quirks: { late_answers: true } })
    expect(host.send(...STATUS)).toEqual(answerTo(STATUS))
    host.line.receive(Uint8Array.from(CLOCK))
    expect(host.writes).toHaveLength(1)
    expect(host.take().slice(0, answerTo(STATUS).length)).toEqual(answerTo(STATUS))
  })

  test('a unit that ignores enquiries still answers requests', () => {
    const host = registerWithLine({ ...SHIFT_OPEN, quirks: { ignores_enquiry: true } })
    expect(host.send(ENQ, ...STATUS)).toEqual(answerTo(STATUS))
  })
})

describe('faults', () => {
  test('silence on every second command, which leaves no answer behind', () => {
    const { send, register } = registerWithLine({ faults: { silence_every: 2 } })
    expect(send(...STATUS)).not.toEqual([])
    expect(send(...STATUS)).toEqual([])
    expect(send(ENQ)).toEqual([ACK])
    expect(register.log.map(entry => entry.answer_code)).toEqual(['00', null])
  })

  test('every third good request is called damaged', () => {
    const { ask } = registerWithLine({ faults: { nak_every: 3 } })
    expect([1, 2, 3, 4].map(() => ask('00').error)).toEqual(['00', '00', '07', '00'])
  })

  test('a cut answer is the beginning of the whole one, the same for the same seed', () => {
    const cut = (seed: number) => registerWithLine({ ...SHIFT_OPEN, faults: { cut_every: 1, seed } }).send(...STATUS)
    expect(cut(7)).toEqual(cut(7))
    expect(cut(7).length).toBeLessThan(answerTo(STATUS).length)
    expect(answerTo(STATUS).slice(0, cut(7).length)).toEqual(cut(7))
  })

  test('an answer with a wrong checksum differs in its last digit alone', () => {
    const answer = registerWithLine({ ...SHIFT_OPEN, faults: { bad_checksum_every: 1 } }).send(...STATUS)
    expect(answer.slice(0, -1)).toEqual(answerTo(STATUS).slice(0, -1))
    expect(answer.at(-1)).not.toBe(answerTo(STATUS).at(-1))
  })
})
