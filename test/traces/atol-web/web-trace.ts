import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { AppError } from '@tillwatch/shared'

/** One question to the service and its answer. */
export interface WebExchange {
  readonly kind: 'exchange'
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, the text where it is none, undefined where there is nothing. */
  readonly sent: unknown
  readonly status: number
  /** As `sent`; the text `*` anywhere in it stands for a value that is there but differs from time to time. */
  readonly answer: unknown
  /** Line in the file, from 1. */
  readonly line: number
}

/** Time that passes before the next question. */
interface WebPause {
  readonly kind: 'pause'
  readonly ms: number
}

/** A golden conversation between a program and the service. */
export interface WebTrace {
  /** File name without its ending. */
  readonly name: string
  /** Where it was seen; `specification` when it follows from the vendor's description alone. */
  readonly origin: string
  readonly variant: number
  /** What a simulated register must be told before it answers so. */
  readonly state: Record<string, unknown>
  readonly steps: readonly (WebExchange | WebPause)[]
}

interface Draft {
  origin: string
  variant: number
  state: string
  steps: (WebPause | DraftExchange)[]
}

interface DraftExchange {
  kind: 'exchange'
  method: string
  path: string
  headers: Record<string, string>
  sent: string
  status: number
  answer: string
  line: number
}

/**
 * Reads a conversation over HTTP. The format is that of the byte traces (`../trace.ts`: comments, `origin`, `variant`, `state`) with
 * steps of text instead of bytes:
 *
 *     > POST /api/v2/requests?deviceID=kkt-2         (a question: method and path)
 *     > Authorization: Basic dXNlcjpzZWNyZXQ=        (headers that matter, if any)
 *     > {"uuid": "job-1", "request": [ … ]}          (its body, if any, over one or more lines)
 *     < 201                                          (the answer's status)
 *     < {"number": 1, "uuid": "job-1"}               (its body, if any)
 *     ~ 100                                          (so many milliseconds pass)
 *
 * Bodies are compared as JSON where they are JSON; `"*"` in an answer stands for any value.
 */
export function parseWebTrace(text: string, name: string): WebTrace {
  const draft: Draft = { origin: '', variant: 2, state: '{}', steps: [] }
  const lines = text.split(/\r?\n/)
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.trim() === '' || line.startsWith('#')) continue
    const header = /^(origin|variant|state):\s*(.*)$/.exec(line)
    if (!header) {
      readStep(draft, line, name, index + 1)
      continue
    }
    let value = header[2] ?? ''
    while (/^\s+\S/.test(lines[index + 1] ?? '')) value += ` ${lines[++index]?.trim()}`
    if (header[1] === 'origin') draft.origin = value
    else if (header[1] === 'variant') draft.variant = Number(value)
    else draft.state = value
  }
  if (draft.origin === '') throw invalid(name, 1, 'no origin')
  if (draft.steps.length === 0) throw invalid(name, 1, 'no steps')
  const state = parsed(draft.state)
  if (typeof state !== 'object' || state === null) throw invalid(name, 1, 'state is not JSON')
  return { ...draft, name, state: state as Record<string, unknown>, steps: draft.steps.map(whole) }
}

function readStep({ steps }: Draft, line: string, name: string, at: number) {
  const pause = /^~ (\d+)$/.exec(line)
  const question = /^> ([A-Z]+) (\/\S*)$/.exec(line)
  const status = /^< (\d{3})$/.exec(line)
  const last = steps.at(-1)
  if (pause) return void steps.push({ kind: 'pause', ms: Number(pause[1]) })
  if (question) {
    const [, method = '', path = ''] = question
    return void steps.push({ kind: 'exchange', method, path, headers: {}, sent: '', status: 0, answer: '', line: at })
  }
  if (last?.kind !== 'exchange') throw invalid(name, at, 'neither a header, a comment, a question nor a pause')
  const header = /^> ([A-Za-z-]+): (.*)$/.exec(line)
  if (status && last.status === 0) last.status = Number(status[1])
  else if (header && last.sent === '') last.headers[header[1] ?? ''] = header[2] ?? ''
  else if (line.startsWith('> ') && last.status === 0) last.sent += `${line.slice(2)}\n`
  else if (line.startsWith('< ') && last.status !== 0) last.answer += `${line.slice(2)}\n`
  else throw invalid(name, at, 'neither a body nor a status of the last question')
}

const whole = (step: WebPause | DraftExchange): WebPause | WebExchange =>
  step.kind === 'pause' ? step : { ...step, sent: parsed(step.sent), answer: parsed(step.answer) }

function parsed(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text.trim()
  }
}

/** All conversations with the service, sorted by name. Throws `trace.invalid` with file and line. */
export function loadWebTraces(): WebTrace[] {
  return readdirSync(import.meta.dirname)
    .filter(file => file.endsWith('.trace'))
    .sort()
    .map(file => parseWebTrace(readFileSync(join(import.meta.dirname, file), 'utf8'), basename(file, '.trace')))
}

const invalid = (name: string, line: number, problem: string) =>
  new AppError('trace.invalid', `${name}.trace:${line}: ${problem}`, {
    nextStep: 'See the format above parseWebTrace.',
  })
