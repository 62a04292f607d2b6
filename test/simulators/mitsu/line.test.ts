import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cp1251 } from '../shtrih-m/bytes.ts'
import { bareBytes, ETX, framedBytes, PIECE_END, requestBytes } from './framing.ts'
import { registerWithLine } from './testing.ts'

const QUERY = "<GET INFO='0'/>"
const FRAME = requestBytes(cp1251(QUERY))
const ANSWER = cp1251("<OK SHIFT='41' STATE='1' COUNT='17' KeyValid='445'/>")

test('the request and the answer that the reference works out, byte for byte', () => {
  expect(Buffer.from(requestBytes(cp1251("<GET INFO='OFD'/>"))).toString('hex')).toBe(
    '0211003c47455420494e464f3d274f4644272f3e0335',
  )
  expect(Buffer.from(framedBytes(cp1251("<OK COUNT='0'/>"))).toString('hex')).toBe('3c4f4b20434f554e543d2730272f3e0344')
})

test('a framed request gets an answer with an LRC, a bare one a bare answer', () => {
  const { send } = registerWithLine()
  expect(send(FRAME)).toEqual(framedBytes(ANSWER))
  expect(send(cp1251(QUERY))).toEqual(ANSWER)
})

test('the register gives the same bytes however the host bytes are cut', () => {
  const conversation = [
    ...FRAME,
    0x00,
    ...cp1251(QUERY),
    ...FRAME.slice(0, 9),
    ...FRAME,
    ...cp1251("<GET DEV='?'></GET>"),
  ]
  const whole = registerWithLine().send(conversation)
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

test('whatever bytes come, the register lives on and answers after the time-out of a byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async noise => {
      const { send, clock, take } = registerWithLine()
      send([...noise])
      await clock.advance(500)
      take()
      expect(send(FRAME)).toEqual(framedBytes(ANSWER))
    }),
    { numRuns: 50 },
  )
})

describe('long answers over the network', () => {
  const LONG = { register: { address: 'А'.repeat(250), organisation: 'Б'.repeat(256) } }

  test('come in pieces of 535 bytes with 17 between them, none after the last', () => {
    const bytes = registerWithLine(LONG).send(cp1251("<GET REG='?'/>"))
    expect(bytes[535]).toBe(PIECE_END)
    expect(bytes.indexOf(PIECE_END, 536)).toBe(bytes.length > 1071 ? 1071 : -1)
    expect(bytes.at(-1)).not.toBe(PIECE_END)
    expect(registerWithLine(LONG).ask("<GET REG='?'/>")).toBe(
      new TextDecoder('windows-1251').decode(Uint8Array.from(bytes.filter(byte => byte !== PIECE_END))),
    )
  })

  test('536 bytes are one piece, 537 are two, and a register may send all in one', () => {
    const of = (length: number) => Array<number>(length).fill(0x41)
    expect(bareBytes(of(536), true)).toHaveLength(536)
    expect(bareBytes(of(537), true)).toHaveLength(538)
    expect(bareBytes(of(2000), false)).toHaveLength(2000)
  })

  test('a long request in pieces is read as one', () => {
    const query = `<GET${' '.repeat(600)}INFO='0'/>`
    expect(registerWithLine().send(bareBytes(cp1251(query), true))).toEqual(ANSWER)
  })
})

describe('damage', () => {
  test('a request whose length, end or LRC is wrong gets no answer, and the next one does', () => {
    const { send } = registerWithLine()
    expect(send([...FRAME.slice(0, -1), 0x00])).toEqual([])
    expect(send(FRAME)).toEqual(framedBytes(ANSWER))
    expect(send([0x02, 0xff, 0xff, ...FRAME])).toEqual(framedBytes(ANSWER))
  })

  test('a damaged answer fails its LRC, over the network its tag cannot be read', () => {
    const faults = { bad_checksum_every: 1 }
    const framed = registerWithLine({ faults }).send(FRAME)
    expect(framed.at(-2)).toBe(ETX)
    expect(framed.reduce((sum, byte) => sum ^ byte, 0)).not.toBe(0)
    expect(registerWithLine({ faults }).askBare(QUERY)).toMatch(/^<#K /)
  })

  test('a cut answer is the beginning of the whole one, the same for the same seed', () => {
    const cut = (seed: number) => registerWithLine({ faults: { cut_every: 1, seed } }).send(FRAME)
    expect(cut(7)).toEqual(cut(7))
    expect(cut(7).length).toBeLessThan(ANSWER.length + 2)
    expect(framedBytes(ANSWER).slice(0, cut(7).length)).toEqual(cut(7))
  })

  test('silence on every second request, refusal of every third', () => {
    const silent = registerWithLine({ faults: { silence_every: 2 } })
    expect([silent.send(FRAME).length > 0, silent.send(FRAME).length > 0]).toEqual([true, false])
    expect(silent.register.log.map(entry => entry.answer_code)).toEqual(['0', null])
    const refusing = registerWithLine({ faults: { nak_every: 3 } })
    expect([1, 2, 3].map(() => refusing.askBare(QUERY)).at(-1)).toBe("<ERROR No='94'/>")
  })

  test('a register without power says nothing, a late one after its delay', async () => {
    const host = registerWithLine({ register: { link: 'silent' } })
    expect(host.send(FRAME)).toEqual([])
    host.register.update({ register: { link: 'ok' }, faults: { delay_ms: 3000 } })
    expect(host.send(FRAME)).toEqual([])
    await host.clock.advance(2999)
    expect(host.take()).toEqual([])
    await host.clock.advance(1)
    expect(host.take()).toEqual(framedBytes(ANSWER))
  })

  test('windows of silence and of printing pass, and bytes may come one by one', async () => {
    const host = registerWithLine({ faults: { silent_ms: 3000 }, quirks: { one_byte_writes: true } })
    expect(host.send(FRAME)).toEqual([])
    await host.clock.advance(3000)
    host.register.update({ faults: { busy_ms: 1000 } })
    expect(host.ask(QUERY)).toBe("<ERROR No='95'/>")
    await host.clock.advance(1000)
    host.line.receive(Uint8Array.from(FRAME))
    expect(host.writes.every(write => write.length === 1)).toBe(true)
    expect(host.take()).toEqual(framedBytes(ANSWER))
  })
})
