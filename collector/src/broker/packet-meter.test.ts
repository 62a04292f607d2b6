import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPacketMeter } from './packet-meter.ts'

/** A packet of `body` bytes with its fixed header. */
function packet(body: number): Buffer {
  const header = [0x30]
  let rest = body
  do {
    header.push((rest % 128) | (rest >= 128 ? 0x80 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Buffer.concat([Buffer.from(header), Buffer.alloc(body, 0xff)])
}

test('allowed packets pass however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
      (bodies, cuts) => {
        const meter = createPacketMeter(() => 5100)
        const stream = Buffer.concat(bodies.map(packet))
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const cut = cuts[turn % cuts.length] ?? 1
          expect(meter.feed(stream.subarray(at, at + cut))).toBe('ok')
          at += cut
        }
      },
    ),
  )
})

test('a packet over the limit is told at its header, before the body has come', () => {
  const meter = createPacketMeter(() => 4096)
  expect(meter.feed(packet(4000))).toBe('ok')
  expect(meter.feed(packet(4097).subarray(0, 3))).toBe('too_long')
})

test('exactly the limit is allowed', () => {
  const whole = packet(1000)
  expect(createPacketMeter(() => whole.length).feed(whole)).toBe('ok')
  expect(createPacketMeter(() => whole.length - 1).feed(whole)).toBe('too_long')
})

test('a length that never ends is no MQTT', () => {
  const meter = createPacketMeter(() => Number.POSITIVE_INFINITY)
  expect(meter.feed(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80]))).toBe('not_mqtt')
})

test('the allowance may grow between packets', () => {
  let max = 10
  const meter = createPacketMeter(() => max)
  expect(meter.feed(packet(5))).toBe('ok')
  max = 100
  expect(meter.feed(packet(50))).toBe('ok')
})
