import type { FactName } from '@tillwatch/shared'
import type { Cadence } from '../driver.ts'
import type { RegisterMemo } from '../memo.ts'
import type { ReadCommand } from './read-only.ts'
import { allUnknown, type ToldFacts } from './told.ts'
import type { Asked, Window } from './window.ts'

/** Something to be learnt of a register, once a poll or once a day. */
export interface Question {
  /** The vendor's name of the command, or of the fact; also what a kill switch names. */
  readonly key: string
  readonly cadence: Cadence
  /** Facts that stay unknown while the question is not answered. */
  readonly facts: readonly FactName[]
  /** False when the register is known not to have it; the facts are then left out. */
  applies?(memo: RegisterMemo): boolean
  /** Null: the window is over, the question stays open. */
  ask(window: Window, memo: RegisterMemo): Promise<ToldFacts | null>
}

/** A question that one command answers; what the answer does not tell of its facts is unknown. */
export function commandQuestion<Answer>(
  question: Pick<Question, 'cadence' | 'facts' | 'applies'> & { readonly key?: string },
  command: ReadCommand<void, Answer>,
  toFacts: (answer: Answer, memo: RegisterMemo) => ToldFacts,
): Question {
  return {
    key: command.name,
    ...question,
    async ask(window, memo) {
      const asked = await window.ask(command)
      if (!asked) return null
      return asked.ok
        ? { ...unanswered(question.facts), ...toFacts(asked.value, memo) }
        : refusedFacts(question.facts, asked)
    },
  }
}

/** Facts that an answer should have given and did not. */
export const unanswered = (facts: readonly FactName[]): ToldFacts =>
  allUnknown(facts, 'the register holds no valid value')

/** Facts whose question was refused. */
export const refusedFacts = (
  facts: readonly FactName[],
  asked: Exclude<Asked<unknown>, null | { ok: true }>,
): ToldFacts => allUnknown(facts, asked.reason, asked.code ?? undefined)

/** Value of a fact that was read before. */
export const factValue = (memo: RegisterMemo, name: FactName) => memo.facts.get(name)?.value
