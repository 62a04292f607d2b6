/** Structured logging as pino does it: fields first, then a sentence. Secrets never go in. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}

/** A part with a life cycle. The constructor or factory does nothing but remember; `start` does the work. */
export interface Component {
  /** Called once. Rejects when the part cannot work at all. */
  start(): Promise<void>
  /** Idempotent and bounded in time; after it nothing of the part runs any more. */
  stop(): Promise<void>
}
