import type { Clock, Component, Logger } from '@tillwatch/shared'
import { Gauge, type Registry } from 'prom-client'
import { createWatchedFiles } from '../watched-files.ts'
import type { RuleFolder } from './rule-files.ts'
import { problemLine, type RuleBookState, type RuleKeeping } from './rule-keeper.ts'
import type { RuleReads } from './rule-reads.ts'

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
    const before = now().version
    const state = await take(await keeping.load(await folder.read(), clock.now()))
    log.info({ version: state.version, changed: state.version !== before }, 'the rules were read anew')
    return state
  }
  new Gauge({
    name: 'tillwatch_rule_files_refused',
    help: 'Files of rules that are wrong and were not taken',
    registers: [registry],
    collect() {
      this.set(current?.refused.length ?? 0)
    },
  })
  const files = createWatchedFiles({ name: 'rule files', stamp: () => folder.stamp(), load, clock, log })
  return {
    get state() {
      return now()
    },
    reload: () => files.reload(),
    get refused() {
      return current?.refused.map(({ file }) => file) ?? []
    },
    start: async () => {
      await take(await keeping.state())
      await files.start()
    },
    stop: () => files.stop(),
  }
}
