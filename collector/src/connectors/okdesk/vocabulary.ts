import { delivered, type Outcome, rejected } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { createFindings, type Lookup } from '../probing.ts'
import type { OkdeskConfig } from './config.ts'
import { attributeList, codedList, idList } from './mapping.ts'

const NOBODY = 'tw-nobody-has-this'
const STRING = 'ftstring'

/** What the account has besides what the settings name. */
export interface Vocabulary {
  /** Codes of the attributes of issues; null when the account does not list them. */
  readonly attributes: readonly string[] | null
}

interface Coded {
  readonly code: string
  readonly name: string
}

/** The one of these that has the code; otherwise the codes that there are. */
function chosenCode<T extends Coded>(wanted: string, all: readonly T[]): Outcome<T> {
  const found = all.find(each => each.code === wanted)
  if (found) return delivered(found)
  const known = all.map(each => `${each.code} (${each.name})`).join(', ')
  return rejected('misconfigured', `no code “${wanted}” in Okdesk; there are: ${known}`)
}

/** Path of the search for issues with this value of an attribute; despite its name it gives their numbers. */
export const searchPath = (attribute: string, value: string): string =>
  `/issues/count?${new URLSearchParams({ [`custom_parameters[${attribute}]`]: value })}`

/** Proves the codes in the settings, and that issues can be searched by the attribute of the key. */
export async function lookUp(config: OkdeskConfig, api: DeskApi, signal: AbortSignal): Promise<Lookup<Vocabulary>> {
  const findings = createFindings()
  const { steps, note, remark } = findings
  const told = (value: readonly Coded[]) => value.map(each => each.code).join(', ')
  const statuses = note('statuses', await api.get('/issues/statuses/', codedList, signal), told)
  if (!statuses) return { steps, words: null, failure: findings.failure }
  const priorities = note('priorities', await api.get('/issues/priorities/', codedList, signal), told)
  const { solved, reopened, through } = config.statuses
  for (const code of new Set([solved, reopened, ...through.solved, ...through.reopened])) {
    note(`status ${code}`, chosenCode(code, statuses), each => each.name)
  }
  if (priorities) {
    for (const level of [1, 2, 3, 4] as const) {
      note(`priority ${level}`, chosenCode(config.priorities[level], priorities), each => each.name)
    }
  }
  const listed = await api.get('/issues/parameters/list', attributeList, signal)
  const attributes = listed.kind === 'delivered' ? listed.value : null
  if (listed.kind === 'rejected' && listed.reason === 'not_found') {
    note('attributes', delivered(null), () => 'the account does not list them')
  } else note('attributes', listed, told)
  for (const code of [config.key_attribute, config.ci_attribute, config.priority_attribute]) {
    if (!attributes || code === undefined) continue
    const tell = code === config.key_attribute ? note : remark
    tell(`attribute ${code}`, textAttribute(code, attributes), each => each)
  }
  note('search by key', await keySearch(config, api, signal), text => text)
  if (findings.failure) return { steps, words: null, failure: findings.failure }
  return { steps, words: { attributes: attributes?.map(each => each.code) ?? null }, failure: null }
}

function textAttribute(
  wanted: string,
  all: readonly (Coded & { readonly field_type?: string | undefined })[],
): Outcome<string> {
  const found = chosenCode(wanted, all)
  if (found.kind !== 'delivered') return found
  const { field_type: type, name } = found.value
  return type === undefined || type === STRING
    ? delivered(name)
    : rejected('misconfigured', `attribute “${wanted}” is of type ${type}: make one of type string (${STRING})`)
}

/** A key that nobody has must find nothing. */
async function keySearch(config: OkdeskConfig, api: DeskApi, signal: AbortSignal): Promise<Outcome<string>> {
  const found = await api.get(searchPath(config.key_attribute, NOBODY), idList, signal)
  if (found.kind !== 'delivered') return found
  if (found.value.length === 0) return delivered(`attribute ${config.key_attribute} is searchable`)
  return rejected(
    'misconfigured',
    `the search by attribute ${config.key_attribute} returns other issues: does it exist?`,
  )
}
