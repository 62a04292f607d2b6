import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACK, createDeviceLink, ENQ, frameOf, type LinkEffect, NAK, STX } from './link.ts'

const FRAME = frameOf([0x10, 0x1e, 0, 0, 0])
const ANSWER = frameOf([0x10, 0x00, 0x1e])
const nak: LinkEffect = { kind: 'control', byte: NAK }
const ack: LinkEffect = { kind: 'control', byte: ACK }
const transmit: LinkEffect = { kind: 'transmit', frame: ANSWER }

const feed = (link: ReturnType<typeof createDeviceLink>, bytes: Iterable<number>) =>
  Array.from(bytes).flatMap(byte => link.byte(byte))
function answered() {
  const link = createDeviceLink()
  feed(link, FRAME)
  link.accept()
  link.answer(ANSWER)
  return link
}

describe('waiting for a command', () => {
  test('every enquiry gets NAK', () => {
    const link = createDeviceLink()
    expect(feed(link, [ENQ, ENQ, ENQ])).toEqual([nak, nak, nak])
  })

  test('noise is passed over when idle and refused after an enquiry', () => {
    const link = createDeviceLink()
    expect(feed(link, [0x00, ACK, 0xff])).toEqual([])
    expect(feed(link, [ENQ, 0x00])).toEqual([nak, nak])
    expect(feed(link, FRAME)).toHaveLength(1)
  })

  test('a frame needs no enquiry', () => {
    expect(feed(createDeviceLink(), FRAME)).toEqual([{ kind: 'received', payload: FRAME.slice(2, -1) }])
  })

  test('a bad checksum gets NAK and the next frame is taken', () => {
    const link = createDeviceLink()
    expect(feed(link, [...FRAME.slice(0, -1), 0x00])).toEqual([nak])
    expect(feed(link, FRAME)).toMatchObject([{ kind: 'received' }])
  })

  test('silence inside a frame gets NAK', () => {
    const link = createDeviceLink()
    feed(link, FRAME.slice(0, 4))
    expect(link.waitsFor).toBe('byte')
    expect(link.expire()).toEqual([nak])
    expect(feed(link, FRAME)).toMatchObject([{ kind: 'received' }])
  })

  test('an empty frame is damage', () => {
    expect(feed(createDeviceLink(), [STX, 0, 0])).toEqual([nak])
  })
})

describe('with an answer', () => {
  test('ACK ends the exchange', () => {
    const link = answered()
    expect(link.byte(ACK)).toEqual([{ kind: 'acknowledged' }])
    expect(link.byte(ENQ)).toEqual([nak])
  })

  test.each([
    ['an interrupted host', () => []],
    ['NAK', (link: ReturnType<typeof createDeviceLink>) => link.byte(NAK)],
    ['a time-out', (link: ReturnType<typeof createDeviceLink>) => link.expire()],
  ])('after %s the same answer comes on each enquiry until it is acknowledged', (_, interrupt) => {
    const link = answered()
    expect(interrupt(link)).toEqual([])
    expect(link.byte(ENQ)).toEqual([ack, transmit])
    expect(link.byte(ENQ)).toEqual([ack, transmit])
    link.byte(ACK)
    expect(link.byte(ENQ)).toEqual([nak])
  })

  test('nothing but an enquiry moves a kept answer', () => {
    const link = answered()
    link.byte(NAK)
    expect(feed(link, [ACK, ...FRAME.filter(byte => byte !== ENQ), 0xff])).toEqual([])
    expect(link.byte(ENQ)).toEqual([ack, transmit])
  })

  test('a device that executes hears nothing', () => {
    const link = createDeviceLink()
    feed(link, FRAME)
    link.accept()
    expect(feed(link, [ENQ, ENQ, ACK])).toEqual([])
    expect(link.answer(ANSWER)).toEqual([transmit])
  })
})

test('no bytes whatever break the handshake: after a silence and an acknowledgement it takes a command', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), noise => {
      const link = createDeviceLink()
      for (const byte of noise) for (const effect of link.byte(byte)) if (effect.kind === 'received') link.ignore()
      if (link.waitsFor === 'byte') link.expire()
      expect(feed(link, FRAME)).toEqual([{ kind: 'received', payload: FRAME.slice(2, -1) }])
    }),
  )
})
