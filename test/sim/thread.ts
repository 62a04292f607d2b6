import type { Services } from '@tillwatch/collector/threads/thread'
import type { Chance } from './chance.ts'
import type { Life } from './machine.ts'

/** What a disk does to a call: nothing, fails before it did anything, or fails after all of it was done. */
export type DiskFault = 'none' | 'refuses' | 'answers_badly'

interface ThreadOptions {
  readonly name: string
  readonly life: Life
  readonly services: Services
  readonly chance: Chance
  /** Asked for every call. */
  readonly faultOf: (call: string) => DiskFault
  /** Called after every call that ran, whatever came of it, before its caller hears. */
  readonly ran: (call: string) => void
}

type Method = (...args: readonly unknown[]) => Promise<unknown>

const CALL_MS_MAX = 4

/**
 * A store thread as its callers see it: one call after another, each some moments long. The process may be killed before a call, between
 * the call and its answer, and after it.
 */
export class Thread {
  readonly #options: ThreadOptions
  #turn: Promise<void> = Promise.resolve()

  constructor(options: ThreadOptions) {
    this.#options = options
  }

  service<T extends object>(name: string): T {
    return new Proxy({} as T, {
      get: (_target, method) =>
        method === 'then' ? undefined : (...args: unknown[]) => this.#call(name, String(method), args),
    })
  }

  #call(service: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const answer = this.#turn.then(() => this.#run(service, method, args))
    this.#turn = answer.then(
      () => undefined,
      () => undefined,
    )
    return answer
  }

  async #run(service: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const { name, services, faultOf, ran } = this.#options
    const call = `${name}.${service}.${method}`
    await this.#passes(call)
    const fault = faultOf(`${service}.${method}`)
    if (fault === 'refuses') throw new Error('disk I/O error')
    const work = (services[service] as Record<string, Method>)[method] as Method
    const value = await work.apply(services[service], [...args])
    ran(`${service}.${method}`)
    await this.#passes(`${call} done`)
    if (fault === 'answers_badly') throw new Error('the answer was lost')
    return value
  }

  #passes(what: string): Promise<void> {
    const { life, chance } = this.#options
    return new Promise(resolve => {
      life.later(chance.between(0, CALL_MS_MAX), what, resolve)
    })
  }
}
