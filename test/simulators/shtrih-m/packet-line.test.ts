import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EMPTY_PACKET, packetOf } from './packet.ts'
import { registerWithPackets } from './testing.ts'

const SHORT = [0x10, 0x1e, 0, 0, 0]
const DEVICE_TYPE = [0xfc]
const AFTER_RESET = [...packetOf(1, [])]

test('the device counts from 1, executes what is next, and repeats its last answer to everything else', () => {
  const { send, register } = registerWithPackets()
  expect(send(EMPTY_PACKET)).toEqual(AFTER_RESET)
  const answer = send(packetOf(2, SHORT))
  expect(answer.slice(0, 7)).toEqual([0x8f, 19, 0, 2, 0, 0x10, 0])
  for (const packet of [EMPTY_PACKET, packetOf(2, DEVICE_TYPE), packetOf(1, DEVICE_TYPE), packetOf(9, DEVICE_TYPE)])
    expect(send(packet)).toEqual(answer)
  expect(register.log.map(entry => entry.opcode)).toEqual(['10'])
})

test('a packet without a command executes nothing, whatever its number', () => {
  const { send, register } = registerWithPackets()
  expect(send(packetOf(2, []))).toEqual(AFTER_RESET)
  expect(register.log).toEqual([])
})

test('bytes of protocol 1 and damaged packets get no reaction', () => {
  const { send, register } = registerWithPackets()
  expect(send([0x05, 0x02, 0x01, 0xfc, 0xfd, 0x06])).toEqual([])
  expect(send(packetOf(2, SHORT, 1))).toEqual([])
  expect(register.log).toEqual([])
})

test('the device gives the same bytes however the host bytes are cut', () => {
  const conversation = [
    ...EMPTY_PACKET,
    ...packetOf(2, SHORT),
    0x00,
    ...packetOf(2, SHORT),
    ...packetOf(3, DEVICE_TYPE),
  ]
  const whole = registerWithPackets().send(conversation)
  fc.assert(
    fc.property(fc.array(fc.nat(conversation.length)), cuts => {
      const { line, take } = registerWithPackets()
      const edges = [...cuts, 0, conversation.length].sort((a, b) => a - b)
      for (const [index, edge] of edges.entries())
        line.receive(Uint8Array.from(conversation.slice(edge, edges[index + 1] ?? edge)))
      expect(take()).toEqual(whole)
    }),
  )
})

test('no bytes whatever make it do what was not asked: afterwards it synchronises and obeys', () => {
  const packets = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(fc.nat(65_535), fc.nat(40)).map(([number, length]) => packetOf(number, Array(length).fill(0x8f), 1)),
  )
  fc.assert(
    fc.property(fc.array(packets, { maxLength: 10 }), noise => {
      const { send, register } = registerWithPackets()
      for (const bytes of noise) send(bytes)
      expect(send(EMPTY_PACKET)).toEqual(AFTER_RESET)
      send(packetOf(2, SHORT))
      expect(register.log.map(entry => [entry.opcode, entry.forbidden])).toEqual([['10', false]])
    }),
  )
})

test('silence inside a packet makes the device forget it', async () => {
  const { send, clock } = registerWithPackets({ quirks: { byte_timeout_ms: 100 } })
  send(EMPTY_PACKET.subarray(0, 3))
  await clock.advance(100)
  expect(send(EMPTY_PACKET.subarray(3))).toEqual([])
  expect(send(EMPTY_PACKET)).toEqual(AFTER_RESET)
})

test('a command that only POS programs send is forbidden here too', () => {
  const { send, register } = registerWithPackets()
  expect(send(packetOf(2, [0x41, 0x1e, 0, 0, 0])).slice(5, 7)).toEqual([0x41, 0x37])
  expect(register.forbidden).toBe(1)
})

describe('others', () => {
  test('another program that asks in between takes the next number', () => {
    const { send, register } = registerWithPackets()
    send(packetOf(2, SHORT))
    register.update({ quirks: { foreign_pending_answer: true } })
    expect(send(packetOf(3, SHORT)).slice(3, 7)).toEqual([3, 0, 0xfc, 0])
    expect(send(packetOf(4, SHORT)).slice(3, 7)).toEqual([4, 0, 0x10, 0])
  })

  test('a register whose power was off counts from 1 again', () => {
    const { send, register } = registerWithPackets()
    send(packetOf(2, SHORT))
    register.update({ register: { link: 'silent' } })
    expect(send(EMPTY_PACKET)).toEqual([])
    register.update({ register: { link: 'ok' } })
    expect(send(EMPTY_PACKET)).toEqual(AFTER_RESET)
  })

  test('its model parameters tell that the model knows this protocol', () => {
    const { send } = registerWithPackets()
    expect((send(packetOf(2, [0xf7, 1]))[5 + 2 + 3] ?? 0) & 0x10).toBe(0x10)
  })
})

describe('faults', () => {
  test('silence: the command was executed, and its number brings the answer up', () => {
    const { send, register } = registerWithPackets({ faults: { silence_every: 1 } })
    expect(send(packetOf(2, SHORT))).toEqual([])
    expect(send(packetOf(2, SHORT)).slice(3, 7)).toEqual([2, 0, 0x10, 0])
    expect(register.log.map(entry => entry.answer_code)).toEqual([null])
  })

  test('a refusal: the packet is taken for damaged, its number stays free', () => {
    const { send } = registerWithPackets({ faults: { nak_every: 2 } })
    send(packetOf(2, SHORT))
    expect(send(packetOf(3, SHORT))).toEqual([])
    expect(send(packetOf(3, DEVICE_TYPE)).slice(3, 7)).toEqual([3, 0, 0xfc, 0])
  })

  test('a wrong checksum and a cut spoil the answer on its way, not what the device keeps', () => {
    const { send } = registerWithPackets({ faults: { bad_checksum_every: 2, cut_every: 3 } })
    const good = send(packetOf(2, SHORT))
    const wrong = send(EMPTY_PACKET)
    expect(wrong).not.toEqual(good)
    expect(wrong.slice(0, 22)).toEqual(good.slice(0, 22))
    const cut = send(EMPTY_PACKET)
    expect(cut.length).toBeLessThan(good.length)
    expect(good.slice(0, cut.length)).toEqual(cut)
  })

  test('a late answer comes after its delay; what the host sends meanwhile waits its turn', async () => {
    const { send, clock, take } = registerWithPackets({ faults: { delay_ms: 3_000 } })
    expect(send(packetOf(2, SHORT))).toEqual([])
    expect(send(packetOf(2, SHORT))).toEqual([])
    await clock.advance(2_999)
    expect(take()).toEqual([])
    await clock.advance(1)
    const both = take()
    expect(both.slice(0, both.length / 2)).toEqual(both.slice(both.length / 2))
  })

  test('one byte at a time', () => {
    const { line, writes } = registerWithPackets({ quirks: { one_byte_writes: true } })
    line.receive(EMPTY_PACKET)
    expect(writes).toHaveLength(AFTER_RESET.length)
  })
})
