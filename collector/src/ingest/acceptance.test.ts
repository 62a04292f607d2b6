import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Acceptance, FIRST_POSITION, judge, type Position } from './acceptance.ts'

const taken = (epoch: number, mark: number, lost = 0): Acceptance => ({ take: true, position: { epoch, mark }, lost })
const not = (reason: 'duplicate' | 'gap' | 'old_epoch'): Acceptance => ({ take: false, reason })

describe('what is taken', () => {
  const at: Position = { epoch: 7, mark: 10 }
  test.each([
    ['the next one', at, { epoch: 7, seq: 11, base: 3 }, taken(7, 11)],
    ['the same again', at, { epoch: 7, seq: 10, base: 3 }, not('duplicate')],
    ['an old one', at, { epoch: 7, seq: 2, base: 1 }, not('duplicate')],
    ['one too far while the missing one is still held', at, { epoch: 7, seq: 12, base: 3 }, not('gap')],
    ['a jump to the base: the missing ones are counted', at, { epoch: 7, seq: 15, base: 15 }, taken(7, 15, 4)],
    ['behind a jumped base, before the base itself', at, { epoch: 7, seq: 16, base: 15 }, not('gap')],
    ['the next one without a readable base', at, { epoch: 7, seq: 11, base: null }, taken(7, 11)],
    ['a jump without a readable base', at, { epoch: 7, seq: 15, base: null }, not('gap')],
    ['the first of a new epoch', at, { epoch: 8, seq: 1, base: 1 }, taken(8, 1)],
    ['a new epoch that lost its beginning', at, { epoch: 9, seq: 5, base: 5 }, taken(9, 5, 4)],
    ['the middle of a new epoch', at, { epoch: 8, seq: 3, base: 1 }, not('gap')],
    ['an old epoch', at, { epoch: 6, seq: 11, base: 1 }, not('old_epoch')],
    ['the very first message', FIRST_POSITION, { epoch: 1_763_800_000, seq: 1, base: 1 }, taken(1_763_800_000, 1)],
  ])('%s', (_what, position, place, verdict) => {
    expect(judge(position, place)).toEqual(verdict)
  })
})

test('however messages are doubled and reordered, each is taken exactly once and in order', () => {
  const sequence = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(sequence, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 400 }), (last, arrivals) => {
      const taken: number[] = []
      let position = FIRST_POSITION
      // Noise first, then the agent sends again what is not stored, in order, as its timer makes it.
      const resent = Array.from({ length: last }, (_, index) => index + 1)
      for (const seq of [...arrivals.filter(arrival => arrival <= last), ...resent]) {
        const verdict = judge(position, { epoch: 1, seq, base: 1 })
        if (!verdict.take) continue
        expect(verdict.lost).toBe(0)
        taken.push(seq)
        position = verdict.position
      }
      expect(taken).toEqual(resent)
    }),
  )
})

test('with losses at the agent, taken plus lost is exactly what was ever numbered', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), dropped => {
      let position = FIRST_POSITION
      let lost = 0
      let stored = 0
      // The oldest go first: everything before the last dropped one is gone too, so the base is the first one after it.
      const base = dropped.lastIndexOf(true) + 2
      for (let seq = base; seq <= dropped.length; seq++) {
        const verdict = judge(position, { epoch: 3, seq, base })
        expect(verdict.take).toBe(true)
        if (!verdict.take) continue
        lost += verdict.lost
        stored++
        position = verdict.position
      }
      if (base <= dropped.length) expect(stored + lost).toBe(dropped.length)
    }),
  )
})
