import { appendFileSync } from 'node:fs'
import { AppError, messageOf, systemClock } from '@tillwatch/shared'
import { type Command, InvalidArgumentError } from 'commander'
import { PROTOCOL_NAMES } from './protocols.ts'
import { type CommandEntry, createRegister, type SimulatedRegister } from './register.ts'
import { servePty } from './serve-pty.ts'
import { parseListen, type ServedPort, serveTcp } from './serve-tcp.ts'
import { readStateFile, watchStateFile } from './state-file.ts'

interface RegisterFlags {
  readonly protocol: string
  readonly variant?: number
  readonly listen: string[]
  readonly pty: string[]
  readonly state?: string
  readonly log?: string
}

const FALLBACK_LISTEN = 'tcp://127.0.0.1:0'

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed.')
  return Number(text)
}
const address = (text: string, before: string[]): string[] => {
  try {
    parseListen(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof AppError ? (error.nextStep ?? '') : String(error))
  }
  return [...before, text]
}
const path = (text: string, before: string[]): string[] => [...before, text]

/** Adds `register` to the simulate command. Its action throws AppErrors; it returns once the register is ready. */
export function addRegisterCommand(program: Command): void {
  program
    .command('register')
    .description("A fiscal register that speaks a vendor's protocol.")
    .requiredOption('--protocol <name>', PROTOCOL_NAMES.join(', '))
    .option('--variant <number>', "the vendor's protocol variant; default: its usual one", wholeNumber)
    .option('--listen <url>', 'tcp://127.0.0.1:PORT, port 0 takes a free one; may be repeated', address, [])
    .option('--pty <path>', 'symbolic link to a pseudo-terminal (Linux); may be repeated', path, [])
    .option('--state <file>', 'JSON, read again when it changes')
    .option('--log <file>', 'gets one JSON line a received command')
    .addHelpText(
      'after',
      '\nWhen ready it prints one JSON line, {"ready":true,"tcp":…,"pty":…}; SIGTERM ends it. State keys: README.md.',
    )
    .action(runRegister)
}

async function runRegister(flags: RegisterFlags): Promise<void> {
  const { state } = flags
  const register = createRegister({
    protocol: flags.protocol,
    clock: systemClock,
    ...(flags.variant === undefined ? {} : { variant: flags.variant }),
    ...(flags.log === undefined ? {} : { onCommand: logInto(flags.log) }),
  })
  if (state !== undefined) register.replace(readStateFile(state), state)
  const ports = await servePorts(register, flags)
  const unwatch = state === undefined ? () => {} : watchStateFile(state, register, systemClock, tell)
  const stop = async () => {
    unwatch()
    await closeAll([...ports.tcp, ...ports.pty])
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().then(() => process.exit(0)))
  }
  const ready = { ready: true, ...firstAndAll('tcp', ports.tcp), ...firstAndAll('pty', ports.pty) }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
}

function logInto(file: string): (entry: CommandEntry) => void {
  try {
    appendFileSync(file, '')
  } catch (error) {
    throw new AppError('log.unwritable', messageOf(error), {
      nextStep: 'Give a file in a folder that can be written to.',
    })
  }
  return entry => appendFileSync(file, `${JSON.stringify(entry)}\n`)
}

const closeAll = (ports: readonly ServedPort[]) => Promise.all(ports.map(port => port.close()))

async function servePorts(register: SimulatedRegister, flags: RegisterFlags) {
  const pty: ServedPort[] = []
  const tcp: ServedPort[] = []
  try {
    for (const link of flags.pty) {
      const served = await servePtyIfThereIsOne(register, link)
      if (served) pty.push(served)
    }
    const listen = pty.length + flags.listen.length === 0 ? [FALLBACK_LISTEN] : flags.listen
    for (const url of listen) tcp.push(await serveTcp(register, url, systemClock))
    return { tcp, pty }
  } catch (error) {
    await closeAll([...tcp, ...pty])
    throw error
  }
}

async function servePtyIfThereIsOne(register: SimulatedRegister, link: string): Promise<ServedPort | null> {
  try {
    return await servePty(register, link)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'pty.unavailable') throw error
    process.stderr.write(`${error.message}; TCP is used instead\n`)
    return null
  }
}

/** `{ tcp: first }`, and `{ tcp_all: [...] }` beside it when there are several. */
function firstAndAll(kind: string, ports: readonly ServedPort[]): Record<string, string | string[]> {
  const [first] = ports
  if (!first) return {}
  const all = ports.map(port => port.address)
  return ports.length === 1 ? { [kind]: first.address } : { [kind]: first.address, [`${kind}_all`]: all }
}

/** Tells a failure and the next step on standard error. */
export function tell(failure: AppError): void {
  process.stderr.write(`${failure.message}\n${failure.nextStep ?? ''}\n`)
}
