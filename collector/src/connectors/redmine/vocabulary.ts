import { delivered, type Outcome, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { chosen, createFindings, type Lookup } from '../probing.ts'
import type { RedmineConfig } from './config.ts'
import { manyIssues, namedList, type Vocabulary } from './mapping.ts'

/**
 * Turns the names in the settings into the installation's numbers and proves that the key field can be searched: a filter that does not
 * exist is silently ignored by Redmine and would return every issue.
 */
export async function lookUp(config: RedmineConfig, api: DeskApi, signal: AbortSignal): Promise<Lookup<Vocabulary>> {
  const findings = createFindings()
  const { steps, note } = findings
  const named = <T extends { readonly name: string }>(name: string, wanted: string, all: readonly T[] | undefined) =>
    all ? note(name, chosen(wanted, all, 'Redmine'), each => each.name) : null

  const statuses = await api.get('/issue_statuses.json', namedList.statuses, signal)
  const allStatuses = note('statuses', statuses, value => value.issue_statuses.map(each => each.name).join(', '))
  if (!allStatuses) return { steps, words: null, failure: findings.failure }
  const priorities = await api.get('/enumerations/issue_priorities.json', namedList.priorities, signal)
  const allPriorities = note('priorities', priorities, value =>
    value.issue_priorities.map(each => each.name).join(', '),
  )
  const solved = named('status solved', config.statuses.solved, allStatuses.issue_statuses)
  const reopened = named('status reopened', config.statuses.reopened, allStatuses.issue_statuses)
  const stepsTo = (to: 'solved' | 'reopened') =>
    config.statuses.through[to].flatMap(
      each => named(`status on the way to ${to}`, each, allStatuses.issue_statuses)?.id ?? [],
    )
  const through = { solved: stepsTo('solved'), reopened: stepsTo('reopened') }
  const levels = ([1, 2, 3, 4] as const).map(level =>
    named(`priority ${level}`, config.priorities[level], allPriorities?.issue_priorities),
  )
  note('key field', await keyFilter(config, api, signal), () => `cf_${config.key_field} is searchable`)
  const [p1, p2, p3, p4] = levels
  if (!solved || !reopened || !p1 || !p2 || !p3 || !p4 || findings.failure) {
    return { steps, words: null, failure: findings.failure }
  }
  const words: Vocabulary = {
    solved: { id: solved.id, name: solved.name, isClosed: solved.is_closed },
    reopened: { id: reopened.id, name: reopened.name, isClosed: reopened.is_closed },
    through,
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
