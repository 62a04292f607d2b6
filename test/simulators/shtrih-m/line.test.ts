import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACK, ENQ, frameOf, NAK } from './link.ts'
import { registerWithLine } from './testing.ts'

const SHORT = frameOf([0x10, 0x1e, 0, 0, 0])
const answerTo10 = () =>
  registerWithLine()
    .send(...SHORT)
    .slice(1)

test('the device gives the same bytes however the host bytes are cut', () => {
  const conversation = [ENQ, ...SHORT, ACK, ENQ, ENQ, ...SHORT.slice(0, -1), 0x00, ...SHORT, NAK, ENQ, ACK, ENQ]
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

test('silence inside a frame gets NAK after the byte time-out', async () => {
  const { send, clock, take } = registerWithLine({ quirks: { byte_timeout_ms: 100 } })
  expect(send(...SHORT.slice(0, 3))).toEqual([])
  await clock.advance(99)
  expect(take()).toEqual([])
  await clock.advance(1)
  expect(take()).toEqual([NAK])
})

test('an answer whose ACK never comes is kept for the next enquiry', async () => {
  const { send, clock } = registerWithLine({ quirks: { ack_timeout_ms: 100 } })
  const [, ...answer] = send(...SHORT)
  await clock.advance(60_000)
  expect(send(ACK)).toEqual([])
  expect(send(ENQ)).toEqual([ACK, ...answer])
})

describe('manners on the line', () => {
  test('ACK and answer in one write, or each byte in its own', () => {
    const joined = registerWithLine({ quirks: { ack_joined: true } })
    joined.line.receive(SHORT)
    expect(joined.writes).toHaveLength(1)
    expect(joined.take()).toEqual([ACK, ...answerTo10()])
    const single = registerWithLine({ quirks: { one_byte_writes: true } })
    single.line.receive(SHORT)
    expect(single.writes.every(write => write.length === 1)).toBe(true)
    expect(single.take()).toEqual([ACK, ...answerTo10()])
  })

  test('a late answer comes after its delay, while the device hears nothing', async () => {
    const { send, clock, take } = registerWithLine({ faults: { delay_ms: 3000 } })
    expect(send(...SHORT)).toEqual([ACK])
    expect(send(ENQ)).toEqual([])
    await clock.advance(2999)
    expect(take()).toEqual([])
    await clock.advance(1)
    expect(take()).toEqual(answerTo10())
  })

  test("another program's answer stands in the way once each time it is switched on", () => {
    const { register, send } = registerWithLine({ quirks: { foreign_pending_answer: true } })
    expect(send(ENQ).slice(0, 5)).toEqual([ACK, 0x02, expect.any(Number), 0xfc, 0])
    send(ACK)
    expect(send(ENQ)).toEqual([NAK])
    register.update({ quirks: { foreign_pending_answer: false } })
    send(ENQ)
    register.update({ quirks: { foreign_pending_answer: true } })
    expect(send(ENQ)[0]).toBe(ACK)
  })
})

describe('faults', () => {
  test('silence on every second command, which is not answered at all', () => {
    const { send, register } = registerWithLine({ faults: { silence_every: 2 } })
    expect(send(...SHORT)[0]).toBe(ACK)
    send(ACK)
    expect(send(...SHORT)).toEqual([])
    expect(send(ENQ)).toEqual([NAK])
    expect(register.log.map(entry => entry.answer_code)).toEqual(['00', null])
  })

  test('NAK on every third good frame', () => {
    const { send } = registerWithLine({ faults: { nak_every: 3 } })
    const first = () => {
      const byte = send(...SHORT)[0]
      send(ACK)
      return byte
    }
    expect([first(), first(), first(), first()]).toEqual([ACK, ACK, NAK, ACK])
  })

  test('a cut answer is the beginning of the whole one, the same for the same seed', () => {
    const cut = (seed: number) =>
      registerWithLine({ faults: { cut_every: 1, seed } })
        .send(...SHORT)
        .slice(1)
    expect(cut(7)).toEqual(cut(7))
    expect(cut(7).length).toBeLessThan(answerTo10().length)
    expect(answerTo10().slice(0, cut(7).length)).toEqual(cut(7))
  })

  test('a window of silence passes, and so does a window of printing', async () => {
    const host = registerWithLine({ faults: { silent_ms: 3000 } })
    const modeAndSubmode = () => host.ask('10 1E000000').slice(5, 7)
    expect(host.send(ENQ)).toEqual([])
    await host.clock.advance(3000)
    expect(host.send(ENQ)).toEqual([NAK])
    host.register.update({ faults: { busy_ms: 1000 } })
    await host.clock.advance(999)
    expect(modeAndSubmode()).toEqual([8, 5])
    await host.clock.advance(1)
    expect(modeAndSubmode()).toEqual([2, 0])
  })

  test('a register without power says nothing', () => {
    const { send, register } = registerWithLine({ register: { link: 'silent' } })
    expect(send(ENQ)).toEqual([])
    register.update({ register: { link: 'ok' } })
    expect(send(ENQ)).toEqual([NAK])
  })
})
