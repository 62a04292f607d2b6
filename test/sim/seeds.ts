import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Outcome } from './world.ts'

const FILE = new URL('seeds.json', import.meta.url)

const keptSeed = z.strictObject({ seed: z.number().int(), weeks: z.number().positive(), found: z.string() })
type KeptSeed = z.infer<typeof keptSeed>

/** Seeds that once found something: they are played again for ever. */
export const keptSeeds = (): readonly KeptSeed[] =>
  z.array(keptSeed).parse(JSON.parse(readFileSync(FILE, 'utf8')) as unknown)

/** Adds a seed that has found something, once. */
export async function keepSeed({ seed, broken }: Outcome, weeks: number): Promise<void> {
  const kept = keptSeeds()
  if (kept.some(each => each.seed === seed && each.weeks === weeks)) return
  const lines = [...kept, { seed, weeks, found: broken[0]?.invariant ?? '' }].map(
    each => `  { "seed": ${each.seed}, "weeks": ${each.weeks}, "found": ${JSON.stringify(each.found)} }`,
  )
  await writeFile(FILE, `[\n${lines.join(',\n')}\n]\n`)
}

/** What broke, in words: the seed, the moment and the rule. */
export const describe = ({ seed, broken }: Outcome): string =>
  broken
    .map(({ invariant, what, at }) => `seed ${seed}, ${new Date(at).toISOString()}: ${invariant}: ${what}`)
    .join('\n')
