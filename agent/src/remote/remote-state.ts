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
  expires_at: instantMs,
  /** Null while it is being carried out: after a kill nobody knows how far it came, and it is not begun again. */
  result: commandResultBody.omit({ id: true }).nullable(),
  /** Where the result stands in the outbox; null until it is there. */
  answered: z.object({ epoch: z.number().int(), seq: z.number().int() }).nullable(),
})
export type RememberedCommand = z.infer<typeof rememberedCommand>

export const remoteState = z.object({
  version: z.literal(1),
  /** Collector's clock minus the till's, as last found. */
  clock_offset_ms: z.number().int(),
  /** Ids that expired until then may have been forgotten: a command that is not known and no younger is not carried out. */
  forgotten_until: instantMs,
  switched_off: z.array(switchedOff),
  commands: z.array(rememberedCommand),
})
/** All that the collector has asked for and that must outlive a restart. */
export type RemoteState = z.infer<typeof remoteState>

/** Of an agent that was never asked for anything. */
export const emptyState: RemoteState = {
  version: 1,
  clock_offset_ms: 0,
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

/** With a command that is being carried out, or has its result already. Over the ceiling those that expire first are forgotten. */
export function withCommand(state: RemoteState, command: RememberedCommand): RemoteState {
  const commands = [...state.commands.filter(({ id }) => id !== command.id), command]
  if (commands.length <= COMMANDS_REMEMBERED_MAX) return { ...state, commands }
  const byExpiry = [...commands].sort((one, other) => one.expires_at - other.expires_at)
  const gone = byExpiry.slice(0, commands.length - COMMANDS_REMEMBERED_MAX)
  return {
    ...state,
    commands: commands.filter(each => !gone.includes(each)),
    forgotten_until: Math.max(state.forgotten_until, ...gone.map(each => each.expires_at)),
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
