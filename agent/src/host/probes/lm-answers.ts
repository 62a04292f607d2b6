import { type EpochMs, LOCAL_MODULE_STATUSES, type WireFact } from '@tillwatch/shared'
import { z } from 'zod'
import { type HostFacts, told, untold } from '../host-item.ts'
import { instantMsOf, lenient, serviceCount, serviceFlag, serviceMark, serviceText } from '../told-json.ts'

/** Collections of one answer; the module has under ten. */
const COLLECTIONS_MAX = 32
const ERRORS_MAX = 16
const ERROR_LENGTH_MAX = 64

/** Collections with what they hold, here and on the server: of `replicationStatus` (1.x) or `dbState` (2.x). */
const collections = lenient(z.record(z.string(), z.unknown()))
const collection = z.object({ localDocCount: serviceCount, serverDocCount: serviceCount, docCount: serviceCount })

const lmStatus = z.object({
  status: serviceText,
  operationMode: serviceText,
  lastSync: z.unknown(),
  lastUpdate: z.unknown(),
  version: serviceText,
  dbVersion: serviceMark,
  name: serviceText,
  inst: serviceText,
  inn: lenient(z.string().regex(/^(\d{10}|\d{12})$/)),
  requiresDownload: serviceFlag,
  isGreyGtin: serviceFlag,
  replicationStatus: collections,
  dbState: collections,
  errors: lenient(z.array(z.unknown())),
})

const moduleError = lenient(z.object({ code: serviceMark, message: serviceText }))

/** Facts of a status of the local module, v1 or v2, or null when it is no such answer. `now` is the PC's clock, for ages. */
export function lmFacts(json: unknown, now: EpochMs): HostFacts | null {
  const parsed = lmStatus.safeParse(json)
  if (!parsed.success || !parsed.data.status) return null
  const status = parsed.data
  const syncMs = instantMsOf(status.lastSync)
  const updateMs = instantMsOf(status.lastUpdate)
  return {
    'chz.lm.status': closedWord(status.status, LOCAL_MODULE_STATUSES),
    'chz.lm.operation_mode': closedWord(status.operationMode, ['active', 'service', 'other']),
    'chz.lm.last_sync_at': instantFact(syncMs, status.lastSync),
    // The module lives on this clock or beside it: a wrong clock cancels out. Never below zero.
    'chz.lm.sync_age_hours': syncMs === null ? untold('not_told') : hoursBetween(syncMs, now),
    'chz.lm.last_update_at': instantFact(updateMs, status.lastUpdate),
    'chz.lm.version': told(status.version),
    'chz.lm.database_version': told(status.dbVersion),
    'chz.lm.name': told(status.name),
    'chz.lm.instance': told(status.inst),
    'chz.lm.inn': told(status.inn),
    'chz.lm.requires_download': told(status.requiresDownload),
    'chz.lm.grey_gtin': told(status.isGreyGtin),
    ...documentsOf(status.replicationStatus ?? status.dbState),
    'chz.lm.errors': (status.errors ?? []).slice(0, ERRORS_MAX).map(error => errorText(moduleError.parse(error))),
  }
}

/** A word of a closed list; another one is `other` with the word beside it. */
function closedWord(word: string | null | undefined, known: readonly string[]): WireFact {
  if (!word) return untold('not_told')
  return known.includes(word) && word !== 'other' ? word : { value: 'other', raw: word.slice(0, 200) }
}

function instantFact(ms: number | null, given: unknown): WireFact {
  if (ms !== null) return new Date(ms).toISOString()
  return untold(given === undefined || given === null || given === 0 || given === '' ? 'not_told' : 'unclear_date')
}

const hoursBetween = (from: EpochMs, to: EpochMs): number => Math.max(0, Math.round((to - from) / 360_000) / 10)

/** Sums over the collections; `databases` is a further level that some versions put between. */
function documentsOf(given: Record<string, unknown> | null | undefined): HostFacts {
  const level = z.object({ databases: z.record(z.string(), z.unknown()) }).safeParse(given)
  const all = Object.values((level.success ? level.data.databases : given) ?? {}).slice(0, COLLECTIONS_MAX)
  const counts = all.flatMap(each => collection.safeParse(each).data ?? [])
  return {
    'chz.lm.local_documents': sumOf(counts.map(({ localDocCount, docCount }) => localDocCount ?? docCount)),
    'chz.lm.server_documents': sumOf(counts.map(({ serverDocCount }) => serverDocCount)),
  }
}

function sumOf(counts: readonly (number | null | undefined)[]): WireFact {
  const known = counts.filter(count => typeof count === 'number')
  const sum = known.reduce((total, count) => total + count, 0)
  return known.length > 0 && Number.isSafeInteger(sum) ? sum : untold('not_told')
}

const errorText = (error: z.infer<typeof moduleError>): string =>
  [error?.code, error?.message]
    .filter(part => part !== undefined && part !== null && part !== '')
    .join(': ')
    .slice(0, ERROR_LENGTH_MAX) || '?'
