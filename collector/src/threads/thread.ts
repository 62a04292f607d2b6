import { flushCompileCache } from 'node:module'
import { AppError, type AppErrorOptions, messageOf } from '@tillwatch/shared'
import { Piscina } from 'piscina'

/** What crosses into a thread: which service, which of its methods, with which (structured-cloneable) arguments. */
export interface Call {
  readonly service: string
  readonly method: string
  readonly args: readonly unknown[]
}

/** What comes back. Errors travel as data, because a clone of an Error would lose its code and next step. */
export type Reply =
  | { readonly value: unknown }
  | { readonly error: { readonly code: string; readonly message: string; readonly options: AppErrorOptions } }

/** Services as they live in a thread: named objects with asynchronous methods. */
export type Services = Readonly<Record<string, object>>

/** What a thread module exports: runs one call, or, without one, says whether the thread works. */
export type ThreadMain = (call: Call | null) => Promise<Reply>

/**
 * Inside a thread: makes its services and runs calls against them. When they cannot be made, every call answers why: an error thrown
 * while a thread starts would end the process with a stack instead.
 */
export function serve(create: () => Services): ThreadMain {
  let services: Services
  try {
    services = create()
  } catch (thrown) {
    const reply = failed(thrown, 'start')
    return async () => reply
  }
  // Otherwise written at a farewell alone, and a machine that loses power would compile everything anew.
  flushCompileCache()
  return async call => (call === null ? { value: undefined } : await answer(services, call))
}

/** Inside a thread: runs one call against its services. */
async function answer(services: Services, call: Call): Promise<Reply> {
  try {
    const service = services[call.service] as Record<string, (...args: unknown[]) => unknown> | undefined
    const method = service?.[call.method]
    if (!service || !method) throw new Error(`no ${call.service}.${call.method} in this thread`)
    return { value: await method.apply(service, [...call.args]) }
  } catch (thrown) {
    return failed(thrown, `${call.service}.${call.method}`)
  }
}

function failed(thrown: unknown, call: string): Reply {
  if (!(thrown instanceof AppError))
    return { error: { code: 'internal', message: messageOf(thrown), options: { context: { call } } } }
  const { code, message, retryable, nextStep, context } = thrown
  return { error: { code, message, options: { retryable, context, ...(nextStep ? { nextStep } : {}) } } }
}

/** A thread that runs calls strictly one after another: one writer for one file. */
export interface Thread {
  /** Resolves when its services are there; rejects with why they cannot be. */
  ready(): Promise<void>
  /** The named service as if it lived here; every method returns a promise. */
  service<T extends object>(name: string): T
  /** Calls that wait, for health and back-pressure. */
  readonly pending: number
  stop(): Promise<void>
}

/** Starts a thread from a module that default-exports what `serve` made. `data` is handed to it as worker data. */
export function startThread(module: URL, data: unknown): Thread {
  const pool = new Piscina({
    filename: module.href,
    workerData: data,
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
  })
  const run = async (call: Call | null): Promise<unknown> => {
    const reply = (await pool.run(call)) as Reply
    if ('error' in reply) throw new AppError(reply.error.code, reply.error.message, reply.error.options)
    return reply.value
  }
  return {
    ready: async () => void (await run(null)),
    service: <T extends object>(name: string): T =>
      new Proxy({} as T, {
        get: (_target, method) =>
          // A proxy that is awaited by accident must not look like a promise.
          method === 'then' ? undefined : (...args: unknown[]) => run({ service: name, method: String(method), args }),
      }),
    get pending() {
      return pool.queueSize
    },
    stop: () => pool.close({ force: false }),
  }
}
