import { assert, type Result } from '@tillwatch/shared'
import type { DriverOptions } from '../driver.ts'
import type { RegisterError } from './told.ts'

/** What a driver does about a refusal, besides telling it. */
export type Reaction =
  /** The device does not know the command: it is not asked again for a day, or until another device is there. The gate's are asked all the same. */
  | 'unsupported'
  /** It cannot be answered in the present state; asked again when it is next due. */
  | 'state'
  /** The secret is wrong: nothing that needs it is sent again, and no other one is tried. */
  | 'password'
  /** The device is at work: the port is given back. */
  | 'at_work'
  /** A fault worth telling. */
  | 'fault'

/** An answer that says no. */
export interface Refusal {
  /** As the vendor writes it. */
  readonly code: string
  /** In words, the code included. */
  readonly reason: string
  readonly reaction: Reaction
  /** Our name of the fault, where the device shows one by this refusal. */
  readonly error?: RegisterError
}

/** A secret that commands need. One refusal bars every command that needs it: others would only be refused too. */
export interface Secret {
  /** As people call it: `administrator password`. */
  readonly name: string
  /** Which setting to correct. */
  readonly nextStep: string
}

/** What a driver says of one command: how it is said, what it usually costs, how its answer is read. */
export interface CommandEntry<Args, Answer, Request, Payload> {
  /** As the vendor writes it. */
  readonly name: string
  /** Usual time from the request's last byte to the answer's first, milliseconds. */
  readonly typicalMs: number
  /** Usual bytes of request and answer together, framing included. */
  readonly wireBytes: number
  readonly secret?: Secret
  encode(args: Args, options: DriverOptions): Request
  /** Reads an answer. Throws `protocol.` errors for what means nothing. */
  decode(payload: Payload): Result<Answer, Refusal>
}

declare const readOnly: unique symbol

/** An entry of a driver's read-only table. Nothing else can be sent, and only {@link readOnlyTable} makes one. */
export interface ReadCommand<Args = void, Answer = unknown, Request = unknown, Payload = unknown>
  extends CommandEntry<Args, Answer, Request, Payload> {
  readonly [readOnly]: true
}

/** What a read-only command answers. */
export type AnswerOf<Command> =
  Command extends ReadCommand<infer _Args, infer Answer, infer _R, infer _P> ? Answer : never

// biome-ignore lint/suspicious/noExplicitAny: the one place where commands of all kinds stand together
type AnyEntry = CommandEntry<any, any, any, any>
type ReadOnlyTable<Entries> = {
  readonly [Name in keyof Entries]: Entries[Name] extends CommandEntry<infer A, infer R, infer Q, infer P>
    ? ReadCommand<A, R, Q, P>
    : never
}

const commands = new WeakSet<object>()

/** Makes a driver's table: all that can ever be said to its devices. Frozen, so that nothing joins it later. */
export function readOnlyTable<const Entries extends Record<string, AnyEntry>>(
  entries: Entries,
): ReadOnlyTable<Entries> {
  for (const entry of Object.values(entries)) commands.add(Object.freeze(entry))
  return Object.freeze(entries) as unknown as ReadOnlyTable<Entries>
}

/** The request of a command of some table. Anything else, however it looks, is a programming error and is not encoded. */
export function requestOf<Args, Request>(
  command: ReadCommand<Args, unknown, Request>,
  args: Args,
  options: DriverOptions,
): Request {
  assert(commands.has(command), 'only commands of a read-only table are sent')
  return command.encode(args, options)
}
