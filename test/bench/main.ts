import { parseArgs } from 'node:util'
import { messageOf } from '@tillwatch/shared'
import { type Bench, thisMachine } from './result.ts'

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  poll: async () => (await import('./poll.ts')).pollBench,
  ingest: async () => (await import('./ingest.ts')).ingestBench,
  rules: async () => (await import('./rules.ts')).rulesBench,
  agent: async () => (await import('./agent.ts')).agentBench,
}

const HELP = `Measures this product on this machine, against what the machine itself could do at best.

  pnpm bench [NAME ...] [--seconds N]

  NAME          ${Object.keys(BENCHES).join(', ')}; without a name all of them, one after the other
  --seconds N   how long each one measures; by default what its figures need
  --help

Standard output gets one JSON object a line and figure; standard error says in words what is going on.
`

const WRONG_USE = 2

/** What was asked for, or the reason why it cannot be done. */
function readArguments(args: readonly string[]): { names: string[]; seconds: number | undefined } | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args: args.filter(arg => arg !== '--'),
      allowPositionals: true,
      options: { seconds: { type: 'string' }, help: { type: 'boolean' } },
    })
    if (values.help) return { wrong: '' }
    const unknown = positionals.find(name => !Object.hasOwn(BENCHES, name))
    if (unknown !== undefined) return { wrong: `there is no benchmark "${unknown}"` }
    const seconds = values.seconds === undefined ? undefined : Number(values.seconds)
    if (seconds !== undefined && !(seconds > 0 && seconds <= 3_600)) return { wrong: '--seconds takes 1 to 3600' }
    return { names: positionals.length > 0 ? positionals : Object.keys(BENCHES), seconds }
  } catch (thrown) {
    return { wrong: messageOf(thrown) }
  }
}

async function main(): Promise<void> {
  const asked = readArguments(process.argv.slice(2))
  if ('wrong' in asked) {
    process.stderr.write(asked.wrong === '' ? HELP : `${asked.wrong}\n\n${HELP}`)
    process.exitCode = asked.wrong === '' ? 0 : WRONG_USE
    return
  }
  const machine = thisMachine()
  for (const name of asked.names) {
    const bench = await BENCHES[name]?.()
    if (!bench) continue
    const say = (line: string): void => void process.stderr.write(`${name}: ${line}\n`)
    await bench.run(
      figure => process.stdout.write(`${JSON.stringify({ bench: name, ...figure, machine })}\n`),
      asked.seconds ?? bench.seconds,
      say,
    )
  }
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${messageOf(thrown)}\n`)
  process.exitCode = 1
})
