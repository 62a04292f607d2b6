import { delivered, type Failure, type Outcome, type ProbeStep, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import type { RedmineConfig } from './config.ts'
import { manyIssues, namedList, type Vocabulary } from './mapping.ts'

export interface Lookup {
  readonly steps: readonly ProbeStep[]
  /** Null when a step failed. */
  readonly words: Vocabulary | null
  /** The first failure as an outcome. */
  readonly failure: Failure | null
}

/** The one of these that has the name; otherwise the names that there are. */
export function chosen<T extends { readonly name: string }>(wanted: string, all: readonly T[]): Outcome<T> {
  const found = all.find(each => each.name === wanted)
  if (found) return delivered(found)
  const known = all.map(each => each.name).join(', ')
  return rejected('misconfigured', `no “${wanted}” in Redmine; there are: ${known}`)
}

/**
 * Turns the names in the settings into the installation's numbers and proves that the key field can be searched: a filter that does not
 * exist is silently ignored by Redmine and would return every issue.
 */
export async function lookUp(config: RedmineConfig, api: DeskApi, signal: AbortSignal): Promise<Lookup> {
  const steps: ProbeStep[] = []
  let failure: Failure | null = null
  const note = <T>(name: string, outcome: Outcome<T>, wordsOf: (value: T) => string): T | null => {
    if (outcome.kind === 'delivered') {
      steps.push({ name, ok: true, message: wordsOf(outcome.value) })
      return outcome.value
    }
    failure ??= outcome
    steps.push({ name, ok: false, message: outcome.message })
    return null
  }
  const named = <T extends { readonly name: string }>(name: string, wanted: string, all: readonly T[] | undefined) =>
    all ? note(name, chosen(wanted, all), each => each.name) : null

  const statuses = await api.get('/issue_statuses.json', namedList.statuses, signal)
  const allStatuses = note('statuses', statuses, value => value.issue_statuses.map(each => each.name).join(', '))
  if (!allStatuses) return { steps, words: null, failure }
  const priorities = await api.get('/enumerations/issue_priorities.json', namedList.priorities, signal)
  const allPriorities = note('priorities', priorities, value =>
    value.issue_priorities.map(each => each.name).join(', '),
  )
  const solved = named('status solved', config.statuses.solved, allStatuses.issue_statuses)
  const reopened = named('status reopened', config.statuses.reopened, allStatuses.issue_statuses)
  const levels = ([1, 2, 3, 4] as const).map(level =>
    named(`priority ${level}`, config.priorities[level], allPriorities?.issue_priorities),
  )
  note('key field', await keyFilter(config, api, signal), () => `cf_${config.key_field} is searchable`)
  const [p1, p2, p3, p4] = levels
  if (!solved || !reopened || !p1 || !p2 || !p3 || !p4 || failure) return { steps, words: null, failure }
  const words: Vocabulary = {
    solved: { id: solved.id, name: solved.name, isClosed: solved.is_closed },
    reopened: { id: reopened.id, name: reopened.name, isClosed: reopened.is_closed },
    closedIds: new Set(allStatuses.issue_statuses.filter(each => each.is_closed).map(each => each.id)),
    priorities: { 1: p1.id, 2: p2.id, 3: p3.id, 4: p4.id },
  }
  return { steps, words, failure: null }
}

/** A key that nobody has must find nothing. */
async function keyFilter(config: RedmineConfig, api: DeskApi, signal: AbortSignal): Promise<Outcome<null>> {
  const query = `cf_${config.key_field}=tw-nobody-has-this&status_id=*&limit=1`
  const found = await api.get(`/issues.json?${query}`, manyIssues, signal)
  if (found.kind !== 'delivered') return found
  if (found.value.total_count === 0) return delivered(null)
  const message = `field ${config.key_field} cannot be searched: tick “Used as a filter” and make it visible to the account’s role`
  return rejected('misconfigured', message)
}
