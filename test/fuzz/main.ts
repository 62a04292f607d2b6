import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, systemClock } from '@tillwatch/shared'
import { PROFILES, type ProfiledPort } from '../contract/profiles/index.ts'
import { loadTraces } from '../traces/trace.ts'
import { startCoverage } from './coverage.ts'
import { readAnything } from './driver-target.ts'
import { type InputKind, inputOf } from './input.ts'
import { mutate } from './mutation.ts'
import { recordAnswers } from './recorded-answers.ts'

const HELP = `Feeds a driver with answers made up under the guidance of coverage, until one breaks it or the time is over.

  pnpm fuzz DRIVER [--seconds N] [--seed N]

  DRIVER        ${[...new Set(PROFILES.map(({ profile }) => profile.driver))].join(', ')}
  --seconds N   how long; 600 by default
  --seed N      of the made-up answers; by default another one each time, and told
  --help

Inputs that reached new code stay in test/dist/fuzz/DRIVER, where the next run begins. One that breaks the driver is written
there as crash-…, and the run ends with a failure.
`
const OUT = join(import.meta.dirname, '..', 'dist', 'fuzz')
/** Coverage is asked for after so many inputs: asking costs as much as running some. */
const BATCH = 8
const TOLD_EVERY_MS = 10_000

const nameOf = (input: Uint8Array) => createHash('sha256').update(input).digest('hex').slice(0, 16)

/** What earlier runs found, and real answers: from them the made-up ones get past checksums. */
async function readCorpus(profiled: ProfiledPort, folder: string): Promise<Uint8Array[]> {
  const { profile, kind } = profiled
  const kept = readdirSync(folder).filter(name => !name.startsWith('crash-'))
  const inputs = kept.map(name => Uint8Array.from(readFileSync(join(folder, name))))
  return [await recordAnswers(profiled), ...tracedAnswers(profile.driver, kind), ...inputs]
}

/** The device's part of the golden traces of a driver. */
function tracedAnswers(driver: string, kind: InputKind): Uint8Array[] {
  const traces = join(import.meta.dirname, '..', 'traces', driver)
  if (!existsSync(traces)) return []
  if (kind === 'http') return readdirSync(traces).map(name => inputOf([readFileSync(join(traces, name))], kind))
  return loadTraces(driver).map(({ steps }) =>
    inputOf(
      steps.filter(({ from }) => from === 'device').map(({ bytes }) => bytes),
      kind,
    ),
  )
}

/** Runs one driver on one kind of port until the time is over. Gives the message of what broke it, or null. */
async function fuzz(
  profiled: ProfiledPort,
  untilMs: number,
  random: () => number,
  folder: string,
): Promise<string | null> {
  const corpus = await readCorpus(profiled, folder)
  const coverage = await startCoverage(/\/agent\/src\/(drivers|codec|transport|poll)\//)
  let runs = 0
  let toldMs = systemClock.monotonic()
  const tell = () => {
    process.stderr.write(`${profiled.title}: ${runs} inputs, ${corpus.length} kept, ${coverage.count} places reached\n`)
  }
  while (systemClock.monotonic() < untilMs) {
    const batch = runs === 0 ? corpus.slice() : Array.from({ length: BATCH }, () => mutate(corpus, random))
    for (const input of batch) {
      try {
        await readAnything(profiled, input)
      } catch (thrown) {
        const file = join(folder, `crash-${nameOf(input)}`)
        writeFileSync(file, input)
        return `${profiled.title}: ${messageOf(thrown)}\n${file}`
      }
    }
    runs += batch.length
    if ((await coverage.hasGrown()) && runs > batch.length) {
      for (const input of batch) {
        corpus.push(input)
        writeFileSync(join(folder, nameOf(input)), input)
      }
    }
    if (systemClock.monotonic() - toldMs > TOLD_EVERY_MS) {
      tell()
      toldMs = systemClock.monotonic()
    }
  }
  tell()
  await coverage.stop()
  return null
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2).filter(arg => arg !== '--'),
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  })
  const targets = PROFILES.filter(({ profile }) => profile.driver === positionals[0])
  const seconds = Number(values.seconds)
  const seed = Number(values.seed ?? systemClock.now() % 1_000_000)
  if (values.help || targets.length === 0 || !(seconds > 0) || !Number.isInteger(seed)) {
    process.stderr.write(HELP)
    return values.help ? 0 : 2
  }
  const { seededRandom } = await import('@tillwatch/shared/testing')
  const folder = join(OUT, String(positionals[0]))
  mkdirSync(folder, { recursive: true })
  process.stderr.write(`seed ${seed}\n`)
  for (const profiled of targets) {
    const untilMs = systemClock.monotonic() + (seconds * 1_000) / targets.length
    const broken = await fuzz(profiled, untilMs, seededRandom(seed), folder)
    if (broken) {
      process.stderr.write(`${broken}\n`)
      return 1
    }
  }
  return 0
}

process.exitCode = await main()
