import { commandQuestion as command, factValue, type Question } from '../kit/question.ts'
import { OFD_FACTS } from '../kit/told.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS } from './commands.ts'
import { fromModel, fromNotifications, fromOfdServer, fromQueue, fromRegistration } from './snapshot.ts'

/** Works without an OFD, as far as is known. */
export const isAutonomous = (memo: RegisterMemo) => factValue(memo, 'fiscal.register.autonomous') === true

/** The registration: asked once a day, and when the drive's warnings change. */
export const REGISTRATION_QUESTION = COMMANDS.registration.name

/** Note that stands while the cable is too slow for the registration. */
export const SLOW_LINE = 'slow line'

export const REGISTRATION_FACTS = [
  'fiscal.register.registration_number',
  'fiscal.register.inn',
  'fiscal.register.ffd',
  'fiscal.register.autonomous',
  'fiscal.register.ofd_inn',
  'fiscal.register.ofd_name',
] as const

/** All questions behind the gate, in the order of their worth; the notifications need the FFD version. */
export const QUESTIONS: readonly Question[] = [
  command({ cadence: 'poll', facts: OFD_FACTS, applies: memo => !isAutonomous(memo) }, COMMANDS.queue, fromQueue),
  command(
    {
      cadence: 'daily',
      facts: ['fiscal.register.ofd_host', 'fiscal.register.ofd_port', 'fiscal.register.ofd_channel'],
    },
    COMMANDS.ofdServer,
    fromOfdServer,
  ),
  command({ cadence: 'daily', facts: ['fiscal.register.model'] }, COMMANDS.model, fromModel),
  command(
    {
      cadence: 'daily',
      facts: REGISTRATION_FACTS,
      applies: memo => memo.note(SLOW_LINE) === undefined,
    },
    COMMANDS.registration,
    fromRegistration,
  ),
  command(
    {
      cadence: 'poll',
      facts: ['fiscal.marking.unsent_notifications'],
      // In autonomous mode the same attribute counts what was not taken out yet.
      applies: memo => factValue(memo, 'fiscal.register.ffd') === '1.2' && !isAutonomous(memo),
    },
    COMMANDS.notifications,
    fromNotifications,
  ),
]
