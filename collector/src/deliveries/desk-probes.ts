import { type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import type { ProbeStep, RoutedPlacement } from '../connectors/connector.ts'
import type { Desk } from '../connectors/registry.ts'
import type { DeskProblems } from './desk-problems.ts'

/** A desk that does not fit is looked at again this soon, so that what was put right is seen; one that fits, now and then. */
const AGAIN_MS = 10 * 60_000
const WELL_MS = 6 * 3_600_000
/** A look of dozens of calls at the pace of a slow desk takes minutes; more is a hang. */
const DEADLINE_MS = 5 * 60_000
/** Places of one look; the button “Test” looks at all of them. */
const PLACES_MAX = 30

export interface DeskProbesOptions {
  readonly desks: readonly Pick<Desk, 'connector' | 'tenants' | 'pace'>[]
  /** The places that a tenant's routes to a desk name. */
  readonly placesOf: (tenantId: string, desk: string) => Promise<readonly RoutedPlacement[]>
  readonly problems: Pick<DeskProblems, 'probed'>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Looks whether every desk fits its settings: when the collector starts, and from time to time. Nothing waits for it, it changes nothing in a
 * desk, and it gives way to messages. What is wrong is known before the first incident needs the desk.
 */
export function createDeskProbes({ desks, placesOf, problems, clock, log }: DeskProbesOptions): Component {
  const stopping = new AbortController()
  let running: Promise<unknown> = Promise.resolve()

  const lookAt = async ({ connector, tenants }: DeskProbesOptions['desks'][number]): Promise<readonly ProbeStep[]> => {
    const late = new AbortController()
    const cancel = clock.after(DEADLINE_MS, () => late.abort())
    try {
      const places = (await Promise.all(tenants.map(tenant => placesOf(tenant, connector.name)))).flat()
      const distinct = new Map(places.map(place => [JSON.stringify(place), place]))
      const some = [...distinct.values()].slice(0, PLACES_MAX)
      return await connector.probe(AbortSignal.any([stopping.signal, late.signal]), some)
    } catch (thrown) {
      return [{ name: 'probe', ok: false, message: messageOf(thrown) }]
    } finally {
      cancel()
    }
  }
  const watch = async (desk: DeskProbesOptions['desks'][number]): Promise<void> => {
    const { name } = desk.connector
    let told = ''
    while (!stopping.signal.aborted) {
      await desk.pace.lull(stopping.signal)
      const steps = await lookAt(desk)
      if (stopping.signal.aborted) return
      problems.probed(name, steps)
      const wrong = steps.filter(step => !step.ok)
      const words = wrong.map(step => `${step.name}: ${step.message}`).join('; ')
      if (words !== told && words !== '') log.warn({ desk: name, problem: words }, 'a desk does not fit its settings')
      if (words !== told && words === '') log.info({ desk: name }, 'the desk fits its settings now')
      told = words
      await clock.sleep(wrong.length > 0 ? AGAIN_MS : WELL_MS, stopping.signal)
    }
  }
  return {
    start: async () => {
      running = Promise.all(desks.map(watch))
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
