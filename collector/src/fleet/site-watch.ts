import { localTextOf } from '@tillwatch/rules'
import type { Clock, Component, EpochMs, Logger } from '@tillwatch/shared'
import type { Evaluator } from '../alerting/evaluator-port.ts'
import { announce } from '../ingest/announce.ts'
import type { AcceptedMessage } from '../ingest/batch.ts'
import type { UplinkMetrics } from '../ingest/uplink-metrics.ts'
import type { LiveBus } from '../live/live-bus.ts'
import { createRepeatedJob } from '../repeated-job.ts'
import type { Fleet } from './fleet.ts'
import { itemIdOf } from './item-id.ts'
import { type SiteSubject, siteSilence } from './site-silence.ts'

/** Sooner than an agent by itself counts as silent, so that the site's fault is there first. */
const EVERY_MS = 60_000
/** Sites in one commit: an outage of a provider changes thousands at once, and the readings of the others must not wait for all of them. */
const PAGE = 50

export interface SiteWatchOptions {
  readonly fleet: Pick<Fleet, 'siteSubjects'>
  readonly evaluator: Pick<Evaluator, 'commit'>
  readonly metrics: Pick<UplinkMetrics, 'itemFailures'>
  readonly live: LiveBus
  readonly clock: Clock
  readonly log: Logger
}

/** Makes an item of every site with several PCs, and tells the rules since when all of them have been silent. */
export function createSiteWatch(options: SiteWatchOptions): Component {
  return createRepeatedJob('sites', EVERY_MS, () => watchSites(options), options)
}

/** One look at all sites; those that say what is known already cost nothing. */
export async function watchSites(options: SiteWatchOptions): Promise<void> {
  const { fleet, evaluator, clock } = options
  const now = clock.now()
  const messages = (await fleet.siteSubjects()).flatMap(subject => siteMessage(subject, now) ?? [])
  for (let from = 0; from < messages.length; from += PAGE) {
    const page = messages.slice(from, from + PAGE)
    announce(await evaluator.commit(page, now), page, options)
  }
}

/** Null when nothing changed. */
function siteMessage(subject: SiteSubject, now: EpochMs): AcceptedMessage | null {
  const { siteId, tenantId, timezone, told } = subject
  const { agents, since } = siteSilence(subject, now)
  const silentSince = since === null ? null : localTextOf(timezone, since)
  const [speaker] = subject.agents
  if (!speaker || (told && told.agents === agents && told.silentSince === silentSince)) return null
  const facts = {
    'site.agents': { value: agents, at: now, source: 'collector' as const },
    'site.silent_since': { value: silentSince, at: now, source: 'collector' as const },
  }
  const itemId = itemIdOf(tenantId, speaker.id, { kind: 'site', slot: siteId, id: siteId })
  return {
    ...{ agentId: speaker.id, tenantId, kind: 'derived', epoch: 0, seq: 0, lost: 0, receivedAt: now },
    items: [{ itemId, kind: 'site', slot: 'site', identity: null, at: now, facts }],
    event: null,
    refusal: null,
  }
}
