import { openingOf } from '@tillwatch/agent/discovery/asking'
import { describe, expect, test } from 'vitest'
import { everySerialAsking } from './discovery-world.ts'

/**
 * What is said at one rate may be heard at another: a register whose rate was changed hears other bytes than were sent. A line of RS-232
 * is drawn bit by bit here and read by a receiver of each rate, to see that nothing that was meant as a question is heard as a command.
 */

/** Levels of a line after each other, one a bit: a start bit, eight data bits from the lowest, a stop bit. */
const levelsOf = (bytes: Uint8Array): number[] =>
  [...bytes].flatMap(byte => [0, ...Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1), 1])

/**
 * Bytes that a receiver hears, also those whose stop bit is missing, which most receivers would drop. `sampledAt`: where in a bit it
 * looks, from 0 to 1: the middle in theory, somewhere beside it in a cheap receiver.
 */
function heard(bytes: Uint8Array, sentRate: number, heardRate: number, sampledAt: number): number[] {
  const levels = levelsOf(bytes)
  const levelAt = (bit: number) => levels[Math.floor((bit * sentRate) / heardRate)] ?? 1
  const end = (levels.length * heardRate) / sentRate
  const result: number[] = []
  const step = Math.min(1, heardRate / sentRate) / 16
  for (let at = 0; at < end; at += step) {
    // The line is idle until it falls, and a fall that is over by the middle of the bit was a spike.
    if (levelAt(at) === 1 || levelAt(at + sampledAt) === 1) continue
    const bits = Array.from({ length: 8 }, (_, bit) => levelAt(at + 1 + bit + sampledAt) << bit)
    result.push(bits.reduce((byte, bit) => byte | bit, 0))
    at += 9 + sampledAt
    while (at < end && levelAt(at) === 0) at += step
  }
  return result
}

const SAMPLED_AT = [0.4, 0.45, 0.499, 0.501, 0.55, 0.6]
/** Rates that the registers can be set to whose protocol gives single bytes a meaning (Pirit). */
const RATES = [4_800, 9_600, 19_200, 38_400, 57_600, 115_200]
/** Feed paper, interrupt a report. */
const COMMANDS = [0x0a, 0x18]

test('the receiver of the model hears what was sent at its own rate', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  for (const sampledAt of SAMPLED_AT) expect(heard(bytes, 57_600, 57_600, sampledAt)).toEqual([...bytes])
})

test('the model would show a line feed: one byte sent at half the rate is heard as CAN', () => {
  expect(heard(Uint8Array.of(0x02), 57_600, 115_200, 0.5)).toContain(0x18)
})

describe('the first words of every question, which anybody may hear', () => {
  const said = everySerialAsking.map(asking => [asking.baudRate ?? 0, openingOf(asking)] as const)
  test.each(said)('sent at %i, are heard as no command at any other rate: %j', (rate, opening) => {
    for (const other of RATES)
      for (const sampledAt of SAMPLED_AT)
        expect(
          heard(opening, rate, other, sampledAt).filter(byte => COMMANDS.includes(byte)),
          `${other}`,
        ).toEqual([])
  })
})
