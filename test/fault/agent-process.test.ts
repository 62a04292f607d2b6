import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { openOutbox } from '@tillwatch/agent/outbox/recover'
import { systemClock } from '@tillwatch/shared'
import { recordingLogger, seededRandom } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createScriptedCollector, type ScriptedCollector, until } from '../integration/scripted-collector.ts'

const MAIN = join(dirname(createRequire(import.meta.url).resolve('@tillwatch/agent/package.json')), 'src', 'main.ts')

let collector: ScriptedCollector
let configFile: string
const children: ChildProcess[] = []

beforeEach(async () => {
  collector = await createScriptedCollector()
  configFile = join(collector.dir, 'agent.yaml')
  writeFileSync(configFile, 'identity: identity.json\ndata_dir: data\nregisters: []\nuplink: { reconnect_s: 1 }\n')
})
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await collector.close()
})

interface Ran {
  readonly child: ChildProcess
  readonly output: () => string
  /** Standard output alone. */
  readonly printed: () => string
  readonly exit: Promise<number | null>
}

function agent(...args: readonly string[]): Ran {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let text = ''
  let printed = ''
  child.stdout.on('data', chunk => {
    text += chunk
    printed += chunk
  })
  child.stderr.on('data', chunk => {
    text += chunk
  })
  return {
    child,
    output: () => text,
    printed: () => printed,
    exit: once(child, 'close').then(([code]) => code as number | null),
  }
}
const run = () => agent('run', '--config', configFile)
const kept = () =>
  openOutbox({ dir: join(collector.dir, 'data'), clock: systemClock, run: 'test', logger: recordingLogger() })
const places = () => collector.taken.map(({ epoch, seq }) => `${epoch}/${seq}`)

test('R2: an agent killed again and again loses nothing and doubles nothing', async () => {
  const random = seededRandom(3)
  for (let round = 0; round < 6; round++) {
    collector.isAnswering = round % 3 !== 1
    const { child, exit } = run()
    const hellos = collector.hellos.length
    await until('hello', () => collector.hellos.length > hellos)
    await new Promise(resolve => setTimeout(resolve, random() * 400))
    child.kill('SIGKILL')
    await exit
  }
  collector.isAnswering = true
  const last = run()
  await until(
    'all stored',
    () => collector.taken.filter(({ body }) => 'name' in body && body.name === 'agent_started').length === 7,
  )
  await until('the PC was looked at', () => collector.taken.at(-1)?.kind === 'telemetry')
  last.child.kill('SIGTERM')
  expect(await last.exit).toBe(0)

  const outbox = kept()
  const { epoch, next } = outbox.position()
  expect(outbox.counts().dropped).toBe(0)
  outbox.close()
  expect(places()).toEqual(Array.from({ length: next - 1 }, (_, index) => `${epoch}/${index + 1}`))
})

test('SIGTERM ends the agent within five seconds, with a farewell, also when the collector is gone', async () => {
  const first = run()
  await until('stored', () => collector.taken.length > 0)
  const began = performance.now()
  first.child.kill('SIGTERM')
  expect(await first.exit).toBe(0)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(collector.statuses.at(-1)?.state).toBe('offline')

  await collector.stopBroker()
  const second = run()
  await until('it runs', () => second.output().includes('the agent runs'))
  second.child.kill('SIGTERM')
  expect(await second.exit).toBe(0)
  await collector.startBroker()
})

test('two agents on one data directory: the second says so and ends', async () => {
  run()
  await until('stored', () => collector.taken.length > 0)
  const second = run()
  expect(await second.exit).toBe(1)
  expect(second.output()).toMatch(/another agent works in .*outbox\.sqlite/)
  expect(second.output()).toContain('data_dir')
})

test('a damaged outbox: the agent starts by itself, in a new epoch, and tells what was lost', async () => {
  const first = run()
  await until('stored', () => collector.taken.length > 1)
  first.child.kill('SIGTERM')
  await first.exit
  const epoch = collector.taken[0]?.epoch ?? 0
  const file = join(collector.dir, 'data', 'outbox.sqlite')
  writeFileSync(file, readFileSync(file).fill(0x55, 100, 6_000))
  run()
  await until('told', () => collector.taken.some(({ body }) => 'name' in body && body.name === 'outbox_set_aside'))
  expect(collector.taken.at(-1)?.epoch).toBeGreaterThan(epoch)
})

test('the secret appears in no output', async () => {
  const { child, exit, output } = run()
  await until('stored', () => collector.taken.length > 0)
  child.kill('SIGTERM')
  await exit
  expect(output()).not.toContain(collector.identity.secret)
  expect(
    output()
      .split('\n')
      .filter(Boolean)
      .every(line => JSON.parse(line)),
  ).toBe(true)
})

test('doctor: all is well with a collector, and a sentence with the next step without one', async () => {
  const well = agent('doctor', '--config', configFile, '--json', '--lang', 'en')
  expect(await well.exit).toBe(0)
  const report: { checks: { id: string; status: string }[] } = JSON.parse(well.printed())
  const status = (id: string) => report.checks.find(check => check.id === id)?.status
  expect(['config', 'identity', 'data_dir', 'link:dns', 'link:tcp', 'link:tls', 'link:login'].map(status)).toEqual(
    Array(7).fill('ok'),
  )
  expect(existsSync(join(collector.dir, 'data', 'outbox.sqlite'))).toBe(false)
  expect(collector.hellos).toEqual([])

  await collector.stopBroker()
  const ill = agent('doctor', '--config', configFile, '--lang', 'ru')
  expect(await ill.exit).toBe(1)
  expect(ill.output().split('\n')[0]).toBe('Агент так работать не сможет: неисправностей 1')
  expect(ill.output()).toContain('Проверьте, что коллектор запущен')
  await collector.startBroker()
})

test.each([
  [['run'], 2, /--config/],
  [['doctor', '--lang', 'fr'], 2, /ru, en/],
  [['dance'], 2, /unknown command/],
  [['run', '--config', '/no/such/file.yaml', '--lang', 'en'], 1, /cannot be read[\s\S]*--config/],
  [['run', '--config', '/no/such/file.yaml', '--lang', 'ru'], 1, /не читается[\s\S]*--config/],
  [['--help'], 0, /tillwatch-agent/],
  [['doctor', '--help'], 0, /--json/],
])('%j exits %i', async (args, code, text) => {
  const { exit, output } = agent(...args)
  expect(await exit).toBe(code)
  expect(output()).toMatch(text)
})
