import { delivered, type Outcome, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { createFindings, type Findings, type Lookup } from '../probing.ts'
import { listPath, quoted } from './api.ts'
import { serialColumn } from './asset-link.ts'
import type { RequestTrackerConfig } from './config.ts'
import { fieldOf, foundNames, foundTickets, ids, type Queue, type RtRow, version } from './mapping.ts'
import { fieldIn, queueOf } from './place.ts'

/** The installation's numbers for the names in the settings. */
export interface Vocabulary {
  readonly keyField: string
  readonly serialField: string | null
}

/**
 * Turns the names in the settings into the installation's numbers, and proves as far as reading can that the key will be kept and found: a
 * field that the desk does not know is dropped from new tickets and finds nothing in a search, both without a word.
 */
export async function lookUp(
  config: RequestTrackerConfig,
  api: DeskApi,
  signal: AbortSignal,
): Promise<Lookup<Vocabulary>> {
  const findings = createFindings()
  const end = (words: Vocabulary | null) => ({ steps: findings.steps, words, failure: findings.failure })
  const here = findings.note(
    'address',
    await api.get('/rt', version, signal),
    each => `Request Tracker ${each.Version}`,
  )
  if (!here) return end(null)
  const queue = findings.note('queue', await queueOf(api, config.queue, signal), each => each.Name)
  if (!queue) return end(null)
  findings.note('right to create', mayCreate(queue), () => 'may create tickets')
  const keyField = findings.note('key field', fieldIn(queue, config.key_field), id => `field ${id}`)
  const serial = config.ci_field === undefined ? null : fieldIn(queue, config.ci_field)
  const serialField = serial && findings.remark('serial field', serial, id => `field ${id}`)
  if (!keyField || findings.failure) return end(null)
  findings.note('search', await keySearch(api, keyField, signal), words => words)
  await lookAtTickets(findings, config, queue, api, signal)
  if (config.assets) await lookAtAssets(findings, config.assets, api, signal)
  return end(findings.failure ? null : { keyField, serialField: serialField ?? null })
}

const mayCreate = (queue: Queue): Outcome<null> =>
  queue._hyperlinks.some(link => link.ref === 'create')
    ? delivered(null)
    : rejected('forbidden', `the account may not create tickets in queue ${queue.Name}: give it the right CreateTicket`)

/** The newest ticket with a key must be found by it. */
async function keySearch(api: DeskApi, keyField: string, signal: AbortSignal): Promise<Outcome<string>> {
  const search = (condition: string) => {
    const more = { fields: 'CustomFields', per_page: '1', orderby: 'id', order: 'DESC' }
    return api.get(listPath('/tickets', `'CF.{${keyField}}' ${condition}`, more), foundTickets, signal)
  }
  const some = await search('IS NOT NULL')
  if (some.kind !== 'delivered') return some
  const [row] = some.value.items
  const key = row && fieldOf(row, keyField)
  if (!key) return delivered('no ticket carries a key yet')
  const found = await search(`= ${quoted(key)}`)
  if (found.kind !== 'delivered') return found
  return found.value.items.length > 0
    ? delivered('a ticket is found by its key')
    : rejected('misconfigured', 'a ticket that carries a key is not found by it')
}

/** The desk does not tell its statuses; those of tickets, and the steps that they allow, do. */
async function lookAtTickets(
  findings: Findings,
  config: RequestTrackerConfig,
  queue: Queue,
  api: DeskApi,
  signal: AbortSignal,
): Promise<void> {
  const more = { fields: 'Status,_hyperlinks', per_page: '20', orderby: 'id', order: 'DESC' }
  const some = await api.get(listPath('/tickets', `Queue = ${quoted(queue.Name)}`, more), foundTickets, signal)
  const rows =
    findings.note('tickets', some, ({ items }) => (items.length > 0 ? 'can be seen' : 'none yet'))?.items ?? []
  const [newest] = rows
  if (newest) findings.note('right to comment', mayComment(newest), () => 'may comment on tickets')
  const seen = [...new Set(rows.flatMap(row => [row.Status, ...row._hyperlinks.flatMap(link => link.to ?? [])]))]
  for (const to of ['solved', 'reopened'] as const) {
    const name = config.statuses[to]
    const words = seen.includes(name)
      ? name
      : `“${name}” was not seen in the queue yet (seen: ${seen.join(', ') || 'none'})`
    findings.note(`status ${to}`, delivered(words), each => each)
  }
}

const mayComment = (row: RtRow): Outcome<null> =>
  row._hyperlinks.some(link => link.ref === 'comment')
    ? delivered(null)
    : rejected('forbidden', `the account may not comment on ticket ${row.id}: give it the right CommentOnTicket`)

async function lookAtAssets(
  findings: Findings,
  assets: NonNullable<RequestTrackerConfig['assets']>,
  api: DeskApi,
  signal: AbortSignal,
): Promise<void> {
  const catalogs = await api.get('/catalogs/all?fields=Name&per_page=100', foundNames, signal)
  const names = catalogs.kind === 'delivered' ? catalogs.value.items.map(each => each.Name) : []
  const known =
    catalogs.kind !== 'delivered' || names.includes(assets.catalog)
      ? catalogs
      : rejected(
          'misconfigured',
          `no catalogue “${assets.catalog}” that the account can see; there are: ${names.join(', ') || 'none'}`,
        )
  if (!findings.remark('catalogue', known, () => assets.catalog)) return
  const query = `Catalog = ${quoted(assets.catalog)} AND ${serialColumn(assets)} IS NOT NULL`
  const some = await api.get(listPath('/assets', query, { per_page: '1' }), ids, signal)
  findings.remark('serial of assets', some, ({ items }) =>
    items.length > 0
      ? 'assets have a serial number'
      : 'no asset of the catalogue has a serial number that the account can see',
  )
}
