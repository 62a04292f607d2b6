import type { Outcome, ProbeStep } from '../connector.ts'
import type { RedmineApi } from './api.ts'
import type { RedmineConfig } from './config.ts'
import { manyIssues, namedList, type Vocabulary } from './mapping.ts'

export interface Lookup {
  readonly steps: readonly ProbeStep[]
  /** Null when a step failed. */
  readonly words: Vocabulary | null
  /** The first failure as an outcome. */
  readonly failure: Exclude<Outcome<never>, { kind: 'delivered' }> | null
}

/**
 * Turns the names in the settings into the installation's numbers and proves that the key field can be searched: a filter that does not
 * exist is silently ignored by Redmine and would return every issue.
 */
export async function lookUp(config: RedmineConfig, api: RedmineApi, signal: AbortSignal): Promise<Lookup> {
  const steps: ProbeStep[] = []
  let failure: Lookup['failure'] = null
  const fail = (name: string, found: Exclude<Outcome<never>, { kind: 'delivered' }>) => {
    failure ??= found
    steps.push({ name, ok: false, message: found.message })
    return null
  }
  const read = async <T>(name: string, reading: Promise<Outcome<T>>): Promise<T | null> => {
    const found = await reading
    return found.kind === 'delivered' ? found.value : fail(name, found)
  }
  const choose = <T extends { readonly name: string }>(name: string, wanted: string, all: readonly T[]): T | null => {
    const found = all.find(each => each.name === wanted)
    if (found) {
      steps.push({ name, ok: true, message: wanted })
      return found
    }
    const known = all.map(each => each.name).join(', ')
    return fail(name, {
      kind: 'rejected',
      reason: 'misconfigured',
      message: `no “${wanted}” in Redmine; there are: ${known}`,
    })
  }
  const path = `/projects/${encodeURIComponent(config.project)}.json?include=trackers`
  const project = await read('project', api.get(path, namedList.project, signal))
  if (!project) return { steps, words: null, failure }
  steps.push({ name: 'project', ok: true, message: project.project.name })
  const tracker = choose('tracker', config.tracker, project.project.trackers)
  const statuses = await read('statuses', api.get('/issue_statuses.json', namedList.statuses, signal))
  const enumerations = '/enumerations/issue_priorities.json'
  const priorities = await read('priorities', api.get(enumerations, namedList.priorities, signal))
  const solved = statuses && choose('status solved', config.statuses.solved, statuses.issue_statuses)
  const reopened = statuses && choose('status reopened', config.statuses.reopened, statuses.issue_statuses)
  const levels =
    priorities &&
    ([1, 2, 3, 4] as const).map(level =>
      choose(`priority ${level}`, config.priorities[level], priorities.issue_priorities),
    )
  const filter = await keyFilter(config, api, signal)
  if (filter.kind === 'delivered')
    steps.push({ name: 'key field', ok: true, message: `cf_${config.key_field} is searchable` })
  else fail('key field', filter)
  const [p1, p2, p3, p4] = levels ?? []
  if (!tracker || !statuses || !solved || !reopened || !p1 || !p2 || !p3 || !p4 || failure) {
    return { steps, words: null, failure }
  }
  const words: Vocabulary = {
    projectId: project.project.id,
    trackerId: tracker.id,
    solved: { id: solved.id, name: solved.name, isClosed: solved.is_closed },
    reopened: { id: reopened.id, name: reopened.name, isClosed: reopened.is_closed },
    closedIds: new Set(statuses.issue_statuses.filter(each => each.is_closed).map(each => each.id)),
    priorities: { 1: p1.id, 2: p2.id, 3: p3.id, 4: p4.id },
  }
  return { steps, words, failure: null }
}

/** A key that nobody has must find nothing. */
async function keyFilter(config: RedmineConfig, api: RedmineApi, signal: AbortSignal): Promise<Outcome<null>> {
  const query = `project_id=${encodeURIComponent(config.project)}&cf_${config.key_field}=tw-nobody-has-this&status_id=*&limit=1`
  const found = await api.get(`/issues.json?${query}`, manyIssues, signal)
  if (found.kind !== 'delivered') return found
  if (found.value.total_count === 0) return { kind: 'delivered', value: null }
  const message = `field ${config.key_field} cannot be searched: tick “Used as a filter” and make it visible to the account’s role`
  return { kind: 'rejected', reason: 'misconfigured', message }
}
