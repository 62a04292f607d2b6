import {
  type AppError,
  type Clock,
  detailOf,
  ok,
  type Result,
  systemClock,
  type WireFactDetail,
  type WireItem,
} from '@tillwatch/shared'
import { factName } from '@tillwatch/shared/words'
import { type Command, InvalidArgumentError } from 'commander'
import type { Problem } from '../drivers/driver.ts'
import { DRIVER_NAMES } from '../drivers/registry.ts'
import { readRegister } from '../poll/read-register.ts'
import { BAUD_RATE } from '../poll/register-config.ts'
import type { RegisterTarget } from '../poll/register-poll.ts'
import { failureText } from '../words.ts'
import { languageOption } from './language-option.ts'
import { POLL_TEXTS, type PollLanguage } from './poll-texts.ts'

/** One fact as `--json` prints it. */
export interface PolledFact {
  readonly value: WireFactDetail['value']
  readonly at: string
  readonly source: string
  readonly quality: 'good' | 'unknown'
  readonly reason?: string
  readonly raw?: string | number
}
/** What `--json` prints. */
export interface PollReport {
  readonly facts: Record<string, PolledFact>
  readonly problems: readonly Problem[]
}

/** Where a command writes and what it tells the shell; the process itself unless a test says otherwise. */
export interface PollCommandIo {
  readonly clock: Clock
  out(text: string): void
  error(text: string): void
  exit(code: 0 | 1 | 2): void
}

const PROCESS_IO: PollCommandIo = {
  clock: systemClock,
  out: text => void process.stdout.write(text),
  error: text => void process.stderr.write(text),
  exit: code => {
    process.exitCode = code
  },
}

interface PollFlags {
  readonly driver: string
  readonly port: string
  readonly baud?: number
  readonly variant?: number
  readonly operatorPassword?: number
  readonly administratorPassword?: number
  readonly accessPassword?: string
  readonly linkPassword?: string
  readonly user?: string
  readonly userPassword?: string
  readonly devicePort?: string
  readonly deviceModel?: string
  readonly deviceId?: string
  readonly json?: boolean
  readonly lang: PollLanguage
}

/** Adds `poll`: one poll of one register, facts on standard output. Exits 0 when the register answered, 1 when not, 2 on wrong use. */
export function registerPollCommand(program: Command, io: PollCommandIo = PROCESS_IO): void {
  program
    .command('poll')
    .description('read one register once and print its facts; sends only commands that read')
    .requiredOption('--driver <name>', `driver: ${DRIVER_NAMES.join(', ')}`)
    .requiredOption('--port <port>', 'serial path, COM5, tcp://host:port or http://host:port')
    .option('--baud <rate>', 'line rate of a serial port', baudRate)
    .option('--variant <number>', 'wire protocol, where the vendor has several', wholeNumber)
    .option('--operator-password <number>', 'operator’s password, when the factory’s was changed', wholeNumber)
    .option(
      '--administrator-password <number>',
      'system administrator’s password, when the factory’s was changed',
      wholeNumber,
    )
    .option(
      '--access-password <digits>',
      'ATOL: access password, when the factory’s was changed',
      matching(/^\d{4}$/, 'four digits are expected'),
    )
    .option(
      '--link-password <text>',
      'Pirit: password of the link, when the factory’s was changed',
      matching(/^[\x20-\x7e]{4}$/, 'four Latin letters, digits or signs are expected'),
    )
    .option('--user <name>', 'web service: user')
    .option('--user-password <text>', 'web service: the user’s password')
    .option('--device-port <port>', 'service on the PC: its own port to the register')
    .option('--device-model <name>', 'service on the PC: model as the service names it')
    .option('--device-id <name>', 'service on the PC: its own name of the register')
    .option('--json', 'print JSON alone')
    .addOption(languageOption())
    .action(async (flags: PollFlags) => io.exit(await runPoll(flags, io)))
}

async function runPoll(flags: PollFlags, io: PollCommandIo): Promise<0 | 1 | 2> {
  const result = await pollOnce(
    {
      slot: 'poll',
      driver: flags.driver,
      port: flags.port,
      baud: flags.baud,
      variant: flags.variant,
      passwords: {
        operator: flags.operatorPassword,
        administrator: flags.administratorPassword,
        access: flags.accessPassword,
        link: flags.linkPassword,
        user: flags.user,
        password: flags.userPassword,
      },
      device: { port: flags.devicePort, model: flags.deviceModel, id: flags.deviceId },
    },
    io.clock,
  )
  if (!result.ok) {
    io.error(`${failureText(result.error, flags.lang)}\n`)
    return 2
  }
  const { report, answered } = result.value
  io.out(flags.json ? `${JSON.stringify(report, null, 2)}\n` : humanText(report, flags.lang))
  return answered ? 0 : 1
}

/** Reads everything a register tells, in as many holds of the port as that takes. The error is wrong use: an unknown driver, a port that is none. */
export async function pollOnce(
  target: RegisterTarget,
  clock: Clock,
): Promise<Result<{ report: PollReport; answered: boolean }, AppError>> {
  const read = await readRegister(target, clock)
  if (!read.ok) return read
  const { item, link, problems } = read.value
  return ok({ report: { facts: factsOf(item), problems }, answered: link === 'ok' })
}

function factsOf(item: WireItem): Record<string, PolledFact> {
  return Object.fromEntries(
    Object.entries(item.facts).map(([name, fact]) => {
      const { value, at, source, reason, raw } = detailOf(fact)
      const polled: PolledFact = {
        value,
        at: at ?? item.at,
        source: source ?? item.source,
        quality: reason === undefined ? 'good' : 'unknown',
        ...(reason !== undefined && { reason }),
        ...(raw !== undefined && { raw }),
      }
      return [name, polled]
    }),
  )
}

function humanText({ facts, problems }: PollReport, language: PollLanguage): string {
  const texts = POLL_TEXTS[language]
  const rows = Object.entries(facts).map(([name, fact]): [string, string] => [
    factName(name, language),
    fact.reason === undefined ? texts.value(name, fact.value) : texts.unknown(fact.reason),
  ])
  const width = Math.max(0, ...rows.map(([label]) => label.length))
  const lines = rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`)
  const told = problems.flatMap(problem => {
    const text = texts.problem(problem)
    return [`! ${text.message} (${problem.code})`, ...(text.nextStep ? [`  ${text.nextStep}`] : [])]
  })
  return `${[...lines, ...(told.length > 0 ? ['', ...told] : [])].join('\n')}\n`
}

function baudRate(text: string): number {
  const rate = wholeNumber(text)
  if (rate >= BAUD_RATE.min && rate <= BAUD_RATE.max) return rate
  throw new InvalidArgumentError(`a line rate from ${BAUD_RATE.min} to ${BAUD_RATE.max} is expected`)
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is expected')
  return Number(text)
}

const matching = (pattern: RegExp, expected: string) => (text: string) => {
  if (pattern.test(text)) return text
  throw new InvalidArgumentError(expected)
}
