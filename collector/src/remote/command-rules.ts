import {
  type AgentCommand,
  AppError,
  COMMAND_LIFE_MS,
  COMMANDS_PER_MINUTE_MAX,
  COMMANDS_WAITING_MAX,
  type EpochMs,
  POLL_NOW_LIFE_MS,
  POLL_NOW_MS_MIN,
  SWITCHED_OFF_MS_MAX,
  targetKey,
} from '@tillwatch/shared'

/** Until when a command may be said to its agent. */
export function lifeOf(command: AgentCommand, now: EpochMs): EpochMs {
  if (command.do === 'poll_now') return now + POLL_NOW_LIFE_MS
  return command.do === 'disable' ? Math.min(now + COMMAND_LIFE_MS, Date.parse(command.until)) : now + COMMAND_LIFE_MS
}

/** What was given before this time is not looked at when a new command is judged, unless it waits. */
export const LATELY_MS = 60_000

/** A command of the agent that was given before. */
export interface EarlierCommand {
  readonly command: AgentCommand
  readonly issuedAt: EpochMs
  /** It has no result yet and may still be said. */
  readonly waits: boolean
}

/** Why a command is not given now, in words for a person; null when it may be. `earlier` holds what waits and what was given within `LATELY_MS`. */
export function refusalOf(command: AgentCommand, earlier: readonly EarlierCommand[], now: EpochMs): AppError | null {
  if (command.do === 'disable') {
    const lastsMs = Date.parse(command.until) - now
    if (lastsMs <= 0 || lastsMs > SWITCHED_OFF_MS_MAX)
      return new AppError('command.until', 'a check can be switched off until a moment of the next 30 days', {
        nextStep: 'Choose another moment.',
      })
  }
  const waiting = earlier.filter(({ waits }) => waits)
  if (waiting.some(other => isSame(command, other.command)))
    return new AppError('command.waiting', 'the same command waits for its result already', {
      nextStep: 'Wait for it; an agent that is away gets it when it is back.',
    })
  if (
    command.do === 'poll_now' &&
    earlier.some(other => isSamePoll(command, other) && now - other.issuedAt < POLL_NOW_MS_MIN)
  )
    return new AppError('command.too_soon', 'this register was asked for less than ten seconds ago', {
      nextStep: 'Wait ten seconds: sales come first.',
    })
  if (earlier.filter(({ issuedAt }) => now - issuedAt < LATELY_MS).length >= COMMANDS_PER_MINUTE_MAX)
    return new AppError(
      'command.too_often',
      `this agent was given ${COMMANDS_PER_MINUTE_MAX} commands within a minute`,
      {
        nextStep: 'Wait a minute: sales come first.',
      },
    )
  if (waiting.length >= COMMANDS_WAITING_MAX)
    return new AppError('command.too_many', `${COMMANDS_WAITING_MAX} commands of this agent wait for their results`, {
      nextStep: 'Wait until the agent has answered or they have expired.',
    })
  return null
}

/** One log at a time, however much of it: it is all that a slow line can carry. */
const isSame = (one: AgentCommand, other: AgentCommand): boolean =>
  one.do === 'collect_log' ? other.do === 'collect_log' : JSON.stringify(one) === JSON.stringify(other)

const isSamePoll = (poll: Extract<AgentCommand, { do: 'poll_now' }>, { command }: EarlierCommand): boolean =>
  command.do === 'poll_now' && (poll.slot === undefined || command.slot === undefined || poll.slot === command.slot)

/** A command as the change log keeps it: what, of what check, until when, by whom; empty texts for what it has not. */
export function changeOf(command: AgentCommand, by: string): readonly [string, string, string, string] {
  const until = command.do === 'disable' ? command.until : ''
  return [command.do, checkOf(command), until, by]
}

function checkOf(command: AgentCommand): string {
  if (command.do === 'collect_log') return ''
  if (command.do === 'poll_now') return command.slot === undefined ? '' : targetKey({ slot: command.slot })
  return targetKey(command.target)
}
