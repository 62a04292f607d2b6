import {
  type COMMAND_OUTCOMES,
  type CommandResultBody,
  commandResultBody,
  type EpochMs,
  type SwitchTarget,
  switchTarget,
  targetKey,
} from '@tillwatch/shared'
import { z } from 'zod'

/** Commands that are remembered so that none is carried out twice. A day's commands of a busy fleet head; 100 kB on the disk. */
export const COMMANDS_REMEMBERED_MAX = 200

const instantMs = z.number().int().nonnegative()

const switchedOff = z.object({
  target: switchTarget,
  /** By the collector's clock. */
  until: instantMs,
  by: z.string(),
})
/** One check that is left alone until a moment. */
export type SwitchedOff = z.infer<typeof switchedOff>

const rememberedCommand = z.object({
  id: z.uuid(),
  /** By the collector's clock. */
  issued_at: instantMs,
  /** Null while it is being carried out: after a kill nobody knows how far it came, and it is not begun again. */
  result: commandResultBody.omit({ id: true }).nullable(),
  /** Where the result stands in the outbox; null until it is there. */
  answered: z.object({ epoch: z.number().int(), seq: z.number().int() }).nullable(),
})
export type RememberedCommand = z.infer<typeof rememberedCommand>

export const remoteState = z.object({
  version: z.literal(1),
  /** What the collector's clock showed when this was written, as far as it was known. */
  known_at: instantMs,
  /** Commands given until then may have been forgotten: one that is not known and no younger is not carried out. */
  forgotten_until: instantMs,
  switched_off: z.array(switchedOff),
  commands: z.array(rememberedCommand),
})
/** All that the collector has asked for and that must outlive a restart. */
export type RemoteState = z.infer<typeof remoteState>

/** Of an agent that was never asked for anything. */
export const emptyState: RemoteState = {
  version: 1,
  known_at: 0,
  forgotten_until: 0,
  switched_off: [],
  commands: [],
}

export type CommandAnswer = Omit<CommandResultBody, 'id'>

/** What came of a command, in both languages. */
export const answer = (
  outcome: (typeof COMMAND_OUTCOMES)[number],
  text: CommandResultBody['text'],
  details: CommandResultBody['details'] = {},
): CommandAnswer => ({ outcome, text, details })

/**
 * With a command that is being carried out, or has its result already. Over the ceiling the oldest are forgotten: whatever is given later
 * is younger than they were, so that no flood keeps out the next command.
 */
export function withCommand(state: RemoteState, command: RememberedCommand, now: EpochMs): RemoteState {
  const isKnown = state.commands.some(({ id }) => id === command.id)
  const all = isKnown
    ? state.commands.map(each => (each.id === command.id ? command : each))
    : [...state.commands, command]
  const gone = all.slice(0, -COMMANDS_REMEMBERED_MAX)
  return {
    ...state,
    known_at: now,
    commands: all.slice(-COMMANDS_REMEMBERED_MAX),
    // Never ahead of now: commands of a collector whose clock stood years ahead must not bar all that come after them.
    forgotten_until: Math.max(state.forgotten_until, ...gone.map(each => Math.min(each.issued_at, now))),
  }
}

/** What is switched off at a moment of the collector's clock. */
export const switchedOffAt = (state: RemoteState, now: EpochMs): readonly SwitchedOff[] =>
  state.switched_off.filter(({ until }) => until > now)

/** With one more check switched off, or the same one until another moment; what has ended meanwhile is let go. */
export const withSwitchedOff = (state: RemoteState, off: SwitchedOff, now: EpochMs): RemoteState => ({
  ...withSwitchedOn(state, off.target, now),
  switched_off: [...withSwitchedOn(state, off.target, now).switched_off, off],
})

export const withSwitchedOn = (state: RemoteState, target: SwitchTarget, now: EpochMs): RemoteState => ({
  ...state,
  switched_off: switchedOffAt(state, now).filter(each => targetKey(each.target) !== targetKey(target)),
})
