import { expect, test } from 'vitest'
import { describe } from './seeds.ts'
import { play } from './world.ts'

/** Seeds that every run plays, as many as fit beside the other suites on two cores; TILLWATCH_SIM_SEEDS makes it fewer or more. */
const SEEDS = Number(process.env['TILLWATCH_SIM_SEEDS'] ?? 7)
const SHARDS = 7
const WEEK_MS_MAX = 120_000

/** One part of the seeds, so that every core has its own. */
export function playShard(shard: number): void {
  for (let seed = shard; seed <= SEEDS; seed += SHARDS) {
    test(`R2, R7, R43, R59: nothing is lost, doubled, unexplained or left over in the week of seed ${seed}`, {
      timeout: WEEK_MS_MAX,
    }, async () => {
      expect(describe(await play(seed))).toBe('')
    })
  }
}
