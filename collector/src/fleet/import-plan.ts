import type { BilingualText, Directory, DirectoryRemark, ImportReport } from '@tillwatch/shared/api'
import { ENTRY_KINDS, type EntryKind, fieldProblems } from './entry-problems.ts'

export type Entry<K extends EntryKind = EntryKind> = Directory[K][number]

/** The entries to write: new ones whole, changed ones whole. */
export interface ImportPlan {
  readonly report: Omit<ImportReport, 'dryRun'>
  readonly writes: readonly { readonly kind: EntryKind; readonly entry: Entry }[]
}

/** What makes an entry the same one: its code, the number of a contract, or client and INN of a legal entity. */
export const keyOf = (entry: Entry): string => {
  if ('code' in entry) return entry.code
  return 'number' in entry ? entry.number : `${entry.client}/${entry.inn}`
}

/**
 * An incoming directory against what is there: what it would create, change and leave. Nothing is ever deleted; a field that the file
 * leaves out stays as it is. `faulty` names entries (`sites cafe-7`) that were left out for a problem told already: what points to them
 * is not told again.
 */
export function planImport(
  current: Directory,
  incoming: Directory,
  faulty: ReadonlySet<string> = new Set(),
): ImportPlan {
  const created: { kind: string; code: string }[] = []
  const updated: { kind: string; code: string; fields: string[] }[] = []
  const writes: { kind: EntryKind; entry: Entry }[] = []
  const problems: DirectoryRemark[] = []
  let unchanged = 0
  for (const kind of ENTRY_KINDS) {
    const known = new Map<string, Entry>(current[kind].map(entry => [keyOf(entry), entry]))
    const seen = new Set<string>()
    for (const entry of incoming[kind]) {
      const key = keyOf(entry)
      const where = `${kind} ${key}`
      if (seen.has(key)) problems.push({ where, message: { ru: 'указано дважды', en: 'stands twice' } })
      seen.add(key)
      for (const { field, message } of fieldProblems(kind, entry))
        problems.push({ where: `${where} ${field}`, message })
      const before = known.get(key)
      const after = { ...before, ...entry } as Entry
      const fields = before ? changedFields(before, after) : []
      if (before && fields.length === 0) unchanged++
      else writes.push({ kind, entry: after })
      if (!before) created.push({ kind, code: key })
      else if (fields.length > 0) updated.push({ kind, code: key, fields })
    }
  }
  const merged = mergeDirectory(current, writes)
  problems.push(...brokenLinks(incoming, merged, faulty), ...sharedAgents(merged))
  return { report: { created, updated, unchanged, problems, gaps: gapsOf(merged) }, writes }
}

const NO_HOURS: BilingualText = {
  ru: 'часы работы не указаны: по молчанию кассы нельзя судить, закрыт ли объект',
  en: 'opening hours are not known: silence of a till cannot be judged by them',
}
const NO_CLASS: BilingualText = {
  ru: 'класс не указан: объект не поднимает приоритет',
  en: 'class is not known: the site does not raise a priority',
}

/** Missing values that weaken rules; said, never guessed. */
export function gapsOf(directory: Directory): DirectoryRemark[] {
  return directory.sites.flatMap(site => {
    const where = `sites ${site.code}`
    const gaps = []
    if (site.hours === undefined) gaps.push({ where, message: NO_HOURS })
    if (site.class === undefined) gaps.push({ where, message: NO_CLASS })
    return gaps
  })
}

const changedFields = (before: Entry, after: Entry): string[] =>
  Object.entries(after)
    .filter(([field, value]) => JSON.stringify((before as Record<string, unknown>)[field]) !== JSON.stringify(value))
    .map(([field]) => field)

function mergeDirectory(current: Directory, writes: ImportPlan['writes']): Directory {
  const merge = <K extends EntryKind>(kind: K): Directory[K] => {
    const entries = new Map<string, Entry>(current[kind].map(entry => [keyOf(entry), entry]))
    for (const write of writes) if (write.kind === kind) entries.set(keyOf(write.entry), write.entry)
    return [...entries.values()] as Directory[K]
  }
  return {
    clients: merge('clients'),
    legal_entities: merge('legal_entities'),
    sites: merge('sites'),
    terminals: merge('terminals'),
    contracts: merge('contracts'),
    responsibles: merge('responsibles'),
  }
}

function brokenLinks(incoming: Directory, merged: Directory, faulty: ReadonlySet<string>): DirectoryRemark[] {
  const clients = new Set(merged.clients.map(keyOf))
  const sites = new Set(merged.sites.map(keyOf))
  const inns = new Set(merged.legal_entities.map(entity => entity.inn))
  for (const place of faulty) if (place.startsWith('legal_entities ')) inns.add(place.slice(place.lastIndexOf('/') + 1))
  const problems: DirectoryRemark[] = []
  const check = (has: boolean, where: string, ru: string, en: string) => {
    if (!has)
      problems.push({
        where,
        message: { ru: `${ru} нет ни здесь, ни в справочнике`, en: `${en} is neither here nor known` },
      })
  }
  const checkClient = (code: string, where: string) =>
    check(clients.has(code) || faulty.has(`clients ${code}`), `${where} client`, `клиента ${code}`, `client ${code}`)
  for (const entity of incoming.legal_entities) checkClient(entity.client, `legal_entities ${keyOf(entity)}`)
  for (const site of incoming.sites) checkClient(site.client, `sites ${site.code}`)
  for (const { code, site, inn } of incoming.terminals) {
    const known = sites.has(site) || faulty.has(`sites ${site}`)
    check(known, `terminals ${code} site`, `объекта ${site}`, `site ${site}`)
    if (inn) check(inns.has(inn), `terminals ${code} inn`, `юрлица с ИНН ${inn}`, `legal entity ${inn}`)
  }
  const contracts = new Set(merged.contracts.map(keyOf))
  for (const { number, client } of incoming.contracts) checkClient(client, `contracts ${number}`)
  for (const { code, client, contract } of incoming.responsibles) {
    if (client !== undefined) checkClient(client, `responsibles ${code}`)
    if (contract === undefined) continue
    const known = contracts.has(contract) || faulty.has(`contracts ${contract}`)
    check(known, `responsibles ${code} contract`, `договора ${contract}`, `contract ${contract}`)
  }
  return problems
}

function sharedAgents(merged: Directory): DirectoryRemark[] {
  const holder = new Map<string, string>()
  const problems: DirectoryRemark[] = []
  for (const { agent, code } of merged.terminals) {
    if (agent === undefined) continue
    const other = holder.get(agent)
    if (other !== undefined)
      problems.push({
        where: `terminals ${code} agent`,
        message: { ru: `агент ${agent} уже стоит на терминале ${other}`, en: `agent ${agent} is on ${other} too` },
      })
    holder.set(agent, code)
  }
  return problems
}
