import { delivered, type Outcome, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { chosen, createFindings, type Findings, type Lookup } from '../probing.ts'
import type { MantisConfig } from './config.ts'
import type { KeySearch } from './key-search.ts'
import { account, configs, shownAs, type Vocabulary, type Word, words } from './mapping.ts'

const ENUMS = ['status', 'resolution', 'priority', 'severity'] as const
type Enum = (typeof ENUMS)[number]
const DONE_FROM = 'bug_resolved_status_threshold'
const FILE_MAX = 'max_file_size'
/** Access level from which an account may touch resolved issues. */
const READONLY_FROM = 'update_readonly_bug_threshold'

/** A word by the name that MantisBT keeps, or by the one that it shows in the account's language. */
function chosenWord<T extends Word>(wanted: string, all: readonly T[]): Outcome<T> {
  const shown = all.find(each => shownAs(each) === wanted)
  return shown ? delivered(shown) : chosen(wanted, all, 'MantisBT')
}

/**
 * Turns the words in the settings into the installation's numbers (a word that MantisBT does not know it stores as 0 and answers 200) and
 * proves that the key can be searched.
 */
export async function lookUp(
  config: MantisConfig,
  api: DeskApi,
  search: KeySearch,
  signal: AbortSignal,
): Promise<Lookup<Vocabulary>> {
  const findings = createFindings()
  const { steps, note, remark } = findings
  const me = note('account', await api.get('/users/me', account, signal), ({ name, access_level }) =>
    access_level ? `${name}, ${shownAs(access_level)}` : name,
  )
  if (!me) return { steps, words: null, failure: findings.failure }
  const options = [...ENUMS.map(each => `${each}_enum_string`), DONE_FROM, FILE_MAX, READONLY_FROM]
  const path = `/config?${options.map(each => `option%5B%5D=${each}`).join('&')}`
  const answer = note('settings of the desk', await api.get(path, configs, signal), value =>
    value.configs.map(each => each.option).join(', '),
  )
  if (!answer) return { steps, words: null, failure: findings.failure }
  const told = (option: string): unknown => answer.configs.find(each => each.option === option)?.value
  const wordOf = wordsIn(findings, told)
  const { statuses, resolutions, priorities, severities } = config
  const solved = wordOf('status', 'status solved', statuses.solved)
  const reopened = wordOf('status', 'status reopened', statuses.reopened)
  const stepsTo = (to: 'solved' | 'reopened') =>
    statuses.through[to].flatMap(each => wordOf('status', `status on the way to ${to}`, each) ?? [])
  const through = { solved: stepsTo('solved'), reopened: stepsTo('reopened') }
  const ended = wordOf('resolution', 'resolution solved', resolutions.solved)
  const begunAgain = wordOf('resolution', 'resolution reopened', resolutions.reopened)
  const p = ([1, 2, 3, 4] as const).map(level => wordOf('priority', `priority ${level}`, priorities[level]))
  const s = ([1, 2, 3, 4] as const).map(level => wordOf('severity', `severity ${level}`, severities[level]))
  const doneFrom = Number(told(DONE_FROM) ?? solved?.id)
  remark('rights', delivered(me.access_level?.id ?? 0), level => rightsOf(level, told(READONLY_FROM)))
  if (config.file_max > 0) remark('files', fileLimit(config.file_max, told(FILE_MAX)), text => text)
  note('search by key', await search.prove(me.name, signal), text => text)
  if (findings.failure || !solved || !reopened || !ended || !begunAgain) {
    return { steps, words: null, failure: findings.failure }
  }
  const numbers = (found: readonly (Word | null)[]) => {
    const [one, two, three, four] = found.map(each => each?.id ?? 0)
    return { 1: one ?? 0, 2: two ?? 0, 3: three ?? 0, 4: four ?? 0 }
  }
  const vocabulary = {
    user: me.name,
    solved,
    reopened,
    through,
    ended,
    begunAgain,
    doneFrom,
    priorities: numbers(p),
    severities: numbers(s),
  }
  return { steps, words: vocabulary, failure: null }
}

const wordsIn =
  (findings: Findings, told: (option: string) => unknown) => (kind: Enum, name: string, wanted: string) => {
    const all = words.safeParse(told(`${kind}_enum_string`)).data
    const found = all ? chosenWord(wanted, all) : rejected('misconfigured', `MantisBT does not tell its ${kind} list`)
    return findings.note(name, found, each => `${shownAs(each)} (${each.id})`)
  }

/** The level in the project may be higher than the one that the account has everywhere, and only the latter is told. */
const rightsOf = (level: number, needed: unknown): string =>
  typeof needed === 'number' && level < needed
    ? `level ${level} everywhere: reopening needs ${needed}, see that the account has it in the project`
    : 'enough to reopen'

function fileLimit(ours: number, theirs: unknown): Outcome<string> {
  if (typeof theirs !== 'number') return delivered(`up to ${ours} bytes; the desk does not tell its own limit`)
  if (ours <= theirs) return delivered(`up to ${ours} bytes`)
  return rejected('misconfigured', `MantisBT takes ${theirs} bytes at most: set file_max to that or less`)
}
