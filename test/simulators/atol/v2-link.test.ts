import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hex } from './bytes.ts'
import { registerWithHandshake } from './testing.ts'
import { ACK, createFrameReader, ENQ, EOT, frameOf, NAK } from './v2-frames.ts'
import { createDeviceLink, type LinkEffect } from './v2-link.ts'

const FRAME = frameOf([0, 0, 0x45])
const ANSWER = [0x55, 0, 0]
const say = (byte: number): LinkEffect => ({ kind: 'control', byte })
const transmit: LinkEffect = { kind: 'transmit', answer: ANSWER }
const feed = (link: ReturnType<typeof createDeviceLink>, bytes: Iterable<number>) =>
  Array.from(bytes).flatMap(byte => link.byte(byte))
const times = (count: number, run: () => LinkEffect[]) => Array.from({ length: count }, run).flat()

/** A link that has offered its answer. */
function offering() {
  const link = createDeviceLink()
  feed(link, [ENQ, ...FRAME])
  link.accept()
  link.byte(EOT)
  link.answer(ANSWER)
  return link
}

test('the documented frame and its reading back', () => {
  const frame = frameOf([0x1f, 0x00, 0xff, 0x10, 0x02, 0x03, 0x1a])
  expect(hex(frame)).toBe('021F00FF101002' + '10031A03E8')
  fc.assert(
    fc.property(fc.array(fc.nat(255), { maxLength: 100 }), data => {
      const reader = createFrameReader()
      const [, ...rest] = frameOf(data)
      expect(rest.map(byte => reader.byte(byte)).at(-1)).toEqual(Uint8Array.from(data))
    }),
  )
})

describe('the host’s turn', () => {
  test('ENQ is acknowledged as often as it comes, other bytes are passed over', () => {
    expect(feed(createDeviceLink(), [0x00, ACK, ENQ, ENQ, 0xff])).toEqual([say(ACK), say(ACK)])
  })

  test('a good frame is handed over, a damaged or cut one refused, and it may come again', () => {
    const link = createDeviceLink()
    expect(feed(link, [ENQ, ...frameOf([0, 0, 0x45], { damage: 1 })])).toEqual([say(ACK), say(NAK)])
    expect(feed(link, FRAME.slice(0, 3))).toEqual([])
    expect(link.expire()).toEqual([say(NAK)])
    expect(feed(link, FRAME)).toEqual([{ kind: 'received', data: Uint8Array.of(0, 0, 0x45) }])
  })

  test('the command is carried out when the host has ended its turn, and not without that', () => {
    const link = createDeviceLink()
    feed(link, [ENQ, ...FRAME])
    expect(link.accept()).toEqual([say(ACK)])
    expect(link.byte(EOT)).toEqual([{ kind: 'execute' }])
    const left = createDeviceLink()
    feed(left, [ENQ, ...FRAME])
    left.accept()
    expect(left.waitMs).toBe(2_000)
    left.expire()
    expect(feed(left, [EOT])).toEqual([])
  })
})

describe('the device’s turn', () => {
  test('the answer goes out after ACK and ends with EOT', () => {
    const link = offering()
    expect(feed(link, [ENQ, 0x00, ACK])).toEqual([transmit])
    expect(link.byte(ACK)).toEqual([say(EOT)])
    expect(link.waitMs).toBeNull()
  })

  test('ENQ is said five times, then the answer is dropped', () => {
    const link = offering()
    expect(times(6, () => link.expire())).toEqual(Array(4).fill(say(ENQ)))
    expect(link.byte(ACK)).toEqual([])
  })

  test('a frame that is refused or not acknowledged goes out ten times', () => {
    for (const again of ['NAK', 'silence']) {
      const link = offering()
      link.byte(ACK)
      const repeat = () => (again === 'NAK' ? link.byte(NAK) : link.expire())
      expect(times(10, repeat)).toEqual([...Array(9).fill(transmit), say(EOT)])
    }
  })
})

test('no bytes whatever break the handshake: after silence it takes a command', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), noise => {
      const link = createDeviceLink()
      for (const byte of noise) for (const effect of link.byte(byte)) if (effect.kind === 'received') link.ignore()
      while (link.waitMs !== null) link.expire()
      expect(feed(link, [ENQ, ...FRAME])).toMatchObject([say(ACK), { kind: 'received' }])
    }),
  )
})

describe('the line', () => {
  test('a late answer is offered after its delay, again and again while nobody takes it', async () => {
    const host = registerWithHandshake({ faults: { delay_ms: 300 } })
    host.send(ENQ)
    host.send(...host.frame('45'))
    expect(host.send(EOT)).toEqual([])
    await host.clock.advance(299)
    expect(host.take()).toEqual([])
    await host.clock.advance(1)
    expect(host.take()).toEqual([ENQ])
    await host.clock.advance(60_000)
    expect(host.take()).toEqual([ENQ, ENQ, ENQ, ENQ])
  })

  test('faults: refused frames, silence, damaged and cut answers', () => {
    const refusing = registerWithHandshake({ faults: { nak_every: 1 } })
    refusing.send(ENQ)
    expect(refusing.send(...refusing.frame('45'))).toEqual([NAK])
    const silent = registerWithHandshake({ faults: { silence_every: 1 } })
    silent.send(ENQ)
    expect(silent.send(...silent.frame('45'))).toEqual([])
    expect(silent.register.log).toMatchObject([{ opcode: '45', answer_code: null }])
    for (const faults of [{ bad_checksum_every: 1 }, { cut_every: 1 }]) {
      const host = registerWithHandshake({ faults })
      for (const bytes of [[ENQ], [...host.frame('45')], [EOT]]) host.send(...bytes)
      expect(host.send(ACK)).not.toEqual([...frameOf(ANSWER)])
    }
  })

  test('manners: a collision, a repeated ENQ, a forgotten DLE', () => {
    expect(registerWithHandshake({ quirks: { collisions: 1 } }).send(ENQ, ENQ)).toEqual([ENQ, ACK])
    const shift = { state: 'open', number: 3, receipts: 16 }
    const data = [0x55, 0, 1, 3, 0, 16, 0]
    expect(registerWithHandshake({ shift }).exchange('A4 10')).toEqual([...frameOf(data)])
    const forgetful = registerWithHandshake({ shift, quirks: { forgets_dle: true, repeats_enq: true } })
    expect(forgetful.exchange('A4 10')).toEqual([...frameOf(data, { forgetsDle: true })])
    expect(frameOf(data)).toHaveLength(frameOf(data, { forgetsDle: true }).length + 1)
  })

  test('a forbidden command is counted and refused', () => {
    const host = registerWithHandshake()
    expect(host.ask('5A')).toEqual([0x55, 0x7a])
    expect(() => host.register.assertReadOnly()).toThrow('1 forbidden commands: 5A')
  })
})
