import type { CollectorConfig } from './config.ts'
import { placeOf } from './connectors/desk-config.ts'
import type { DataDir } from './data-dir.ts'
import type { ReadThreadData } from './reads/read-services.ts'
import { readRouteFiles } from './routing/route-desk.ts'
import { readRuleFiles } from './rulebook/rule-files.ts'
import { readSlaTexts } from './sla/sla-files.ts'
import type { SeriesThreadData } from './threads/series-services.ts'
import type { StateThreadData } from './threads/state-services.ts'
import { startThread, type Thread } from './threads/thread.ts'

/** The threads that hold the files: one writer each for state and series, and readers with connections of their own. */
export interface Stores {
  readonly state: Thread
  readonly series: Thread
  readonly reads: Thread
  /** What every request asks; nobody waits there behind a plan. */
  readonly lookups: Thread
  readonly seriesReads: Thread
  stop(): Promise<void>
}

const threadModule = (name: string) => new URL(`./threads/${name}-thread.ts`, import.meta.url)

/** What the state thread is told. */
export async function stateThreadData(config: CollectorConfig, dir: DataDir): Promise<StateThreadData> {
  const rules = await readRuleFiles(config)
  return {
    databasePath: dir.state,
    packs: rules.filter(({ kind }) => kind === 'pack'),
    overrides: rules.filter(({ kind }) => kind === 'override'),
    desks: config.desks.map(desk => ({
      ...{ name: desk.name, tenants: desk.tenants, language: desk.language, place: placeOf(desk) },
      shows: desk.kind === 'telegram',
      records: desk.kind === 'webhook',
    })),
    routes: await readRouteFiles(config.routes),
    sla: await readSlaTexts(config),
    noise: { massMembersOf: config.noise.mass_members },
    hasMail: config.notices !== undefined,
    reopenUnfixed: config.incidents.reopen_unfixed,
    publicUrl: config.http.public_url ?? null,
    proposals: {
      repeats: config.problems.repeats,
      repeatDays: config.problems.repeat_days,
      items: config.problems.items,
      itemDays: config.problems.item_days,
      quietDays: config.problems.quiet_days,
    },
  }
}

/** Starts the writers, which migrate their files, and only then the readers. Rejects with what a writer says about its file or packs. */
export async function openStores(config: CollectorConfig, dir: DataDir): Promise<Stores> {
  const state = startThread(threadModule('state'), await stateThreadData(config, dir))
  const series = startThread(threadModule('series'), seriesData(dir, false))
  const started: Thread[] = [state, series]
  const stop = async () => {
    await Promise.all(started.map(thread => thread.stop()))
  }
  try {
    await Promise.all(started.map(thread => thread.ready()))
    const readData: ReadThreadData = { databasePath: dir.state }
    const reads = startThread(threadModule('read'), readData)
    const lookups = startThread(threadModule('lookup'), readData)
    const seriesReads = startThread(threadModule('series'), seriesData(dir, true))
    started.push(reads, lookups, seriesReads)
    await Promise.all(started.map(thread => thread.ready()))
    return { state, series, reads, lookups, seriesReads, stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

const seriesData = (dir: DataDir, readOnly: boolean): SeriesThreadData => ({ databasePath: dir.series, readOnly })
