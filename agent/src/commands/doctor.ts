import { writeFileSync } from 'node:fs'
import { type Clock, systemClock, type WireItem } from '@tillwatch/shared'
import type { Command } from 'commander'
import type { FinderWorld } from '../discovery/register-finder.ts'
import { words, wordsOf } from '../words.ts'
import { type Check, doctorText, failed, verdictOf } from './doctor-check.ts'
import { checkFiles } from './doctor-files.ts'
import type { Examination } from './examination.ts'
import { languageOption } from './language-option.ts'

interface DoctorFlags {
  readonly config?: string
  readonly bundle?: string
  readonly json?: boolean
  readonly lang: 'ru' | 'en'
}

/** Adds `doctor`: looks at everything the agent needs. Exits 0 when the agent can work, remarks or not; 1 when it cannot; 2 on wrong use. */
export function registerDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'look at ports, registers, rights, disk, clock and the link to the collector; a verdict in words. Registers that are not listed are searched for, with questions that only read',
    )
    .option('--config <file>', 'the agent’s config file; without it only ports, registers and the clock are looked at')
    .option('--bundle <file>', 'write all that can be seen on this PC into one text file, without secrets')
    .option('--json', 'print JSON alone')
    .addOption(languageOption())
    .action(async (flags: DoctorFlags) => {
      process.exitCode = await runDoctor(flags)
    })
}

async function runDoctor({ config, bundle, json, lang }: DoctorFlags): Promise<0 | 1> {
  const { thisPc } = await import('../discovery/this-pc.ts')
  const examination = await examine(config, systemClock, thisPc, bundle !== undefined)
  const checks = bundle === undefined ? examination.checks : await withBundle(bundle, config, examination)
  if (json)
    process.stdout.write(
      `${JSON.stringify({ verdict: verdictOf(checks)[lang], checks: checks.map(check => inOne(check, lang)) }, null, 2)}\n`,
    )
  else process.stdout.write(doctorText(checks, lang))
  return checks.some(({ status }) => status === 'fail') ? 1 : 0
}

const inOne = ({ id, status, text, nextStep }: Check, lang: 'ru' | 'en') => ({
  id,
  status,
  text: text[lang],
  ...(nextStep && { next_step: nextStep[lang] }),
})

/**
 * All checks in the order in which a person would look, each of which may fail without the others. Ports, drivers and MQTT are loaded only
 * here. `everything`: also what only a file has room for, the PC and what stands around the registers.
 */
export async function examine(
  configFile: string | undefined,
  clock: Clock,
  world: FinderWorld,
  everything = false,
): Promise<Examination> {
  const files = configFile === undefined ? null : checkFiles(configFile)
  const logs = await part('logs', async () => {
    const { checkLogs } = await import('./doctor-logs.ts')
    return checkLogs(files?.config?.logs ?? [], clock.now())
  })
  const ports = await part('ports', async () => (await import('./doctor-ports.ts')).checkPorts())
  let registers: readonly WireItem[] = []
  const registerChecks = await part('registers', async () => {
    // Nobody knows which ports a configuration that cannot be read leaves alone.
    if (files && !files.config) return []
    const { lookAtRegisters } = await import('./doctor-registers.ts')
    const seen = await lookAtRegisters(files?.config ?? null, clock, world)
    registers = seen.items
    return seen.checks
  })
  const link = await part('link', async () => {
    const { checkLink } = await import('./doctor-link.ts')
    return files?.identity ? checkLink(files.identity, files.isRunning) : []
  })
  let around: readonly WireItem[] = []
  const causes = await part('facts', async () => {
    const { causesOf } = await import('./doctor-causes.ts')
    const { lookAtHost } = await import('./doctor-host.ts')
    if (everything) around = await lookAtHost(files?.config ?? null, registers, clock)
    return causesOf([...registers, ...around], [...ports, ...registerChecks], clock.now())
  })
  const checks = [
    ...(files?.checks ?? []),
    ...logs,
    ...ports,
    ...registerChecks,
    ...link,
    checkClock(clock.now()),
    ...causes,
  ]
  return { files, checks, items: [...registers, ...around] }
}

/** Checks of one kind; a failure of the look itself is one of them. */
async function part(id: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look()
  } catch (thrown) {
    return [failed(id, thrown)]
  }
}

/** Writes the file and tells so, or why not. */
async function withBundle(
  path: string,
  configFile: string | undefined,
  examination: Examination,
): Promise<readonly Check[]> {
  const id = 'bundle'
  try {
    const { bundleOf } = await import('./doctor-bundle.ts')
    writeFileSync(path, bundleOf(configFile, examination, systemClock.now()), { mode: 0o600 })
    const text = words(
      `Всё записано в ${path}, паролей и секретов в нём нет`,
      `All of it is in ${path}, without secrets`,
    )
    return [...examination.checks, { id, status: 'ok', text }]
  } catch (thrown) {
    const why = wordsOf(thrown)
    const text = words(`Файл ${path} не записан: ${why.ru}`, `${path} is not written: ${why.en}`)
    return [...examination.checks, { id, status: 'fail', text }]
  }
}

/** Nobody ran this version before: an earlier clock is wrong for certain. */
const RELEASED_MS = Date.parse('2026-11-01T00:00:00Z')

function checkClock(nowMs: number): Check {
  const now = new Date(nowMs).toISOString()
  if (nowMs < RELEASED_MS) {
    return {
      id: 'clock',
      status: 'warn',
      text: words(`Часы ПК отстают: ${now}`, `The clock of this PC is behind: ${now}`),
      nextStep: words(
        'Поставьте часы и проверьте батарейку на плате',
        'Set the clock and check the battery on the board',
      ),
    }
  }
  return {
    id: 'clock',
    status: 'note',
    text: words(
      `Часы ПК: ${now}; с часами коллектора сравнивает коллектор, расхождение видно на портале`,
      `The clock of this PC: ${now}; the collector compares it with its own, the portal shows the difference`,
    ),
  }
}
