/** What an operating failure needs to tell: a stable code for programs, words for people, and what to do next. */
export interface AppErrorOptions {
  /** True when the same call may succeed later without anybody acting. */
  readonly retryable?: boolean
  /** The next step for the person who reads the message. */
  readonly nextStep?: string
  readonly cause?: unknown
  /** Structured facts for logs; never secrets. */
  readonly context?: Readonly<Record<string, unknown>>
}

/**
 * An expected failure of operation (a port that is busy, a file that is wrong), as opposed to a programming error.
 * `code` is lower case with dots, from general to particular: `port.busy`, `config.invalid`, `desk.unreachable`.
 */
export class AppError extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly nextStep: string | undefined
  readonly context: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retryable = options.retryable ?? false
    this.nextStep = options.nextStep
    this.context = options.context ?? {}
  }
}

/** An outcome as a value: used where failure is an ordinary answer rather than an interruption. */
export type Result<T, E = AppError> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
export const err = <E>(error: E): Result<never, E> => ({ ok: false, error })

/** Stops the component on a programming error. Never used for input from outside. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/** Message of whatever was thrown, for logs. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
