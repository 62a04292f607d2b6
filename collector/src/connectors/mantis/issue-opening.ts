import { type DeskMessage, delivered, type FoundTicket, type Outcome, rejected, shortened } from '../connector.ts'
import { type DeskApi, parseJson } from '../desk-api.ts'
import { madeAnyway } from '../making.ts'
import type { MantisConfig } from './config.ts'
import { BODY_MAX, type IssueWriter, pathOf, plainText } from './issue-writer.ts'
import { fieldOf, type Issue, oneIssue, ticketOf, type Vocabulary } from './mapping.ts'
import type { Place } from './place.ts'

/** Room of the column; MariaDB answers 500 to more. */
export const TITLE_MAX = 128
const FIELD_MAX = 255
const ACCEPTED = 202

/** Makes new issues that can be found by our key. */
export interface IssueOpening {
  create(words: Vocabulary, place: Place, message: DeskMessage, signal: AbortSignal): Promise<Outcome<FoundTicket>>
}

/** The way to new issues of one installation. */
export function createIssueOpening(config: MantisConfig, api: DeskApi, writer: IssueWriter): IssueOpening {
  const post = async (issue: object, signal: AbortSignal): Promise<Outcome<Issue>> => {
    const created = await api.call({ method: 'POST', path: '/issues', body: issue }, signal)
    if (created.kind !== 'delivered') return created
    if (created.value.status === ACCEPTED) {
      const advice = 'take the account out of moderation, and the report out of its queue'
      return rejected('misconfigured', `MantisBT put the issue before a moderator: ${advice}`)
    }
    const parsed = oneIssue.safeParse(parseJson(created.value.text))
    return parsed.success
      ? delivered(parsed.data.issue)
      : { kind: 'unknown', message: 'the answer to the create cannot be read' }
  }

  /** Such an issue could never be found again: it is not left behind open. */
  const disown = async (made: Issue, words: Vocabulary, message: DeskMessage, signal: AbortSignal) => {
    const notes = [writer.noteOf({ ...message, text: 'Tillwatch: no key field' })]
    const body = { status: { id: words.solved.id }, resolution: { id: words.ended.id }, notes }
    await api.call({ method: 'PATCH', path: pathOf(String(made.id)), body }, signal)
    return rejected(
      'misconfigured',
      `issue ${made.id} was created without field ${config.key_field}: link it to the project`,
    )
  }

  return {
    create: async (words, place, message, signal) => {
      const [whole, bare] = draftsOf(config, words, place, message)
      const made = await madeAnyway(whole, bare, draft => post(draft, signal))
      if (made.kind !== 'delivered') return made
      // "Created" is what it answered; whether the issue is there with our key, only a look at it tells.
      const there = await writer.read(String(made.value.id), signal)
      if (there.kind !== 'delivered') {
        return {
          kind: 'unknown',
          message: `issue ${made.value.id} was created, and a look at it failed: ${there.message}`,
        }
      }
      const { issue } = there.value
      if (fieldOf(issue, config.key_field) !== message.subject.key) return disown(issue, words, message, signal)
      return delivered(ticketOf(issue, config.url, words), made.warning)
    },
  }
}

/** With everything, and with what an issue must have. */
function draftsOf(
  config: MantisConfig,
  words: Vocabulary,
  place: Place,
  message: DeskMessage,
): readonly [whole: object, bare: object] {
  const description = message.link === null ? message.text : `${message.text}\n${message.link}`
  const { ci_field: ciField } = config
  const ci = ciField === undefined ? [] : [{ field: { id: ciField }, value: shortened(message.subject.ci, FIELD_MAX) }]
  const key = { field: { id: config.key_field }, value: message.subject.key }
  const bare = {
    ...{ project: place.project, category: place.category },
    summary: plainText(message.title, TITLE_MAX),
    description: plainText(description, BODY_MAX),
    priority: { id: words.priorities[message.priority] },
    severity: { id: words.severities[message.priority] },
    custom_fields: [key],
  }
  return [{ ...bare, ...place, custom_fields: [key, ...ci, ...place.custom_fields] }, bare]
}
