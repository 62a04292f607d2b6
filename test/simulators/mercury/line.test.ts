import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { framed } from './framing.ts'
import { registerWithLine } from './testing.ts'

const INFO = JSON.stringify({ command: 'GetDriverInfo' })
const ANSWER = registerWithLine().send(framed(INFO))

test('a request is four bytes of length, high byte first, and JSON in UTF-8', () => {
  expect(framed(INFO).subarray(0, 4)).toEqual(Buffer.from([0, 0, 0, 0x1b]))
  expect(framed('{"я":1}').readUInt32BE()).toBe(8)
  expect(ANSWER.readUInt32BE()).toBe(ANSWER.length - 4)
})

test('the service gives the same bytes however the host bytes are cut', () => {
  const conversation = Buffer.concat([framed(INFO), framed(INFO, { nuls: 3 }), framed('{"command":"GetStatus"}')])
  const whole = registerWithLine().send(conversation)
  fc.assert(
    fc.property(fc.array(fc.nat(conversation.length)), cuts => {
      const { line, take } = registerWithLine()
      const edges = [...cuts, 0, conversation.length].sort((a, b) => a - b)
      for (const [index, edge] of edges.entries()) line.receive(conversation.subarray(edge, edges[index + 1] ?? edge))
      expect(take()).toEqual(whole)
    }),
  )
})

test('whatever bytes come, the service lives on, and nothing of it counts as a command', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async noise => {
      const { send, clock, take, register } = registerWithLine()
      send(noise)
      await clock.advance(1_000)
      take()
      register.assertReadOnly()
      expect(send(framed(INFO))).toEqual(ANSWER)
    }),
    { numRuns: 50 },
  )
})

describe('manners on the line', () => {
  test('zero bytes behind the answer, counted in its length or not', () => {
    const counted = registerWithLine({ quirks: { trailing_nuls: 2 } }).send(framed(INFO))
    expect(counted.length).toBe(ANSWER.length + 2)
    expect(counted.readUInt32BE()).toBe(counted.length - 4)
    const apart = registerWithLine({ quirks: { trailing_nuls: 2, nuls_counted: false } }).send(framed(INFO))
    expect(apart).toEqual(Buffer.concat([ANSWER, Buffer.alloc(2)]))
  })

  test('an answer in pieces', () => {
    const host = registerWithLine({ quirks: { piece_bytes: 7 } })
    host.line.receive(framed(INFO))
    expect(host.writes.every(write => write.length <= 7)).toBe(true)
    expect(host.take()).toEqual(ANSWER)
  })

  test('an answer of no length where the register does not answer', () => {
    const host = registerWithLine({ register: { link: 'silent' }, quirks: { no_contact: 'empty' } })
    const open = JSON.stringify({ command: 'OpenSession', portName: 'USB', model: '185F' })
    expect(host.send(framed(open))).toEqual(Buffer.alloc(4))
    expect(host.send(framed(INFO))).toEqual(ANSWER)
  })

  test('a hung service answers nothing and does nothing', () => {
    const host = registerWithLine({ quirks: { hung: true } })
    expect(host.send(framed(INFO))).toHaveLength(0)
    expect(host.register.log).toMatchObject([{ opcode: 'GetDriverInfo', answer_code: null }])
  })

  test('what is no JSON object is refused and is no command', () => {
    const host = registerWithLine()
    for (const text of ['[]', 'null', '{', '"GetStatus"'])
      expect(JSON.parse(host.send(framed(text)).toString('utf8', 4))).toMatchObject({ result: 9996 })
    expect(host.register.log).toHaveLength(0)
  })

  test('what a client that left was owed, the next one does not get', async () => {
    const host = registerWithLine({ faults: { delay_ms: 3_000 } })
    host.send(framed(INFO))
    host.line.left?.()
    host.send(framed('{"command":"GetDateTime"}'))
    await host.clock.advance(3_000)
    const answers = host.take()
    expect(JSON.parse(answers.toString('utf8', 4))).toMatchObject({ result: 9999 })
  })
})

describe('faults', () => {
  test('damage makes the JSON unreadable, a cut keeps its beginning', () => {
    const damaged = registerWithLine({ faults: { bad_checksum_every: 1 } }).send(framed(INFO))
    expect(damaged.readUInt32BE()).toBe(damaged.length - 4)
    expect(() => JSON.parse(damaged.toString('utf8', 4)) as unknown).toThrow()
    const cut = registerWithLine({ faults: { cut_every: 1, seed: 7 } }).send(framed(INFO))
    expect(cut.length).toBeLessThan(ANSWER.length)
    expect(ANSWER.subarray(0, cut.length)).toEqual(cut)
  })

  test('a request that is swallowed or refused is not carried out', () => {
    const open = framed(JSON.stringify({ command: 'OpenSession', portName: 'USB', model: '185F' }))
    const swallowing = registerWithLine({ faults: { silence_every: 1 }, quirks: { single_session: true } })
    expect(swallowing.send(open)).toHaveLength(0)
    swallowing.register.update({ faults: { silence_every: 0 } })
    expect(swallowing.open()['result']).toBe(0)
    const refusing = registerWithLine({ faults: { nak_every: 1 } })
    expect(refusing.open()['result']).toBe(9994)
  })

  test('a late answer comes after its delay, windows of silence and of printing pass', async () => {
    const host = registerWithLine({ faults: { delay_ms: 3_000 } })
    expect(host.send(framed(INFO))).toHaveLength(0)
    await host.clock.advance(2_999)
    expect(host.take()).toHaveLength(0)
    await host.clock.advance(1)
    expect(host.take()).toEqual(ANSWER)
    host.register.update({ faults: { delay_ms: 0, silent_ms: 1_000 } })
    expect(host.open()['result']).toBe(3001)
    await host.clock.advance(1_000)
    host.register.update({ faults: { busy_ms: 1_000 } })
    expect(host.open()['result']).toBe(9998)
    await host.clock.advance(1_000)
    expect(host.open()['result']).toBe(0)
  })
})
