import type { Clock, Component, Logger } from '@tillwatch/shared'
import { Gauge, type Registry } from 'prom-client'
import { createRepeatedJob } from '../repeated-job.ts'
import type { RuleFolder } from './rule-files.ts'
import { problemLine, type RuleBookState, type RuleKeeping } from './rule-keeper.ts'
import type { RuleReads } from './rule-reads.ts'

/** Files are looked at this often; each look costs one question to the disk a file. */
const LOOK_MS = 10_000
/** A file that is being written is left alone until it has been the same for this long. */
const SETTLE_MS = 1_000

/** Sees to it that the rules in force are those that lie on the disk. */
export interface RuleDesk extends Component {
  /** What is in force. Only after `start`. */
  readonly state: RuleBookState
  /** Reads every file anew now; reasons for refusal are in the answer and in the log. */
  reload(): Promise<RuleBookState>
  /** Names of files that were refused. */
  readonly refused: readonly string[]
}

export interface RuleDeskOptions {
  readonly folder: RuleFolder
  readonly keeping: RuleKeeping
  readonly reads: Pick<RuleReads, 'adopt'>
  readonly registry: Registry
  readonly clock: Clock
  readonly log: Logger
}

/** The desk over the folder of the customer; `start` tells readers and the log what the state thread opened. */
export function createRuleDesk({ folder, keeping, reads, registry, clock, log }: RuleDeskOptions): RuleDesk {
  let current: RuleBookState | null = null
  let stamp = ''
  let seen = ''
  let queue: Promise<unknown> = Promise.resolve()
  const now = (): RuleBookState => {
    if (!current) throw new Error('the rule desk was not started')
    return current
  }
  const take = async (state: RuleBookState): Promise<RuleBookState> => {
    await reads.adopt(state)
    current = state
    for (const { file, inForce, problems } of state.refused) {
      log.error(
        { file, inForce, problems: problems.map(problemLine) },
        inForce === 'earlier'
          ? 'a rule file is wrong; its earlier text goes on'
          : 'a rule file is wrong and has no say',
      )
    }
    return state
  }
  const load = async (): Promise<RuleBookState> => {
    stamp = await folder.stamp()
    const before = now().version
    const state = await take(await keeping.load(await folder.read(), clock.now()))
    log.info({ version: state.version, changed: state.version !== before }, 'the rules were read anew')
    return state
  }
  // One load at a time: a signal, a person and a change of a file may come together.
  const reload = (): Promise<RuleBookState> => {
    const next = queue.then(load)
    queue = next.catch(() => {})
    return next
  }
  const look = async (): Promise<number> => {
    const there = await folder.stamp()
    const isSettled = there === seen
    seen = there
    if (there === stamp) return LOOK_MS
    if (!isSettled) return SETTLE_MS
    await reload()
    return LOOK_MS
  }
  new Gauge({
    name: 'tillwatch_rule_files_refused',
    help: 'Files of rules that are wrong and were not taken',
    registers: [registry],
    collect() {
      this.set(current?.refused.length ?? 0)
    },
  })
  const job = createRepeatedJob('rule files', LOOK_MS, look, { clock, log })
  return {
    get state() {
      return now()
    },
    reload,
    get refused() {
      return current?.refused.map(({ file }) => file) ?? []
    },
    start: async () => {
      seen = await folder.stamp()
      // What the state thread read when it started may be older by now: the first look compares with nothing.
      await take(await keeping.state())
      await job.start()
    },
    stop: async () => {
      await job.stop()
      await queue
    },
  }
}
