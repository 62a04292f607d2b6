import { type BackoffPolicy, backoffMs, type Clock, type Component, type Logger } from '@tillwatch/shared'
import type { Outcome } from '../connectors/connector.ts'
import type { Mailer } from '../connectors/email/mailer.ts'
import { createRepeatedJob } from '../repeated-job.ts'
import type { DueNotice, NoticeQueue, NoticeSettlement } from './notice-book.ts'
import { noticeMailOf } from './notice-mail.ts'

const AGAIN: BackoffPolicy = { firstMs: 30_000, capMs: 30 * 60_000, factor: 2, jitter: 0.3 }
/** A message that nobody took for about a day tells nothing any more. */
const ATTEMPTS_MAX = 50
/** Looked for again this often: a commit may have brought something. */
const LOOK_MS = 2_000
/** Mails in one turn, so that stopping never waits for a long queue. */
const PER_TURN = 10

export interface NoticeRunnerOptions {
  readonly queue: NoticeQueue
  readonly mailer: Pick<Mailer, 'send'>
  readonly from: string
  readonly publicUrl: string | null
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
}

/** Hands messages to the mail server, each at least once, until it has taken or refused them. Lives in the main thread. */
export function createNoticeRunner(options: NoticeRunnerOptions): Component {
  const stopping = new AbortController()
  const job = createRepeatedJob('messages to people', LOOK_MS, () => turn(options, stopping.signal), options)
  return {
    start: () => job.start(),
    stop: async () => {
      stopping.abort()
      await job.stop()
    },
  }
}

async function turn(options: NoticeRunnerOptions, signal: AbortSignal): Promise<void> {
  const { queue, mailer, from, publicUrl, clock } = options
  for (let n = 0; n < PER_TURN && !signal.aborted; n++) {
    const due = await queue.begin(clock.now())
    if (!due) return
    const outcome = await mailer.send(noticeMailOf(due, from, publicUrl), signal)
    const settlement = settlementOf(due, outcome, options)
    await queue.settle(due.id, settlement, clock.now())
    if (settlement.kind === 'sent') continue
    options.log.warn({ notice: due.id, problem: settlement.error, kind: settlement.kind }, 'a message was not taken')
    // A server that does not answer one message answers none: the others wait for the next turn.
    if (settlement.kind === 'again') return
  }
}

function settlementOf(
  due: DueNotice,
  outcome: Outcome<null>,
  { clock, random }: NoticeRunnerOptions,
): NoticeSettlement {
  if (outcome.kind === 'delivered') return { kind: 'sent' }
  const { message } = outcome
  const forGood = outcome.kind === 'rejected' && outcome.reason === 'invalid'
  if (forGood || due.attempts >= ATTEMPTS_MAX) return { kind: 'failed', error: message }
  const waitMs = outcome.kind === 'retry' && outcome.afterMs !== undefined ? outcome.afterMs : 0
  const at = clock.now() + Math.max(waitMs, backoffMs(AGAIN, due.attempts - 1, random()))
  return { kind: 'again', at, error: message }
}
