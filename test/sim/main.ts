import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { messageOf, systemClock } from '@tillwatch/shared'
import { Players } from './players.ts'
import { describe, keepSeed } from './seeds.ts'
import type { Outcome } from './world.ts'

const HELP = `Plays worlds of tills, brokers, collector and desks in simulated time, each from a seed, with everything that goes wrong in the field.

  pnpm sim --seeds N [--from N] [--weeks N]   many worlds, the seeds from --from (1) on
  pnpm sim --seed N [--weeks N]               one world, with the end of its log

  --weeks N   simulated weeks of each world (1)
  --help

Seeds that find something are written into test/sim/seeds.json, which every test run plays again. Exit code 1 when one did.
`
const WRONG_USE = 2
const SEED_MAX = 2 ** 32 - 1

const say = (line: string): void => void process.stderr.write(`${line}\n`)

function readArguments(): { seeds: readonly number[]; weeks: number } | { wrong: string } {
  try {
    const number = { type: 'string' } as const
    const { values } = parseArgs({
      args: process.argv.slice(2).filter(argument => argument !== '--'),
      options: { seed: number, seeds: number, from: number, weeks: number, help: { type: 'boolean' } },
    })
    if (values.help || (values.seed === undefined && values.seeds === undefined)) return { wrong: '' }
    const from = Number(values.seed ?? values.from ?? 1)
    const count = values.seed === undefined ? Number(values.seeds) : 1
    const weeks = Number(values.weeks ?? 1)
    if (!(Number.isInteger(from) && from >= 0 && from + count <= SEED_MAX)) return { wrong: 'a seed is a whole number' }
    if (!(Number.isInteger(count) && count > 0)) return { wrong: '--seeds takes a number from 1' }
    if (!(weeks >= 0.5 && weeks <= 520)) return { wrong: '--weeks takes 0.5 to 520' }
    return { seeds: Array.from({ length: count }, (_, index) => from + index), weeks }
  } catch (thrown) {
    return { wrong: messageOf(thrown) }
  }
}

async function main(): Promise<void> {
  const asked = readArguments()
  if ('wrong' in asked) {
    process.stderr.write(asked.wrong === '' ? HELP : `${asked.wrong}\n\n${HELP}`)
    process.exitCode = asked.wrong === '' ? 0 : WRONG_USE
    return
  }
  const { seeds, weeks } = asked
  const beganMs = systemClock.monotonic()
  let played = 0
  let found = 0
  const report = async (outcome: Outcome): Promise<void> => {
    played++
    const { seed, broken, fingerprint, events, readings, incidents, log } = outcome
    if (seeds.length === 1) {
      say(log.join('\n'))
      say(`seed ${seed}: ${events} events, ${readings} readings, ${incidents} incidents, fingerprint ${fingerprint}`)
    }
    if (broken.length > 0) {
      found++
      process.stdout.write(`${describe(outcome)}\n`)
      await keepSeed(outcome, weeks)
    }
    const seconds = Math.round((systemClock.monotonic() - beganMs) / 1_000)
    if (played % 10 === 0 || played === seeds.length)
      say(
        `${played} of ${seeds.length} worlds, ${played * weeks} simulated weeks in ${seconds} s, ${found} found something`,
      )
  }
  const players = new Players(Math.min(availableParallelism(), seeds.length))
  await Promise.all(seeds.map(seed => players.play(seed, weeks).then(report)))
  await players.close()
  if (found > 0) process.exitCode = 1
}

main().catch((thrown: unknown) => {
  say(messageOf(thrown))
  process.exit(1)
})
