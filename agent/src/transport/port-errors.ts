import { AppError, messageOf } from '@tillwatch/shared'

const NEXT_STEPS = {
  'port.busy':
    'Another program holds the port (often the POS program or the vendor driver). Poll outside its hours, use the register’s TCP port, or let the POS program close it.',
  'port.missing':
    'Check cable and power, and the port’s name: Device Manager on Windows, /dev/serial/by-id on Linux. USB ports are renumbered on re-plug.',
  'port.denied':
    'Give the agent’s user the right to the port: on Linux add it to the group that owns the device (usually dialout) and start the agent again.',
  'port.silent': 'Check that the register is on, its address and port are right and no firewall is between.',
  'port.failed': 'Check the cable and the port’s settings; the agent tries again by itself.',
} as const
export type PortErrorCode = keyof typeof NEXT_STEPS

/** A failure of a port, with the step that usually helps. All but missing rights may pass by themselves. */
export const portError = (code: PortErrorCode, message: string, cause?: unknown): AppError =>
  new AppError(code, message, { retryable: code !== 'port.denied', nextStep: NEXT_STEPS[code], cause })

/**
 * Meaning of what node-serialport says when a port cannot be opened. Windows answers "Access denied" for a port that
 * another program holds; on Linux the same words mean missing rights, and a held port fails at the lock or with EBUSY.
 */
export function serialOpenError(name: string, thrown: unknown, platform: NodeJS.Platform): AppError {
  const text = messageOf(thrown)
  if (/cannot lock|resource busy|temporarily unavailable/i.test(text)) return busy(name, thrown)
  if (/access denied/i.test(text) && platform === 'win32') return busy(name, thrown)
  if (/permission denied|access denied/i.test(text)) return portError('port.denied', `no right to open ${name}`, thrown)
  if (/no such file|file not found|no such device|unknown error code (2|3|433)\b/i.test(text)) {
    return portError('port.missing', `there is no port ${name}`, thrown)
  }
  return portError('port.failed', `${name} cannot be opened: ${text}`, thrown)
}

const busy = (name: string, cause: unknown) => portError('port.busy', `${name} is held by another program`, cause)

/** Meaning of a socket error at connecting. */
export function connectError(name: string, thrown: unknown): AppError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return portError('port.missing', `the name in ${name} is not known`, thrown)
  if (code === 'EACCES' || code === 'EPERM') return portError('port.denied', `no right to connect to ${name}`, thrown)
  return portError('port.silent', `nobody answers at ${name}${code ? ` (${code})` : ''}`, thrown)
}
