import { readFileSync } from 'node:fs'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import { AppError } from '@tillwatch/shared'
import type { CollectorConfig } from './config.ts'
import type { DataDir } from './data-dir.ts'
import type { ReadThreadData } from './reads/read-services.ts'
import type { SeriesThreadData } from './threads/series-services.ts'
import type { StateThreadData } from './threads/state-services.ts'
import { startThread, type Thread } from './threads/thread.ts'

/** The threads that hold the files: one writer each for state and series, and readers with connections of their own. */
export interface Stores {
  readonly state: Thread
  readonly series: Thread
  readonly reads: Thread
  /** A second read thread, for what every request asks. */
  readonly lookups: Thread
  readonly seriesReads: Thread
  stop(): Promise<void>
}

const threadModule = (name: string) => new URL(`./threads/${name}-thread.ts`, import.meta.url)

/** A rule pack with the name under which its problems are told. Throws `pack.unreadable`. */
function readPack(file: string | URL): { file: string; text: string } {
  const name = file instanceof URL ? (file.pathname.split('/').at(-1) ?? file.pathname) : file
  try {
    return { file: name, text: readFileSync(file, 'utf8') }
  } catch (cause) {
    throw new AppError('pack.unreadable', `cannot read the rule pack ${name}`, {
      nextStep: 'Correct its path under packs or overrides in the configuration.',
      cause,
    })
  }
}

/** What the state thread is told. */
export const stateThreadData = (config: CollectorConfig, dir: DataDir): StateThreadData => ({
  databasePath: dir.state,
  packs: [...SHIPPED_PACKS, ...config.packs].map(readPack),
  overrides: config.overrides.map(readPack),
  desks: config.desks.map(desk => desk.name),
})

/** Starts the writers, which migrate their files, and only then the readers. Rejects with what a writer says about its file or packs. */
export async function openStores(config: CollectorConfig, dir: DataDir): Promise<Stores> {
  const state = startThread(threadModule('state'), stateThreadData(config, dir))
  const series = startThread(threadModule('series'), seriesData(dir, false))
  const started: Thread[] = [state, series]
  const stop = async () => {
    await Promise.all(started.map(thread => thread.stop()))
  }
  try {
    await Promise.all(started.map(thread => thread.ready()))
    const readData: ReadThreadData = { databasePath: dir.state }
    const reads = startThread(threadModule('read'), readData)
    const lookups = startThread(threadModule('read'), readData)
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
