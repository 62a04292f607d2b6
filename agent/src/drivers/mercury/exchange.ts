import { AppError, type MonotonicMs, messageOf } from '@tillwatch/shared'
import { runExchange } from '../../transport/exchange.ts'
import type { Line } from '../../transport/line.ts'
import type { WebLine } from '../../transport/web-line.ts'
import { slowProblem } from '../kit/ending.ts'
import { type Asking, type Exchange, type Exchanged, ended } from '../kit/exchange.ts'
import { COMMANDS } from './commands.ts'
import { type Fields, parseAnswer } from './fields.ts'
import { createLink } from './link.ts'
import { answerProblem, downProblem, SILENT_PROBLEM, unansweredProblem, unreachableProblem } from './problems.ts'

/** The one path of the service over HTTP. */
export const PATH = '/api.json'
/** Left of a hold at the least when a session opens late: enough to say that it is to be closed. */
export const LATE_CLOSE_MS = 150
/** Longest pause inside an answer over TCP. */
const PAUSE_MS = 1_000
/** A service that was given this long for its first answer and said nothing hangs; with less time it may just be slow. */
const PATIENCE_MS = 1_000

const { getDriverInfo, openSession, closeSession, getStatus } = COMMANDS
/** Until the last of these is answered, the register itself has said nothing in a hold. */
const GATE_NAMES = [getDriverInfo.name, openSession.name, getStatus.name]

type Said = Exchanged<Fields>

/**
 * Carries commands over whichever channel the port is. `closeReserveMs`: time behind the end of the context that is kept for closing
 * the session. A session is closed also after a loss: each command goes over a connection of its own, so a lost one says nothing of
 * the next. A register of which nothing is heard is told as out of reach, however well the service answers for itself.
 */
export const createServiceExchange =
  (closeReserveMs: number): Exchange<string, Fields> =>
  async (json, asking) => {
    const { line, untilMs, clock } = asking.context
    const endMs = untilMs + extraMs(asking.name, closeReserveMs)
    if (endMs <= clock.monotonic()) return ended('time', undefined, false)
    const said = await (line.kind === 'http'
      ? sayOverWeb(line, json, asking, endMs)
      : sayOverTcp(line, json, asking, endMs))
    const isUnheard = said.kind === 'ended' && asking.answersCount > 0 && GATE_NAMES.includes(asking.name)
    return isUnheard ? { ...said, ending: 'unreachable' } : said
  }

/** While no session is open there is none to close, and only the answer tells the key by which one can be closed. */
function extraMs(name: string, closeReserveMs: number): number {
  if (name === closeSession.name) return closeReserveMs
  return name === openSession.name ? Math.max(0, closeReserveMs - LATE_CLOSE_MS) : 0
}

async function sayOverWeb(line: WebLine, body: string, asking: Asking, endMs: MonotonicMs): Promise<Said> {
  const { clock } = asking.context
  const beganMs = clock.monotonic()
  const headers = { connection: 'close' }
  const event = await line.request({ method: 'POST', path: PATH, headers, body }, endMs - beganMs)
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
function unanswered({ name, answersCount }: Asking, tookMs: number): Said {
  if (answersCount === 0 && tookMs >= PATIENCE_MS) return ended('silent', SILENT_PROBLEM)
  return ended('time', GATE_NAMES.includes(name) ? unansweredProblem(name, tookMs) : slowProblem(name, tookMs))
}
