import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { AppError, messageOf } from '@tillwatch/shared'

/** One piece of an exchange: what one side put on the line before the other side spoke. */
interface TraceStep {
  readonly from: 'host' | 'device'
  readonly bytes: Uint8Array
  /** True when the source shows only a part of the exchange and this line completes it by the protocol's rules. */
  readonly added: boolean
  /** Line in the file, from 1. */
  readonly line: number
}

/** A golden exchange between a host and a device. */
export interface Trace {
  /** File name without its ending. */
  readonly name: string
  /** Where the bytes come from; `specification` when they follow from the protocol's rules alone. */
  readonly origin: string
  readonly variant: number
  /** What a simulated register must be told before it gives exactly these bytes: a state as `--state` takes it. */
  readonly state: Record<string, unknown>
  readonly steps: readonly TraceStep[]
}

/**
 * Reads a trace file. The format, line by line:
 *
 *     # a comment
 *     origin: where the bytes were seen
 *     variant: 1
 *     state: { "shift": { "state": "open" } }       (JSON; goes on over lines that begin with a blank)
 *     > 02 01 FC FD                                  (host to device, hexadecimal)
 *     < 06                                           (device to host)
 *     +> 05                                          (with a plus: not in the source, completes the exchange)
 *
 * `origin` and at least one step are needed; `variant` is 1 and `state` is empty unless told. Device bytes form a stream:
 * a device may send the bytes of a `<` line earlier than the line stands (the log shows when the host read them), never
 * later than the next `>` line and never in another order.
 */
export function parseTrace(text: string, name: string): Trace {
  const trace = { name, origin: '', variant: 1, state: {} as Record<string, unknown>, steps: [] as TraceStep[] }
  const lines = text.split(/\r?\n/)
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.trim() === '' || line.startsWith('#')) continue
    const header = /^(origin|variant|state):\s*(.*)$/.exec(line)
    const step = /^(\+?)([<>])\s+((?:[0-9A-Fa-f]{2}\s*)+)$/.exec(line)
    if (header) {
      let value = header[2] ?? ''
      const at = index + 1
      while (/^\s+\S/.test(lines[index + 1] ?? '')) value += ` ${lines[++index]?.trim()}`
      if (header[1] === 'origin') trace.origin = value
      else if (header[1] === 'variant') trace.variant = Number(value)
      else trace.state = parseState(value, name, at)
    } else if (step) {
      const from = step[2] === '>' ? 'host' : 'device'
      const bytes = Uint8Array.from(Buffer.from((step[3] ?? '').replace(/\s/g, ''), 'hex'))
      trace.steps.push({ from, bytes, added: step[1] === '+', line: index + 1 })
    } else {
      throw invalid(name, index + 1, 'neither a header, a comment nor a step of whole bytes')
    }
  }
  if (trace.origin === '') throw invalid(name, 1, 'no origin')
  if (!Number.isInteger(trace.variant)) throw invalid(name, 1, 'variant is not a number')
  if (trace.steps.length === 0) throw invalid(name, 1, 'no steps')
  return trace
}

/** All traces of one protocol (a folder beside this file), sorted by name; only those of one variant when it is given. */
export function loadTraces(protocol: string, variant?: number): Trace[] {
  const folder = join(import.meta.dirname, protocol)
  return readdirSync(folder)
    .filter(file => file.endsWith('.trace'))
    .sort()
    .map(file => parseTrace(readFileSync(join(folder, file), 'utf8'), basename(file, '.trace')))
    .filter(trace => variant === undefined || trace.variant === variant)
}

function parseState(json: string, name: string, line: number): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>
  } catch (error) {
    throw invalid(name, line, `state is not JSON: ${messageOf(error)}`)
  }
}

const invalid = (name: string, line: number, problem: string) =>
  new AppError('trace.invalid', `${name}.trace:${line}: ${problem}`, { nextStep: 'See the format above parseTrace.' })
