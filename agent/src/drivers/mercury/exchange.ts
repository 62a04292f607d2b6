import { AppError, type MonotonicMs, messageOf } from '@tillwatch/shared'
import { runExchange } from '../../transport/exchange.ts'
import type { Line } from '../../transport/line.ts'
import type { WebLine } from '../../transport/web-line.ts'
import type { Problem } from '../driver.ts'
import { type Ending, slowProblem } from '../kit/ending.ts'
import type { Asking, Exchange, Exchanged } from '../kit/exchange.ts'
import { COMMANDS } from './commands.ts'
import { type Fields, parseAnswer } from './fields.ts'
import { createLink } from './link.ts'
import { answerProblem, downProblem, SILENT_PROBLEM, unreachableProblem } from './problems.ts'

/** Kept at the end of a hold for closing the session. */
export const CLOSE_RESERVE_MS = 500
/** The one path of the service over HTTP. */
export const PATH = '/api.json'
/** Longest pause inside an answer over TCP. */
const PAUSE_MS = 1_000
/** A service that was given this long for its first answer and said nothing hangs; with less time it may just be slow. */
const PATIENCE_MS = 1_000

type Said = Exchanged<Fields>

const ended = (ending: Ending, problem?: Problem, sent = true): Said => ({
  kind: 'ended',
  ending,
  sent,
  ...(problem && { problem }),
})

/**
 * Carries a command over whichever channel the port is. The session is closed in time that nothing else may use, and also after a
 * loss: each command goes over a connection of its own, so a lost one says nothing of the next.
 */
export const serviceExchange: Exchange<string, Fields> = (json, asking) => {
  const { line, untilMs, clock } = asking.context
  const endMs = untilMs + (asking.name === COMMANDS.closeSession.name ? CLOSE_RESERVE_MS : 0)
  if (endMs <= clock.monotonic()) return Promise.resolve(ended('time', undefined, false))
  return line.kind === 'http' ? sayOverWeb(line, json, asking, endMs) : sayOverTcp(line, json, asking, endMs)
}

async function sayOverWeb(line: WebLine, body: string, asking: Asking, endMs: MonotonicMs): Promise<Said> {
  const { clock } = asking.context
  const beganMs = clock.monotonic()
  const event = await line.request({ method: 'POST', path: PATH, body }, endMs - beganMs)
  if (event.kind === 'silence') return unanswered(asking, clock.monotonic() - beganMs)
  if (event.kind === 'lost') return lost(asking, event.error)
  if (event.status !== 200) return ended('failed', answerProblem(asking.name, `HTTP ${event.status}`))
  return answerOf(event.body.replace(/\0+$/, ''), asking)
}

/** Known clients open a connection for each command and read one answer; whether one would serve for more is not known. */
async function sayOverTcp(line: Line, json: string, asking: Asking, endMs: MonotonicMs): Promise<Said> {
  const { clock } = asking.context
  const beganMs = clock.monotonic()
  if (line.bytesCount > 0 || line.isLost) {
    const failure = await reconnect(line)
    if (failure) return lost(asking, failure, false)
  }
  const link = createLink({ json, answerMs: endMs - beganMs, pauseMs: PAUSE_MS })
  const outcome = await runExchange(link, line, clock, endMs)
  if (outcome.kind === 'lost') return lost(asking, outcome.error)
  if (outcome.kind === 'out_of_time') return unanswered(asking, clock.monotonic() - beganMs)
  switch (outcome.result.kind) {
    case 'answer':
      return answerOf(outcome.result.json, asking)
    case 'empty':
      return answerOf('', asking)
    case 'silent':
      return unanswered(asking, clock.monotonic() - beganMs)
    case 'damaged':
      return ended('failed', answerProblem(asking.name, 'the answer broke off or is none'))
  }
}

/** A new connection in the same hold; the error when there is none to be had. */
async function reconnect(line: Line): Promise<AppError | null> {
  await line.close()
  try {
    await line.open(true)
    return null
  } catch (thrown) {
    return thrown instanceof AppError ? thrown : new AppError('port.failed', messageOf(thrown), { cause: thrown })
  }
}

/** An answer of no length means that the service has no contact with the register (one client of the service). */
function answerOf(json: string, { name }: Asking): Said {
  if (json.trim() === '') return ended('unreachable', unreachableProblem('an answer of no length'))
  const fields = parseAnswer(json)
  return fields
    ? { kind: 'answer', payload: fields }
    : ended('failed', answerProblem(name, 'the answer is no JSON object'))
}

/** Nobody listens, or the connection broke: the next command may fare better, closing the session above all. */
const lost = ({ answersCount }: Asking, error: AppError, sent = true): Said =>
  answersCount === 0 && error.code === 'port.silent'
    ? ended('silent', downProblem(error.message), false)
    : ended('failed', { code: error.code, message: error.message }, sent)

/** A service that was alive a moment ago waits for the register; one that never answered hangs. */
const unanswered = ({ name, answersCount }: Asking, tookMs: number): Said =>
  answersCount > 0 || tookMs < PATIENCE_MS ? ended('time', slowProblem(name, tookMs)) : ended('silent', SILENT_PROBLEM)
