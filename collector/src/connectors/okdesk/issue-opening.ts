import { type DeskMessage, delivered, type FoundTicket, type Outcome, rejected, shortened } from '../connector.ts'
import { type DeskApi, parseJson } from '../desk-api.ts'
import { htmlOf } from '../html.ts'
import { lostValues, madeAnyway } from '../making.ts'
import type { OkdeskConfig } from './config.ts'
import { deviceOf, serialIn } from './equipment.ts'
import { BODY_MAX, type IssueWriter, pathOf } from './issue-writer.ts'
import { attributeOf, created, type Device, type Issue, idList, issueSchema, ticketOf } from './mapping.ts'
import type { Place } from './place.ts'
import { searchPath } from './vocabulary.ts'

/** Okdesk publishes no limit; lists show no more. */
export const TITLE_MAX = 255

/** Looks for issues by our key and makes new ones that can be found by it. */
export interface IssueOpening {
  find(key: string, signal: AbortSignal): Promise<Outcome<readonly FoundTicket[]>>
  create(place: Place, message: DeskMessage, signal: AbortSignal): Promise<Outcome<FoundTicket>>
}

/** The way to new issues of one account. */
export function createIssueOpening(config: OkdeskConfig, api: DeskApi, writer: IssueWriter): IssueOpening {
  const post = async (issue: object, signal: AbortSignal): Promise<Outcome<string>> => {
    const answer = await api.call({ method: 'POST', path: '/issues/', body: { issue } }, signal)
    if (answer.kind !== 'delivered') return answer
    const parsed = created.safeParse(parseJson(answer.value.text))
    return parsed.success
      ? delivered(String(parsed.data.id))
      : { kind: 'unknown', message: 'the answer to the create cannot be read' }
  }

  /** Such an issue could never be found again: it is not left behind open. */
  const disown = async (issue: Issue, message: DeskMessage, signal: AbortSignal) => {
    const text = `Tillwatch: no attribute ${config.key_attribute}`
    await writer.enter(ticketOf(issue, config), 'solved', { ...message, text }, signal)
    return rejected('misconfigured', `issue ${issue.id} was created without attribute ${config.key_attribute}`)
  }

  /** The device is a convenience: that it cannot be looked up must not keep a ticket from being opened. */
  const deviceFor = async (message: DeskMessage, signal: AbortSignal): Promise<Device | null> => {
    if (!config.equipment) return null
    const found = await deviceOf(api, serialIn(message), signal)
    return found.kind === 'delivered' ? found.value : null
  }

  return {
    find: async (key, signal) => {
      const ids = await api.get(searchPath(config.key_attribute, key), idList, signal)
      if (ids.kind !== 'delivered') return ids
      const found: FoundTicket[] = []
      for (const id of ids.value.toSorted((one, two) => one - two)) {
        const issue = await api.get(pathOf(String(id)), issueSchema, signal)
        if (issue.kind === 'rejected' && issue.reason === 'not_found') continue
        if (issue.kind !== 'delivered') return issue
        const carried = attributeOf(issue.value, config.key_attribute)
        if (carried === key) found.push(ticketOf(issue.value, config))
        // Part of a longer value is a stranger's; without it the filter was ignored, and what came back says nothing.
        else if (!carried?.includes(key)) {
          return rejected('misconfigured', `the search by attribute ${config.key_attribute} returns other issues`)
        }
      }
      return delivered(found)
    },
    create: async (place, message, signal) => {
      const device = await deviceFor(message, signal)
      const [whole, bare] = draftsOf(config, place, message, device)
      const id = await madeAnyway(whole, bare, draft => post(draft, signal))
      if (id.kind !== 'delivered') return id
      // "Created" is what it answered; whether the issue is there with our key, only a look at it tells.
      const there = await api.get(pathOf(id.value), issueSchema, signal)
      if (there.kind !== 'delivered') {
        return { kind: 'unknown', message: `issue ${id.value} was created, and a look at it failed: ${there.message}` }
      }
      if (attributeOf(there.value, config.key_attribute) !== message.subject.key) {
        return disown(there.value, message, signal)
      }
      const lost = lostValues(message.placement.fields, code => attributeOf(there.value, code))
      return delivered(ticketOf(there.value, config), id.warning ?? lost)
    },
  }
}

/** With everything, and with what an issue must have. */
function draftsOf(
  config: OkdeskConfig,
  { attributes, ...place }: Place,
  { title, text, link, priority, subject }: DeskMessage,
  device: Device | null,
): readonly [whole: object, bare: object] {
  const description = shortened(link === null ? text : `${text}\n${link}`, BODY_MAX)
  const serial = config.ci_attribute === undefined ? {} : { [config.ci_attribute]: subject.ci }
  const key = { [config.key_attribute]: subject.key }
  const bare = {
    ...(place.company_id === undefined ? {} : { company_id: place.company_id }),
    title: shortened(title, TITLE_MAX),
    description: config.description === 'html' ? htmlOf(description) : description,
    priority: config.priorities[priority],
    custom_parameters: key,
  }
  const tied = device === null ? {} : { equipment_ids: [device.id] }
  return [{ ...bare, ...place, ...tied, custom_parameters: { ...attributes, ...serial, ...key } }, bare]
}
