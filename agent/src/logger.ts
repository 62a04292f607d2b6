import type { Logger } from '@tillwatch/shared'
import pino from 'pino'
import type { LogFile } from './log-file.ts'

/** What must never be printed, wherever in the fields it stands. */
const SECRETS = ['secret', 'password', 'passwords', '*.secret', '*.password', '*.passwords']

/** JSON lines on standard error, one readable line each where a person looks on; and always into the log file, which a command may ask for. */
export function createLogger(level: string, isTerminal: boolean, file: LogFile): Logger {
  const screen = pino.destination({ fd: 2, sync: true })
  const options = { level, redact: SECRETS, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  return pino(options, {
    write: (line: string) => {
      screen.write(isTerminal ? `${readable(line)}\n` : line)
      file.write(line)
    },
  })
}

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }

function readable(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const told = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [String(time).slice(11, 19), (LEVELS[Number(level)] ?? '').padEnd(5), msg, ...told].join(' ')
}
