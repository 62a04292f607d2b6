import { z } from 'zod'
import { COMMAND_DETAILS_MAX, LOG_EXCERPT_BYTES_MAX, LOG_PARTS_MAX, PACKET_BYTES_MAX } from '../limits.ts'
import { factValue, instant } from './telemetry.ts'

/** What can be switched off at an agent: a place, everything that one driver does, one probe of the PC, one question of a driver. */
export const SWITCH_KINDS = ['slot', 'driver', 'probe', 'question'] as const
export type SwitchKind = (typeof SWITCH_KINDS)[number]

const slot = z.string().min(1).max(64)
const driver = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/)
const probe = z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/)
/** Driver and key of the question inside it, as the vendor writes it: `shtrih-m:FF39`, `pirit:78/7`. */
const question = z.string().regex(/^[a-z][a-z0-9-]{0,31}:[\x21-\x7e][\x20-\x7e]{0,63}$/)

/** Exactly one of the things that can be switched off, under its kind. */
export const switchTarget = z.union([
  z.strictObject({ slot }),
  z.strictObject({ driver }),
  z.strictObject({ probe }),
  z.strictObject({ question }),
])
export type SwitchTarget = z.infer<typeof switchTarget>

/**
 * All that a collector can ask of an agent. A closed set: what is not one of these cannot be said, and no field carries anything
 * that a shell, a file system or a register would execute.
 */
export const agentCommand = z.discriminatedUnion('do', [
  /** Poll one register, or all, without waiting for its interval. */
  z.strictObject({ do: z.literal('poll_now'), slot: slot.optional() }),
  /** Leave a check alone until a moment by the collector's clock; then it goes on by itself. */
  z.strictObject({ do: z.literal('disable'), target: switchTarget, until: instant }),
  z.strictObject({ do: z.literal('enable'), target: switchTarget }),
  /** The newest lines of the agent's own log and of those that its configuration names, redacted, `bytes_max` bytes at most. */
  z.strictObject({
    do: z.literal('collect_log'),
    since: instant.optional(),
    bytes_max: z.number().int().min(1_024).max(LOG_EXCERPT_BYTES_MAX),
  }),
])
export type AgentCommand = z.infer<typeof agentCommand>

/** Name under which a target is kept and told: `slot:front`, `question:shtrih-m:FF39`. */
export function targetKey(target: SwitchTarget): string {
  const [kind, name] = Object.entries(target)[0] as [SwitchKind, string]
  return `${kind}:${name}`
}

/** The target behind a name, or null when it is none. */
export function targetOf(key: string): SwitchTarget | null {
  const at = key.indexOf(':')
  const parsed = switchTarget.safeParse({ [key.slice(0, Math.max(at, 0))]: key.slice(at + 1) })
  return parsed.success ? parsed.data : null
}

/** Why a fact of something switched off has no value. */
export const switchedOffReason = (by: string, until: string): string =>
  `switched off by ${by.slice(0, 100)} until ${until}`

/** True for the reason of a fact that is not asked for on purpose: what was known before it no longer holds. */
export const isSwitchedOff = (reason: string | undefined): boolean => reason?.startsWith('switched off by ') ?? false

export const COMMAND_OUTCOMES = ['done', 'failed', 'refused', 'expired'] as const
export type CommandOutcome = (typeof COMMAND_OUTCOMES)[number]

const said = z.string().max(500)

/** What came of a command: one result for one id, whatever happened to the agent meanwhile. */
export const commandResultBody = z.object({
  id: z.uuid(),
  outcome: z.enum(COMMAND_OUTCOMES),
  text: z.object({ ru: said, en: said }),
  details: z
    .record(z.string().max(64), factValue)
    .refine(details => Object.keys(details).length <= COMMAND_DETAILS_MAX, `at most ${COMMAND_DETAILS_MAX} details`)
    .default({}),
})
export type CommandResultBody = z.infer<typeof commandResultBody>

/** A piece of the log that a command asked for; pieces are numbered from 0 and come before the result. */
export const logPartBody = z
  .object({
    id: z.uuid(),
    part: z.number().int().min(0),
    parts: z.number().int().min(1).max(LOG_PARTS_MAX),
    text: z.string().max(PACKET_BYTES_MAX),
  })
  .refine(({ part, parts }) => part < parts, 'part: beyond the last')
export type LogPartBody = z.infer<typeof logPartBody>
