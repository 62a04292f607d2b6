import { AppError, type Clock, type EpochMs, type Logger, messageOf, RULE_TRIAL_ITEMS_MAX } from '@tillwatch/shared'
import type { BacktestRequest, BacktestView } from '@tillwatch/shared/api'
import type { Thread } from '../threads/thread.ts'
import type { BacktestOrder } from './backtest.ts'
import type { BacktestSteps } from './backtest-service.ts'
import type { RuleDesk } from './rule-desk.ts'

const SPAN_MS = 30 * 24 * 3_600_000
/** Results that can still be asked for; the oldest goes first. */
const KEPT_MAX = 8

/** Trials of rules on the past, one at a time, each in a thread of its own. */
export interface BacktestDesk {
  /** Its id once the trial was found to be right. Rejects with `backtest.busy`, `backtest.too_many`, `backtest.span` or `rules.invalid`. */
  start(tenantId: string, request: BacktestRequest): Promise<string>
  /** Null when the tenant has no such trial, or it was forgotten. */
  view(tenantId: string, id: string): BacktestView | null
  stop(): Promise<void>
}

export interface BacktestDeskOptions {
  readonly rules: Pick<RuleDesk, 'state'>
  readonly kept: BacktestOrder['kept']
  /** Makes the thread of one trial. */
  readonly openThread: (order: BacktestOrder, now: EpochMs) => Pick<Thread, 'service' | 'stop'>
  readonly clock: Pick<Clock, 'now'>
  readonly randomText: () => string
  readonly log: Logger
}

interface Job {
  readonly tenantId: string
  view: BacktestView
}

/** The desk; what it is asked to keep is in memory, because a trial is quickly made again. */
export function createBacktestDesk(options: BacktestDeskOptions): BacktestDesk {
  const { rules, kept, clock, log } = options
  const jobs = new Map<string, Job>()
  let running: Promise<void> | null = null
  let isStopping = false

  const finish = async (job: Job, steps: BacktestSteps): Promise<void> => {
    let more = job.view.items > 0
    while (more && !isStopping) {
      more = await steps.next()
      job.view = { ...job.view, done: job.view.done + 1 }
    }
    if (!isStopping) job.view = { ...job.view, state: 'done', report: await steps.report() }
  }
  const run = async (job: Job, thread: Pick<Thread, 'stop'>, steps: BacktestSteps): Promise<void> => {
    try {
      await finish(job, steps)
    } catch (thrown) {
      const isOurs = !(thrown instanceof AppError) || thrown.code === 'internal'
      if (isOurs) log.error({ problem: messageOf(thrown) }, 'a backtest failed')
      const problem = isOurs ? 'the replay failed; the log of the collector says why' : messageOf(thrown)
      job.view = { ...job.view, state: 'failed', problem }
    } finally {
      await thread.stop()
      running = null
    }
  }
  return {
    start: async (tenantId, request) => {
      if (running !== null || isStopping) {
        throw new AppError('backtest.busy', 'another trial is running', { nextStep: 'Try again when it is done.' })
      }
      const now = clock.now()
      const to = request.to === undefined ? now : Date.parse(request.to)
      const from = request.from === undefined ? to - SPAN_MS : Date.parse(request.from)
      const order: BacktestOrder = {
        files: rules.state.files,
        trial: [{ file: 'override', text: request.override, kind: 'override', shipped: false }],
        choice: { tenantId, client: request.client, site: request.site },
        span: { from, to: Math.min(to, now) },
        kept,
        itemsMax: RULE_TRIAL_ITEMS_MAX,
      }
      const thread = options.openThread(order, now)
      const steps = thread.service<BacktestSteps>('backtest')
      let opened: (() => void) | undefined
      // Taken before the first wait: two requests at once must not both start.
      running = new Promise(resolve => {
        opened = resolve
      })
      try {
        const items = await steps.items()
        const id = options.randomText()
        const job: Job = { tenantId, view: { state: 'running', done: 0, items, report: null, problem: null } }
        jobs.set(id, job)
        for (const oldest of jobs.keys()) if (jobs.size > KEPT_MAX) jobs.delete(oldest)
        running = run(job, thread, steps)
        return id
      } catch (thrown) {
        running = null
        await thread.stop()
        throw thrown
      } finally {
        opened?.()
      }
    },
    view: (tenantId, id) => {
      const job = jobs.get(id)
      return job?.tenantId === tenantId ? job.view : null
    },
    stop: async () => {
      isStopping = true
      await running
    },
  }
}
