import { afterAll, describe, expect, test } from 'vitest'
import { Players } from './players.ts'
import { keptSeeds, describe as told } from './seeds.ts'

/** Seeds that every run plays, about five minutes on two cores; TILLWATCH_SIM_SEEDS makes it fewer or more. */
const SEEDS = Number(process.env['TILLWATCH_SIM_SEEDS'] ?? 100)
/** For a world and those that it waits for, on a busy machine. */
const PLAYED_MS_MAX = 600_000

const players = new Players()
afterAll(() => players.close())

const kept = keptSeeds()
const fresh = Array.from({ length: SEEDS }, (_, index) => index + 1).filter(
  seed => !kept.some(each => each.seed === seed && each.weeks === 1),
)

describe.concurrent('weeks of worlds', { timeout: PLAYED_MS_MAX }, () => {
  test.each(kept)('seed $seed, which once found: $found', async ({ seed, weeks }) => {
    expect(told(await players.play(seed, weeks))).toBe('')
  })

  test('a seed is the same world to the last byte, however often it is played', async () => {
    const [first, second, other] = await Promise.all([7, 7, 8].map(seed => players.play(seed, 0.5)))
    expect(first?.events).toBeGreaterThan(1_000)
    expect(second?.fingerprint).toBe(first?.fingerprint)
    expect(other?.fingerprint).not.toBe(first?.fingerprint)
  })

  test.each(fresh)(
    'R2, R7, R43, R59: nothing is lost, doubled, unexplained or left over in the week of seed %i',
    async seed => {
      expect(told(await players.play(seed, 1))).toBe('')
    },
  )
})
