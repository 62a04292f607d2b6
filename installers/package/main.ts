import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError, messageOf } from '@tillwatch/shared'
import { bundleAgent } from './bundle.ts'
import { makeExecutable } from './executable.ts'
import { licencesOf } from './licences.ts'
import { TARGETS } from './target.ts'

const HELP = `Makes single-file agents.

  pnpm package [--only NAME ...] [--out FOLDER]

  --only NAME    ${TARGETS.map(target => target.name).join(' or ')}; may be given more than once (default: all)
  --out FOLDER   where the executables go (default: installers/dist)
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, out: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const unknown = values.only?.filter(name => !TARGETS.some(target => target.name === name)) ?? []
  if (unknown.length > 0) throw new AppError('usage', `no such target: ${unknown.join(', ')}`)
  const output = resolve(values.out ?? new URL('../dist', import.meta.url).pathname)
  const cache = join(resolve(new URL('../dist', import.meta.url).pathname), 'node')
  const parts = join(output, 'parts')
  mkdirSync(parts, { recursive: true })
  const bundle = join(parts, 'agent.cjs')
  process.stderr.write('bundling the agent\n')
  const inputs = await bundleAgent(bundle)
  const sums: string[] = []
  for (const target of TARGETS.filter(({ name }) => values.only?.includes(name) ?? true)) {
    process.stderr.write(`making ${target.executable} on Node ${target.base.version}\n`)
    const made = await makeExecutable(target, bundle, parts, cache)
    const bytes = readFileSync(made)
    const place = join(output, target.executable)
    rmSync(place, { force: true })
    writeFileSync(place, bytes, { mode: 0o755 })
    rmSync(made)
    sums.push(`${createHash('sha256').update(bytes).digest('hex')}  ${basename(place)}`)
    process.stdout.write(`${place}  ${(statSync(place).size / 1_048_576).toFixed(1)} MiB\n`)
  }
  writeFileSync(join(output, 'SHA256SUMS'), `${sums.join('\n')}\n`)
  writeFileSync(join(output, 'THIRD-PARTY-LICENCES.txt'), licencesOf(inputs))
  rmSync(parts, { recursive: true })
  return 0
}

main().then(
  code => {
    process.exitCode = code
  },
  (error: unknown) => {
    const nextStep = error instanceof AppError && error.nextStep ? `\n${error.nextStep}` : ''
    process.stderr.write(`package: ${messageOf(error)}${nextStep}\n`)
    process.exitCode = error instanceof TypeError || (error instanceof AppError && error.code === 'usage') ? 2 : 1
  },
)
