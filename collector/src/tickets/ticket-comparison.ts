import { type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import type { Desk } from '../connectors/registry.ts'
import type { KeySearch, Reconciliation } from './reconciliation.ts'
import type { TicketWatch } from './ticket-watch.ts'

/** Desks and incidents are compared at the start and then this often; sooner when the desk did not answer. */
const EVERY_MS = 24 * 3_600_000
const AGAIN_MS = 3_600_000
/** Nothing waits for a comparison: one search in this time. */
const SEARCH_MS = 2_000

export interface TicketComparisonOptions {
  readonly desks: readonly Pick<Desk, 'connector' | 'pace'>[]
  readonly reconciliation: Pick<Reconciliation, 'begin' | 'found' | 'end' | 'numbers'>
  readonly watchOf: (desk: string) => Pick<TicketWatch, 'hint'> | undefined
  /** A message waits again. */
  readonly told: () => void
  /** An incident's trail says something new. */
  readonly changed: (incidentId: string) => void
  readonly clock: Clock
  readonly log: Logger
}

/** Compares every desk with the incidents, slowly. */
export interface TicketComparison extends Component {
  /** Desks that hold tickets from another address, each with what to do. */
  readonly problems: readonly { readonly desk: string; readonly problem: string }[]
  /** A person has confirmed where a desk is: the problems are looked up again. */
  refresh(): Promise<void>
}

/** The comparison from `start` to `stop`. */
export function createTicketComparison(options: TicketComparisonOptions): TicketComparison {
  const { desks, reconciliation, clock, log } = options
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<unknown> = Promise.resolve()
  let problems: TicketComparison['problems'] = []

  const refresh = async (): Promise<void> => {
    const moved = (await reconciliation.numbers()).filter(({ elsewhere }) => elsewhere > 0)
    problems = moved.map(({ desk, elsewhere }) => ({
      desk,
      problem: `its address changed, and ${elsewhere} tickets are from the old one: they are left alone; give the new desk a name of its own, or confirm on the page of desks that it kept its numbers`,
    }))
  }

  /** False when the desk did not answer: the rest is searched for another time. */
  const searchAll = async (
    { connector, pace }: TicketComparisonOptions['desks'][number],
    searches: readonly KeySearch[],
  ) => {
    if (!connector.find) return true
    for (const search of searches) {
      await clock.sleep(SEARCH_MS, signal)
      await pace.lull(signal)
      if (signal.aborted) return false
      const found = await connector.find(search.key, signal)
      if (found.kind !== 'delivered') return false
      const isNews = await reconciliation.found(connector.name, search, found.value, clock.now())
      if (isNews) options.changed(search.incidentId)
    }
    return true
  }

  const compare = async (desk: TicketComparisonOptions['desks'][number]): Promise<number> => {
    const { name } = desk.connector
    const { repaired, looks, searches } = await reconciliation.begin(name, clock.now())
    if (repaired > 0) {
      log.warn({ desk: name, repaired }, 'openings that left no ticket are sent again')
      options.told()
    }
    options.watchOf(name)?.hint(looks)
    const isWhole = await searchAll(desk, searches)
    if (signal.aborted) return 0
    await reconciliation.end(name, clock.now())
    await refresh()
    return isWhole ? EVERY_MS : AGAIN_MS
  }

  const run = async (desk: TicketComparisonOptions['desks'][number]): Promise<void> => {
    while (!signal.aborted) {
      let restMs = AGAIN_MS
      try {
        restMs = await compare(desk)
      } catch (error) {
        log.error({ desk: desk.connector.name, error: messageOf(error) }, 'a desk could not be compared with incidents')
      }
      await clock.sleep(restMs, signal)
    }
  }

  return {
    start: async () => {
      await refresh()
      for (const { desk, problem } of problems) log.warn({ desk, problem }, 'a desk has moved')
      running = Promise.all(desks.map(run))
    },
    stop: async () => {
      stopping.abort()
      await running
    },
    get problems() {
      return problems
    },
    refresh,
  }
}
