import { type Clock, systemClock } from '@tillwatch/shared'
import type { Command } from 'commander'
import { words } from '../words.ts'
import { type Check, doctorText, verdictOf } from './doctor-check.ts'
import { checkFiles } from './doctor-files.ts'

interface DoctorFlags {
  readonly config?: string
  readonly json?: boolean
  readonly lang: string
}

/** Adds `doctor`: looks at everything the agent needs. Exits 0 when the agent can work, remarks or not; 1 when it cannot; 2 on wrong use. */
export function registerDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look at ports, registers, rights, disk, clock and the link to the collector; a verdict in words')
    .option('--config <file>', 'the agent’s config file; without it only the ports and the clock are looked at')
    .option('--json', 'print JSON alone')
    .option('--lang <language>', 'ru or en', 'ru')
    .action(async (flags: DoctorFlags) => {
      process.exitCode = await runDoctor(flags)
    })
}

async function runDoctor({ config, json, lang }: DoctorFlags): Promise<0 | 1 | 2> {
  if (lang !== 'ru' && lang !== 'en') {
    process.stderr.write(`--lang ${lang}: ru or en\n`)
    return 2
  }
  const checks = await examine(config, systemClock)
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

/** All checks in the order in which a person would look. Ports, drivers and MQTT are loaded only here. */
export async function examine(configFile: string | undefined, clock: Clock): Promise<readonly Check[]> {
  const { checkPorts, checkRegisters } = await import('./doctor-ports.ts')
  const { checkLink } = await import('./doctor-link.ts')
  const files = configFile === undefined ? null : checkFiles(configFile)
  return [
    ...(files?.checks ?? []),
    ...(await checkPorts()),
    ...(files?.config ? await checkRegisters(files.config, clock) : []),
    ...(files?.identity ? await checkLink(files.identity, files.isRunning) : []),
    checkClock(clock.now()),
  ]
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
