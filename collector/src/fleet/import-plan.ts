import type { Directory, ImportReport } from '@tillwatch/shared/api'

/** Kinds of entries, in the order in which they depend on one another. */
export const ENTRY_KINDS = ['clients', 'legal_entities', 'sites', 'terminals'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]
export type Entry<K extends EntryKind = EntryKind> = Directory[K][number]

/** The entries to write: new ones whole, changed ones whole. */
export interface ImportPlan {
  readonly report: Omit<ImportReport, 'dryRun'>
  readonly writes: readonly { readonly kind: EntryKind; readonly entry: Entry }[]
}

/** What makes an entry the same one: its code, or client and INN of a legal entity. */
export const keyOf = (entry: Entry): string => ('code' in entry ? entry.code : `${entry.client}/${entry.inn}`)

/**
 * An incoming directory against what is there: what it would create, change and leave. Nothing is ever deleted; a field that the file
 * leaves out stays as it is. `hoursProblem` says why opening hours are not understood, or null.
 */
export function planImport(
  current: Directory,
  incoming: Directory,
  hoursProblem: (text: string) => string | null,
): ImportPlan {
  const created: { kind: string; code: string }[] = []
  const updated: { kind: string; code: string; fields: string[] }[] = []
  const writes: { kind: EntryKind; entry: Entry }[] = []
  const problems: { where: string; message: string }[] = []
  let unchanged = 0
  for (const kind of ENTRY_KINDS) {
    const known = new Map<string, Entry>(current[kind].map(entry => [keyOf(entry), entry]))
    const seen = new Set<string>()
    for (const entry of incoming[kind]) {
      const key = keyOf(entry)
      const where = `${kind} ${key}`
      if (seen.has(key)) problems.push({ where, message: 'stands twice in the file' })
      seen.add(key)
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
  problems.push(...brokenLinks(incoming, merged), ...sharedAgents(merged), ...badHours(incoming, hoursProblem))
  return { report: { created, updated, unchanged, problems, gaps: gapsOf(merged) }, writes }
}

/** Missing values that weaken rules; said, never guessed. */
export function gapsOf(directory: Directory): ImportReport['gaps'] {
  return directory.sites.flatMap(site => {
    const where = `sites ${site.code}`
    const gaps = []
    if (site.hours === undefined)
      gaps.push({ where, message: 'opening hours are not known: silence of a till cannot be judged by them' })
    if (site.class === undefined)
      gaps.push({ where, message: 'class is not known: the site does not raise a priority' })
    return gaps
  })
}

const changedFields = (before: Entry, after: Entry): string[] =>
  Object.entries(after)
    .filter(([field, value]) => (before as Record<string, unknown>)[field] !== value)
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
  }
}

function brokenLinks(incoming: Directory, merged: Directory): ImportReport['problems'] {
  const clients = new Set(merged.clients.map(keyOf))
  const sites = new Set(merged.sites.map(keyOf))
  const inns = new Set(merged.legal_entities.map(entity => entity.inn))
  const problems: { where: string; message: string }[] = []
  const check = (has: boolean, where: string, what: string) => {
    if (!has) problems.push({ where, message: `${what} is neither in the file nor known` })
  }
  for (const entity of incoming.legal_entities)
    check(clients.has(entity.client), `legal_entities ${keyOf(entity)}`, `client ${entity.client}`)
  for (const site of incoming.sites) check(clients.has(site.client), `sites ${site.code}`, `client ${site.client}`)
  for (const terminal of incoming.terminals) {
    check(sites.has(terminal.site), `terminals ${terminal.code}`, `site ${terminal.site}`)
    if (terminal.inn) check(inns.has(terminal.inn), `terminals ${terminal.code} inn`, `legal entity ${terminal.inn}`)
  }
  return problems
}

function sharedAgents(merged: Directory): ImportReport['problems'] {
  const holder = new Map<string, string>()
  const problems: { where: string; message: string }[] = []
  for (const { agent, code } of merged.terminals) {
    if (agent === undefined) continue
    const other = holder.get(agent)
    if (other !== undefined)
      problems.push({ where: `terminals ${code} agent`, message: `agent ${agent} is on ${other} too` })
    holder.set(agent, code)
  }
  return problems
}

const badHours = (incoming: Directory, hoursProblem: (text: string) => string | null): ImportReport['problems'] =>
  incoming.sites.flatMap(site => {
    const problem = site.hours === undefined ? null : hoursProblem(site.hours)
    return problem === null ? [] : [{ where: `sites ${site.code} hours`, message: `hours "${site.hours}": ${problem}` }]
  })
