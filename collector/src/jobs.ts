import type { Clock, Component, Logger } from '@tillwatch/shared'
import type { AccountStore } from './accounts/account-store.ts'
import type { Evaluator } from './alerting/evaluator-port.ts'
import type { History } from './alerting/history.ts'
import type { CollectorConfig } from './config.ts'
import type { Evidence } from './evidence/evidence.ts'
import type { Fleet } from './fleet/fleet.ts'
import { createForecastJob } from './fleet/forecast-job.ts'
import { createSiteWatch } from './fleet/site-watch.ts'
import type { Inbound } from './inbound/inbound.ts'
import { announce } from './ingest/announce.ts'
import type { UplinkMetrics } from './ingest/uplink-metrics.ts'
import type { Launches } from './launch/launch-part.ts'
import type { LiveBus } from './live/live-bus.ts'
import type { NoticeQueue } from './notices/notice-book.ts'
import type { Problems } from './problems/problem-service.ts'
import type { RemoteCommands } from './remote/remote-commands.ts'
import { createRepeatedJob } from './repeated-job.ts'
import type { SeriesStore } from './store/series-store.ts'

/** A slice of rule work by time, short enough that the state thread goes on answering. */
const TICK_BUDGET_MS = 10
/** Time-driven rules are asked for at least this often: a commit may have brought the next due time nearer. */
const TICK_MS = 1_000
const DAY_MS = 24 * 3_600_000
/** New outlets are told of once a day; asking again costs a glance. */
const LAUNCHES_MS = 15 * 60_000
/** Messages to people: what was said and to whom, for the year in which somebody may ask. */
const NOTICES_DAYS = 366
/** What other programs said, and who asked: as long as a source may still speak of the same thing. */
const INBOUND_DAYS = 366
/** Reminders of measures and the analysis of a month may be this late. */
const PROBLEMS_MS = 15 * 60_000
/** Retention walks over everything once in this time … */
const THIN_MS = 6 * 3_600_000
/** … in steps this far apart, so that ingest never waits for it. */
const THIN_STEP_MS = 500

export interface JobOptions {
  readonly retention: CollectorConfig['retention']
  readonly fleet: Fleet
  readonly remote: Pick<RemoteCommands, 'thinCommands'>
  readonly accountStore: Pick<AccountStore, 'forgetExpired'>
  readonly evaluator: Evaluator
  readonly history: History
  readonly notices: Pick<NoticeQueue, 'thinNotices'>
  readonly evidence: Pick<Evidence, 'thinAttachments'>
  readonly inbound: Pick<Inbound, 'thinInbound'>
  readonly launches: Launches
  readonly problems: Pick<Problems, 'work'>
  readonly series: SeriesStore
  /** Reads over a connection of their own. */
  readonly seriesReads: SeriesStore
  readonly metrics: UplinkMetrics
  readonly live: LiveBus
  readonly clock: Clock
  readonly log: Logger
}

/** What the collector does by itself: rules that time alone moves, forecasts, retention. */
export function createJobs(options: JobOptions): readonly Component[] {
  const { retention, fleet, evaluator, history, series, clock } = options
  const tick = async () => {
    const outcome = await evaluator.tick(clock.now(), TICK_BUDGET_MS)
    announce(outcome, [], options)
    const dueMs = outcome.nextDueAt === null ? TICK_MS : outcome.nextDueAt - clock.now()
    return Math.min(Math.max(dueMs, 0), TICK_MS)
  }
  const thin = async () => {
    const { raw_days: rawDays, hourly_days: hourlyDays, events_days: eventsDays } = retention
    const moreSeries = await series.thin({ rawDays, hourlyDays }, clock.now())
    await options.accountStore.forgetExpired(clock.now())
    const moreEvents = await fleet.thin(clock.now() - eventsDays * DAY_MS)
    const moreCommands = await options.remote.thinCommands(clock.now() - eventsDays * DAY_MS)
    const moreNotices = await options.notices.thinNotices(clock.now() - NOTICES_DAYS * DAY_MS)
    const moreFiles = await options.evidence.thinAttachments(clock.now() - eventsDays * DAY_MS)
    const moreInbound = await options.inbound.thinInbound(clock.now() - INBOUND_DAYS * DAY_MS)
    const moreHistory = await history.thin({ changesDays: retention.changes_days }, clock.now())
    return moreSeries || moreEvents || moreCommands || moreNotices || moreFiles || moreInbound || moreHistory
      ? THIN_STEP_MS
      : THIN_MS
  }
  const remind = async () => {
    await options.problems.work(clock.now())
    return PROBLEMS_MS
  }
  return [
    createRepeatedJob('rules by time', TICK_MS, tick, options),
    createForecastJob(options),
    createSiteWatch(options),
    createRepeatedJob('new outlets', LAUNCHES_MS, () => options.launches.summarise(clock.now()), options),
    createRepeatedJob('problems by time', PROBLEMS_MS, remind, options),
    createRepeatedJob('retention', THIN_MS, thin, options),
  ]
}
