/** Flags of the list that are either asked for or not. */
export const FLAGS = ['missed', 'critical', 'mass', 'untold'] as const
/** Parameters of the address that narrow the list. */
export const FILTERS = ['priority', 'search', 'line', 'kind', 'source', 'assignee', 'from', 'to', ...FLAGS] as const

export type ListFilter = Readonly<Record<(typeof FILTERS)[number] | 'status', string>>

/** What the address asks for; a status that does not exist is the usual one. */
export function filterOf(parameters: URLSearchParams, statuses: readonly string[]): ListFilter {
  const values = Object.fromEntries(FILTERS.map(name => [name, parameters.get(name) ?? '']))
  const status = statuses.find(each => each === parameters.get('status')) ?? 'active'
  return { ...(values as Record<(typeof FILTERS)[number], string>), status }
}

/** The first instant of a date in the reader's zone, `days` later; empty when it is no date. */
function dayStart(date: string, days: number): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date)
  if (!parts) return ''
  return new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + days).toISOString()
}

/** The same as the API takes it: dates of registration are days of the reader, the last one included. */
export function queryOf({ from, to, ...rest }: ListFilter): Readonly<Record<string, string>> {
  const query = { ...rest, openedFrom: dayStart(from, 0), openedBefore: dayStart(to, 1) }
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
}
