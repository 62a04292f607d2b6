import type { Incident } from '../incidents/incident.ts'
import type { IncidentRecord } from './incident-record.ts'

/** Of the published form. New members may come at any time; one that goes or changes its meaning makes a new version. */
const VERSION = 1
/** Bytes of a record as JSON: a receiver of events wants small bodies. */
const BYTES_MAX = 32 * 1024
/** Characters of one text in it. */
const TEXT_MAX = 2_000
/** What grows with the history, and is cut first to fit. */
const LISTS = [
  'done',
  'related',
  'readings',
  'versions',
  'runbook_steps',
  'likely_causes',
  'gaps',
  'remote_access',
] as const

/** The incident record as a machine keeps it for its own analysis: plain JSON, of bounded size, with moments as ISO 8601 in UTC. */
export type ExportedRecord = Readonly<Record<string, unknown>>

/** Of lists that are too long the newest or first entries stay; `shortened` names what was cut. */
export function exportedRecord(
  record: IncidentRecord,
  { onsetAt, openedAt, timeToStop }: Pick<Incident, 'onsetAt' | 'openedAt' | 'timeToStop'>,
): ExportedRecord {
  const moment = (at: number) => new Date(at).toISOString()
  const moments = { onset: moment(onsetAt), opened: moment(openedAt), stop: timeToStop && moment(timeToStop.at) }
  const shortened = new Set<string>()
  const plain = JSON.parse(
    JSON.stringify(record, (name, value: unknown) => {
      if (typeof value !== 'string' || value.length <= TEXT_MAX) return value
      shortened.add(name)
      return `${value.slice(0, TEXT_MAX - 1)}…`
    }),
  ) as Record<string, unknown>
  const whole = () => ({ version: VERSION, moments, ...plain, shortened: [...shortened] })
  for (const name of LISTS) {
    let list = plain[name] as readonly unknown[]
    while (list.length > 0 && Buffer.byteLength(JSON.stringify(whole())) > BYTES_MAX) {
      shortened.add(name)
      list = name === 'done' ? list.slice(Math.ceil(list.length / 2)) : list.slice(0, Math.floor(list.length / 2))
      plain[name] = list
    }
  }
  return whole()
}
