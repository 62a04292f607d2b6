import { delivered, type Outcome, rejected } from '../connector.ts'
import { createDeskApi, type DeskApi, misconfigured } from '../desk-api.ts'
import type { HttpClient } from '../http-client.ts'
import { readSecret } from '../settings.ts'
import type { MantisConfig } from './config.ts'
import type { IssueWriter } from './issue-writer.ts'
import { fieldOf, type Issue, manyIssues } from './mapping.ts'
import { faultOf, idsOf, searchEnvelope } from './soap.ts'

/** Looks for every issue that carries a key, open and closed. */
export interface KeySearch {
  find(user: string, key: string, signal: AbortSignal): Promise<Outcome<readonly Issue[]>>
  /** Shows that a look would find something, in words. */
  prove(user: string, signal: AbortSignal): Promise<Outcome<string>>
}

const NOBODY = 'tw-nobody-has-this'
const SOAP_PATH = '/api/soap/mantisconnect.php'
const SOAP_PAGE = 100
/** Issues of one key: more is no search but a list of everything. */
const SOAP_MAX = 1_000
const LIST_PAGE = 100
/** Pages of one look: ten thousand issues take minutes, and more need a server that can search. */
const LIST_PAGES_MAX = 100

/** The search by SOAP: REST has none. What it finds is read by REST and counts only with the key in it. */
export function createSoapSearch(config: MantisConfig, http: HttpClient, writer: IssueWriter): KeySearch {
  const api = createDeskApi({
    desk: 'SOAP of MantisBT',
    url: config.url,
    allowPrivate: config.allow_private,
    headers: () => ({ accept: 'text/xml', soapaction: `"${config.url}${SOAP_PATH}/mc_filter_search_issue_ids"` }),
    wordsOf: faultOf,
    hints: { 404: 'Where PHP has no SOAP, set search: list.' },
    http,
  })
  const pageOf = async (
    user: string,
    value: string,
    page: number,
    signal: AbortSignal,
  ): Promise<Outcome<readonly number[]>> => {
    let body: string
    try {
      const token = readSecret(config.secret)
      body = searchEnvelope({ user, token, field: config.key_field, value, page, pageSize: SOAP_PAGE })
    } catch (error) {
      return misconfigured(error)
    }
    const call = { method: 'POST', path: SOAP_PATH, body, type: 'text/xml; charset=utf-8', writes: false } as const
    const answer = await api.call(call, signal)
    if (answer.kind !== 'delivered') return judged(answer)
    const ids = idsOf(answer.value.text)
    return ids ? delivered(ids) : rejected('misconfigured', `${SOAP_PATH} does not answer as SOAP: set search: list`)
  }
  const idsWith = async (user: string, value: string, signal: AbortSignal): Promise<Outcome<readonly number[]>> => {
    const ids = new Set<number>()
    for (let page = 1; ; page++) {
      const found = await pageOf(user, value, page, signal)
      if (found.kind !== 'delivered') return found
      const before = ids.size
      for (const id of found.value) ids.add(id)
      // Asked for a page after the last one it gives the last one again.
      if (found.value.length < SOAP_PAGE || ids.size === before)
        return delivered([...ids].sort((one, two) => one - two))
      if (ids.size >= SOAP_MAX) return rejected('misconfigured', 'the search by SOAP finds too much')
    }
  }
  return {
    find: async (user, key, signal) => {
      const ids = await idsWith(user, key, signal)
      if (ids.kind !== 'delivered') return ids
      const issues: Issue[] = []
      for (const id of ids.value) {
        const found = await writer.read(String(id), signal)
        if (found.kind === 'rejected' && found.reason === 'not_found') continue
        if (found.kind !== 'delivered') return found
        // The filter was ignored: what came back says nothing about our ticket.
        if (fieldOf(found.value.issue, config.key_field) !== key) {
          return rejected('misconfigured', `the search by field ${config.key_field} returns other issues`)
        }
        issues.push(found.value.issue)
      }
      return delivered(issues)
    },
    prove: async (user, signal) => {
      const found = await pageOf(user, NOBODY, 1, signal)
      if (found.kind !== 'delivered') return found
      if (found.value.length === 0) return delivered(`field ${config.key_field} is searched by SOAP`)
      const advice = 'does it exist, and may the account read it?'
      return rejected('misconfigured', `the search by field ${config.key_field} returns other issues: ${advice}`)
    },
  }
}

/** SOAP answers 500 whatever it dislikes; a fault of the client stays one however often it is asked. */
function judged<T extends Exclude<Outcome<never>, { kind: 'delivered' }>>(answer: T): Outcome<never> {
  if (answer.kind !== 'retry') return answer
  if (/:\s*(?:[\w-]+:)?Client:/.test(answer.message)) {
    return rejected('misconfigured', `${answer.message}. Check the token, the account's rights and key_field.`)
  }
  return /answered 500$/.test(answer.message)
    ? { ...answer, message: `${answer.message}: where PHP has no SOAP, set search: list` }
    : answer
}

/** The search through the list of issues, for a server without SOAP. */
export function createListSearch(config: MantisConfig, api: DeskApi): KeySearch {
  const filter = config.filter === undefined ? '' : `&filter_id=${config.filter}`
  const pageOf = (page: number, signal: AbortSignal) => {
    const select = 'id,status,priority,custom_fields,updated_at'
    return api.get(`/issues?page_size=${LIST_PAGE}&page=${page}&select=${select}${filter}`, manyIssues, signal)
  }
  /** Reads pages into `seen`, until there are no more or until one that holds an issue which is there already. */
  const gather = async (seen: Map<number, Issue>, untilKnown: boolean, signal: AbortSignal): Promise<Outcome<null>> => {
    for (let page = 1; page <= LIST_PAGES_MAX; page++) {
      const found = await pageOf(page, signal)
      if (found.kind !== 'delivered') return found
      const { issues } = found.value
      const known = issues.some(issue => seen.get(issue.id)?.updated_at === issue.updated_at)
      const fresh = issues.some(issue => !seen.has(issue.id))
      for (const issue of issues) seen.set(issue.id, issue)
      if (issues.length === 0 || (untilKnown && known) || !(fresh || untilKnown)) return delivered(null)
    }
    const advice = 'give the number of a saved filter that shows fewer, or set search: soap'
    return rejected('misconfigured', `MantisBT lists more than ${LIST_PAGES_MAX * LIST_PAGE} issues: ${advice}`)
  }
  return {
    find: async (_user, key, signal) => {
      const seen = new Map<number, Issue>()
      const all = await gather(seen, false, signal)
      if (all.kind !== 'delivered') return all
      // The list begins with what changed last: an issue that changed while we read has slipped past us to its beginning.
      const slipped = await gather(seen, true, signal)
      if (slipped.kind !== 'delivered') return slipped
      const ours = [...seen.values()].filter(issue => fieldOf(issue, config.key_field) === key)
      return delivered(ours.sort((one, two) => one.id - two.id))
    },
    prove: async (_user, signal) => {
      const found = await pageOf(1, signal)
      return found.kind === 'delivered' ? delivered('the list of issues is read page by page') : found
    },
  }
}
