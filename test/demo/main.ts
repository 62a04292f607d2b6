import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError, messageOf, systemClock } from '@tillwatch/shared'
import { createStack, type Stack } from '../stack/stack.ts'
import { type Options, readOptions } from './options.ts'
import { registerTrouble } from './register-trouble.ts'
import { localTime, type Scene, STORY } from './story.ts'

const HELP = `Runs the whole product on this machine: collector, portal, an agent and a fiscal register.

  npm start [-- OPTIONS]

  --register PORT   a real register instead of the simulated one: /dev/ttyACM0, COM5, tcp://192.0.2.7:7778
  --driver NAME     its driver (default: shtrih-m)
  --http PORT       port of the portal (default: 8080, or a free one)
  --story-speed N   plays the story N times as fast (default: 1)
  --verbose         prints what the processes say
  --help

Ctrl-C stops everything. What it writes is in .tillwatch/demo and is made anew at each start.
`

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const SITE_ZONE = 'Europe/Moscow'
const print = (line = ''): void => void process.stdout.write(`${line}\n`)

/** One demonstration at a time in a checkout: a second one would wipe the data under the first. */
function claim(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (holder > 0 && isRunning(holder)) {
    throw new AppError('demo.running', `npm start already runs in this checkout (process ${holder})`, {
      nextStep: `Stop that one with Ctrl-C; if it is none of ours, remove ${file}.`,
    })
  }
  writeFileSync(file, String(process.pid))
  process.on('exit', () => rmSync(file, { force: true }))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The register's state file, changed as a whole so that the simulator never reads half of it. */
function tell(stack: Stack, told: Record<string, Record<string, unknown>>, scene: Scene): void {
  const change = scene.state(localTime(systemClock.now(), SITE_ZONE))
  for (const [part, values] of Object.entries(change)) told[part] = { ...told[part], ...values }
  // The clock of the device runs on by itself: it is set at each scene to what it would show.
  told['register'] = { ...told['register'], clock_at: localTime(systemClock.now(), SITE_ZONE).hours(0) }
  writeFileSync(`${stack.stateFile}.new`, JSON.stringify(told, null, 2))
  renameSync(`${stack.stateFile}.new`, stack.stateFile)
}

async function playStory(
  stack: Stack,
  speed: number,
  told: Record<string, Record<string, unknown>>,
  over: AbortSignal,
): Promise<void> {
  const startedAt = systemClock.monotonic()
  for (const scene of STORY) {
    await systemClock.sleep((scene.atS * 1000) / speed - (systemClock.monotonic() - startedAt), over)
    if (over.aborted) return
    tell(stack, told, scene)
    const seconds = Math.round((systemClock.monotonic() - startedAt) / 1000)
    print(`  ${String(seconds).padStart(4)} s  ${scene.ru}`)
    print(`          ${scene.en}`)
  }
  print('\n  История рассказана, всё продолжает работать. Ctrl-C — остановить.')
  print('  The story is told, everything goes on running. Ctrl-C stops it.')
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (!options) {
    process.stdout.write(HELP)
    return 0
  }
  const folder = here('../../.tillwatch/demo')
  claim(`${folder}.pid`)
  rmSync(folder, { recursive: true, force: true })
  const over = new AbortController()
  const stack = await createStack({
    folder,
    httpPort: options.http,
    overrides: [here('./demo.override.yaml')],
    driver: options.driver,
    ...(options.register === undefined ? {} : { registerPort: options.register }),
    onLine: (name, line) => {
      if (options.verbose) print(`  [${name}] ${line}`)
      if (name === 'agent') for (const told of registerTrouble(line)) print(`  ${told}`)
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => over.abort())
  // Whoever started this may be killed without a word; being handed to another parent tells.
  const parent = process.ppid
  setInterval(() => process.ppid === parent || over.abort(), 1_000).unref()
  try {
    await run(stack, options, over.signal)
  } finally {
    print('\n  останавливаю всё / stopping everything')
    await stack.stop()
  }
  return 0
}

async function run(stack: Stack, options: Options, over: AbortSignal): Promise<void> {
  const step = async (ru: string, en: string, work: () => Promise<unknown>): Promise<void> => {
    if (over.aborted) return
    print(`  … ${ru} / ${en}`)
    await work()
  }
  const told: Record<string, Record<string, unknown>> = {}
  const first = STORY[0]
  if (first) tell(stack, told, first)
  print('\n  Tillwatch')
  await step('коллектор, брокер MQTT/TLS и портал', 'collector, MQTT/TLS broker and portal', () =>
    stack.startCollector(),
  )
  await step('справочник и учётные данные агента', 'directory and the identity of the agent', () => stack.enrol())
  if (options.register === undefined)
    await step('имитатор кассы Штрих-М', 'simulated Shtrih-M register', () => stack.startRegister())
  await step('агент', 'agent', () => stack.startAgent())
  if (over.aborted) return
  print(`\n  ККТ / register:          ${stack.registerPort()}`)
  print(`  Портал / portal:         ${stack.url}`)
  print(`  Первый вход / login:     ${await stack.loginLink()}`)
  print(`  Данные / files:          ${join('.tillwatch', 'demo')}\n`)
  if (options.register === undefined) await playStory(stack, options.speed, told, over)
  else print('  Настоящая касса: сценария нет. / A real register: no story.')
  await new Promise<void>(resolve => {
    if (over.aborted) return resolve()
    // The listener alone does not keep the process alive; the children's pipes do.
    over.addEventListener('abort', () => resolve(), { once: true })
  })
}

main().then(
  code => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`npm start: ${messageOf(error)}\n`)
    if (error instanceof AppError && error.nextStep) process.stderr.write(`${error.nextStep}\n`)
    process.exit(error instanceof AppError && error.code === 'usage' ? 2 : 1)
  },
)
