import type { Clock } from '@tillwatch/shared'
import { type Changes, delivered, type Outcome, rejected } from '../connector.ts'
import type { ItiliumApi } from './api.ts'
import type { ItiliumConfig } from './config.ts'
import { type DeskIncident, incidentsOf, phaseIn } from './mapping.ts'

const PAGE = 50
/** Incidents of one look; more of one initiator in the days of the settings cannot be told from a list without an end. */
const ROWS_MAX = 5_000
const DAY_MS = 24 * 3_600_000

/** The initiator's incidents, which is all that can be searched. */
export interface IncidentList {
  /** Those of the last days and perhaps older ones, in the order of the desk. A list that cannot be read to its end is never a short one. */
  recent(days: number, signal: AbortSignal): Promise<Outcome<readonly DeskIncident[]>>
  /** The first page. */
  newest(signal: AbortSignal): Promise<Outcome<readonly DeskIncident[]>>
  changedSince(cursor: string | null, signal: AbortSignal): Promise<Outcome<Changes>>
}

/** The list over the service. */
export function createIncidentList(config: ItiliumConfig, api: ItiliumApi, clock: Pick<Clock, 'now'>): IncidentList {
  const pageFrom = async (startFrom: number, signal: AbortSignal): Promise<Outcome<readonly DeskIncident[]>> => {
    const asked = { startFrom, count: PAGE, [config.request.list_initiator]: config.initiator }
    const answer = await api.ask(config.methods.list, asked, signal)
    return answer.kind === 'delivered' ? incidentsOf(answer.value, config) : answer
  }

  const recent: IncidentList['recent'] = async (days, signal) => {
    const horizon = clock.now() - days * DAY_MS
    const seen = new Map<string, DeskIncident>()
    let isNewestFirst = true
    let oldest = Number.POSITIVE_INFINITY
    for (let startFrom = 0; startFrom < ROWS_MAX; ) {
      const page = await pageFrom(startFrom, signal)
      if (page.kind !== 'delivered') return page
      // Only a page with nothing in it is the end: a service may give fewer than were asked for.
      if (page.value.length === 0) return delivered([...seen.values()])
      const before = seen.size
      for (const incident of page.value) {
        seen.set(incident.uuid, incident)
        isNewestFirst &&= incident.date <= oldest
        oldest = incident.date
      }
      if (seen.size === before) {
        return rejected('misconfigured', `${config.methods.list} does not turn its pages: it gives the same again`)
      }
      if (isNewestFirst && oldest < horizon) return delivered([...seen.values()])
      startFrom += page.value.length
    }
    return rejected(
      'misconfigured',
      `more than ${ROWS_MAX} incidents in ${days} days, or not newest first: give the collector an initiator of its own`,
    )
  }

  return {
    recent,
    newest: signal => pageFrom(0, signal),
    // The list tells no changes, so that each incident that is not closed may have changed; the cursor are those, for the last word of each.
    changedSince: async (cursor, signal) => {
      const found = await recent(config.follow_days, signal)
      if (found.kind !== 'delivered') return found
      const living = found.value
        .filter(each => !['closed', 'rejected'].includes(phaseIn(each.state, config)))
        .map(each => each.uuid)
      if (cursor === null) return delivered({ ids: [], cursor: living.join(',') })
      const before = cursor.split(',').filter(Boolean)
      return delivered({ ids: [...new Set([...living, ...before])], cursor: living.join(',') })
    },
  }
}
