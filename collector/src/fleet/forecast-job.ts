import { DEFAULT_ZONE, dateOfDay, localDay, type OpeningHours } from '@tillwatch/rules'
import type { Clock, Component, EpochMs, Logger } from '@tillwatch/shared'
import type { Evaluator } from '../alerting/evaluator-port.ts'
import { announce } from '../ingest/announce.ts'
import type { AcceptedFact, AcceptedMessage } from '../ingest/batch.ts'
import type { UplinkMetrics } from '../ingest/uplink-metrics.ts'
import type { LiveBus } from '../live/live-bus.ts'
import { createRepeatedJob } from '../repeated-job.ts'
import type { SeriesStore } from '../store/series-store.ts'
import type { Fleet } from './fleet.ts'
import { diskForecast, documentForecast, type Forecast } from './forecast.ts'
import type { ForecastSubject } from './forecast-subject.ts'

/** Forecasts move by days; a few times a day is often enough. */
const EVERY_MS = 4 * 3_600_000
/** Items in one commit of derived facts. */
const PAGE = 50
const DAY_MS = 24 * 3_600_000
/** A year for the season, and the eight weeks before it. */
const DOCUMENT_DAYS = 365 + 60
const DISK_DAYS = 14

const DOCUMENTS = 'fiscal.fn.exhausted_at'
const DISK = 'host.disk.full_at'

export interface ForecastJobOptions {
  readonly fleet: Pick<Fleet, 'forecastSubjects'>
  readonly evaluator: Pick<Evaluator, 'commit'>
  readonly seriesReads: Pick<SeriesStore, 'days' | 'query'>
  readonly metrics: Pick<UplinkMetrics, 'itemFailures'>
  readonly live: LiveBus
  readonly clock: Clock
  readonly log: Logger
}

/** Works out, for every register and disk, when it runs out, and hands it to the rules as a fact like any other. */
export function createForecastJob(options: ForecastJobOptions): Component {
  return createRepeatedJob('forecasts', EVERY_MS, () => forecastAll(options), options)
}

/** One walk over the fleet. */
export async function forecastAll(options: ForecastJobOptions): Promise<void> {
  const { fleet, evaluator, clock } = options
  for (let after = ''; ; ) {
    const subjects = await fleet.forecastSubjects(after, PAGE)
    const messages: AcceptedMessage[] = []
    for (const subject of subjects) {
      const message = await forecastOf(subject, options.seriesReads, clock.now())
      if (message) messages.push(message)
    }
    if (messages.length > 0) announce(await evaluator.commit(messages, clock.now()), messages, options)
    const last = subjects.at(-1)
    if (!last || subjects.length < PAGE) return
    after = last.itemId
  }
}

/** Null when the forecast is what is known already. */
async function forecastOf(
  subject: ForecastSubject,
  series: ForecastJobOptions['seriesReads'],
  now: EpochMs,
): Promise<AcceptedMessage | null> {
  const fact = subject.kind === 'register' ? DOCUMENTS : DISK
  const forecast =
    subject.kind === 'register' ? await documentsOf(subject, series, now) : await diskOf(subject, series, now)
  if ((subject.facts[fact] ?? null) === (forecast?.date ?? null)) return null
  return derivedMessage(subject, fact, forecast, now)
}

async function documentsOf(subject: ForecastSubject, series: ForecastJobOptions['seriesReads'], now: EpochMs) {
  const timezone = subject.timezone ?? DEFAULT_ZONE
  const dayOf = (at: EpochMs) => dateOfDay(localDay(timezone, at))
  const today = dayOf(now)
  const lastDocument = subject.facts['fiscal.fn.last_document']
  const left = subject.facts['fiscal.fn.documents_left']
  if (typeof lastDocument !== 'number') return null
  const name = 'fiscal.fn.last_document'
  const request = { itemId: subject.itemId, fact: name, from: now - DOCUMENT_DAYS * DAY_MS, to: now + 1, timezone }
  const days = await series.days(request)
  return documentForecast({
    days: days.filter(({ day }) => day < today),
    today,
    lastDocument,
    documentsLeft: typeof left === 'number' ? left : null,
    almostFullSince: subject.almostFullSince === null ? null : dayOf(subject.almostFullSince),
    hours: subject.hoursJson === null ? null : (JSON.parse(subject.hoursJson) as OpeningHours),
  })
}

async function diskOf(subject: ForecastSubject, series: ForecastJobOptions['seriesReads'], now: EpochMs) {
  const span = { from: now - DISK_DAYS * DAY_MS, to: now + 1 }
  const points = await series.query({
    ...{ itemId: subject.itemId, fact: 'host.disk.free_bytes' },
    ...span,
    points: DISK_DAYS * 24,
  })
  return diskForecast(points, now)
}

/** Stands at the item's own place in its agent's order: beside the newest facts, never in front of the next ones. */
function derivedMessage(
  subject: ForecastSubject,
  name: string,
  forecast: Forecast | null,
  now: EpochMs,
): AcceptedMessage {
  const { itemId, kind, slot, identity, agentId, tenantId, epoch, seq } = subject
  const derived: AcceptedFact = forecast
    ? { value: forecast.date, at: now, source: 'collector', raw: forecast.confidence }
    : { value: null, at: now, source: 'collector' }
  const items = [{ itemId, kind, slot, identity, at: subject.factsAt, facts: { [name]: derived } }]
  return {
    ...{ agentId, tenantId, kind: 'derived', epoch, seq, lost: 0, receivedAt: now, items },
    event: null,
    refusal: null,
  }
}
