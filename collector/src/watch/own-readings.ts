import { statfsSync, statSync } from 'node:fs'
import type { DataDir } from '../data-dir.ts'
import type { UplinkMetrics } from '../ingest/uplink-metrics.ts'
import type { OwnReadings } from './self-watch.ts'

export interface OwnReadingsOptions {
  readonly dir: Pick<DataDir, 'path' | 'state' | 'series'>
  readonly intakeShare: () => number
  readonly connections: () => number
  readonly statePending: () => number
  /** What does not fit between desks and their settings. */
  readonly deskProblems: () => OwnReadings['deskProblems']
  readonly metrics: Pick<UplinkMetrics, 'seen'>
  /** What is wrong with the files of the customer. */
  readonly settings: () => Pick<OwnReadings, 'refusedFiles' | 'refusedRoutes' | 'isUnrouted' | 'missingYears'>
}

/** What the process and its folder tell of themselves at once. */
export function createOwnReadings(options: OwnReadingsOptions): () => OwnReadings {
  const { dir, intakeShare, connections, statePending, deskProblems, metrics, settings } = options
  return () => ({
    intakeShare: intakeShare(),
    connections: connections(),
    statePending: statePending(),
    deskProblems: deskProblems(),
    diskFreeBytes: freeBytes(dir.path),
    storeBytes: [dir.state, dir.series].reduce((sum, file) => sum + sizeOf(file) + sizeOf(`${file}-wal`), 0),
    ...metrics.seen(),
    ...settings(),
  })
}

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return null
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
