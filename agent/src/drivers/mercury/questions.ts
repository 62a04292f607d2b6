import { factValue, type Question, refusedFacts, unanswered } from '../kit/question.ts'
import type { ReadCommand } from '../kit/read-only.ts'
import { allUnknown, type ToldFacts } from '../kit/told.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS, NO_CONNECTION, type SessionKey } from './commands.ts'
import { unreachableProblem } from './problems.ts'
import { fromCommonInfo, fromRegistration } from './snapshot.ts'

/** Note with the key of a session that was opened and not yet seen to close. */
export const SESSION = 'open session'

/** The session in which a question is put. */
export const sessionOf = (memo: RegisterMemo): SessionKey => ({ sessionKey: String(memo.note(SESSION) ?? '') })

/** Works without an OFD, as far as is known. */
export const isAutonomous = (memo: RegisterMemo) => factValue(memo, 'fiscal.register.autonomous') === true

/** Opening a session and reading the status: the shortest way to a question. */
const COMMANDS_BEFORE = 2

/** A question that one command of the session answers, once a day. One for which no hold has time is given up until the next round. */
function daily<Answer>(
  command: ReadCommand<SessionKey, Answer>,
  facts: Question['facts'],
  toFacts: (answer: Answer) => ToldFacts,
): Question {
  return {
    key: command.name,
    cadence: 'daily',
    facts,
    async ask(window, memo) {
      const { commandsCount } = window
      const asked = await window.ask(command, sessionOf(memo))
      if (!asked) {
        const isHopeless = commandsCount === COMMANDS_BEFORE && window.commandsCount === commandsCount
        return isHopeless ? allUnknown(facts, 'the service is too slow for it') : null
      }
      if (asked.ok) return { ...unanswered(facts), ...toFacts(asked.value) }
      if (asked.code !== NO_CONNECTION) return refusedFacts(facts, asked)
      window.end('unreachable', unreachableProblem(asked.reason))
      return null
    },
  }
}

/** All questions behind the gate, in the order of their worth. */
export const QUESTIONS: readonly Question[] = [
  daily(
    COMMANDS.getCommonInfo,
    [
      'fiscal.register.serial',
      'fiscal.register.model',
      'fiscal.register.firmware',
      'fiscal.register.ffd',
      'fiscal.fn.serial',
    ],
    fromCommonInfo,
  ),
  daily(
    COMMANDS.getRegistrationInfo,
    [
      'fiscal.register.registration_number',
      'fiscal.register.inn',
      'fiscal.register.autonomous',
      'fiscal.register.ofd_name',
      'fiscal.register.ofd_inn',
      'fiscal.register.ofd_host',
      'fiscal.register.ofd_port',
    ],
    fromRegistration,
  ),
]
