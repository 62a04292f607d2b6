import { PASSWORD as CREATIO_PASSWORD, startFakeCreatio } from './creatio.ts'
import type { Imitation } from './imitation.ts'
import { INITIATOR, PASSWORD as ITILIUM_PASSWORD, USER as ITILIUM_USER, SERVICE, startFakeItilium } from './itilium.ts'
import { KEY_FIELD as MANTIS_KEY_FIELD, TOKEN as MANTIS_TOKEN, startFakeMantis } from './mantis.ts'
import { ATTRIBUTES, AUTHOR, KEY as OKDESK_KEY, startFakeOkdesk } from './okdesk.ts'
import { FAKE_KEY_FIELD, startFakeRedmine } from './redmine.ts'

/** One ticket as its desk holds it. */
interface HeldTicket {
  /** Ours, or nothing where somebody else made the ticket. */
  readonly key: string
  /** What was said about it after it was opened. */
  readonly texts: readonly string[]
  /** Names of its files. */
  readonly files: readonly string[]
}

/** An imitation with what a collector needs to speak to it and a judge to look into it. */
export interface KindOfDesk {
  readonly name: string
  /** As in the collector's configuration. */
  readonly settings: Readonly<Record<string, unknown>>
  /** The variable of its secret. */
  readonly env: Readonly<Record<string, string>>
  readonly imitation: Imitation
  /** Every ticket, whoever made it. */
  held(): readonly HeldTicket[]
  /** Somebody takes our access away, or gives it back. */
  revoke(isRevoked: boolean): void
  /** Its search answers with tickets that were not asked for, or with those alone that were. */
  lie(isLying: boolean): void
  /** Somebody deletes the ticket of this key. */
  remove(key: string): void
}

/** How most desks answer one whom they do not know. */
const refusing = (imitation: Imitation) => (isRevoked: boolean) => {
  imitation.away = isRevoked ? { status: 401 } : null
}

/** Takes what fits out of a list. */
function takeOut<T>(list: T[], fits: (each: T) => boolean): void {
  list.splice(list.findIndex(fits), 1)
}

/** As fast as each kind of desk may be set to. */
const HURRIED = { rate_per_s: 50, allow_private: true }

/** One desk of each kind that can be imitated, all of which keep our key: in each, an incident has exactly one ticket. */
export async function startEveryKind(): Promise<readonly KindOfDesk[]> {
  return Promise.all([redmine(), mantis(), okdesk(), creatio(), itilium()])
}

const secretIn = (name: string) => ({ secret: { env: name } })

async function redmine(): Promise<KindOfDesk> {
  const fake = await startFakeRedmine()
  const place = { project: 'tills', tracker: 'Bug', key_field: FAKE_KEY_FIELD }
  return {
    name: 'redmine',
    settings: { kind: 'redmine', name: 'redmine', url: fake.url, ...secretIn('FAULT_REDMINE'), ...place, ...HURRIED },
    env: { FAULT_REDMINE: 'not a real key' },
    imitation: fake,
    held: () =>
      fake.issues.map(({ fields, notes, files }) => ({ key: fields.get(FAKE_KEY_FIELD) ?? '', texts: notes, files })),
    revoke: refusing(fake),
    lie: isLying => {
      fake.ignoresFilter = isLying
    },
    remove: key => takeOut(fake.issues, issue => issue.fields.get(FAKE_KEY_FIELD) === key),
  }
}

async function mantis(): Promise<KindOfDesk> {
  const fake = await startFakeMantis()
  const place = { project: 'Кассы', key_field: MANTIS_KEY_FIELD }
  return {
    name: 'mantis',
    settings: { kind: 'mantis', name: 'mantis', url: fake.url, ...secretIn('FAULT_MANTIS'), ...place, ...HURRIED },
    env: { FAULT_MANTIS: MANTIS_TOKEN },
    imitation: fake,
    held: () =>
      fake.issues.map(({ fields, notes, files }) => ({
        key: fields.get(MANTIS_KEY_FIELD) ?? '',
        texts: notes.map(note => note.text),
        files,
      })),
    revoke: refusing(fake),
    lie: isLying => {
      fake.ignoresFilter = isLying
    },
    remove: key => takeOut(fake.issues, issue => issue.fields.get(MANTIS_KEY_FIELD) === key),
  }
}

async function okdesk(): Promise<KindOfDesk> {
  const fake = await startFakeOkdesk()
  const place = { author_id: AUTHOR, key_attribute: ATTRIBUTES.key }
  return {
    name: 'okdesk',
    settings: { kind: 'okdesk', name: 'okdesk', url: fake.url, ...secretIn('FAULT_OKDESK'), ...place, ...HURRIED },
    env: { FAULT_OKDESK: OKDESK_KEY },
    imitation: fake,
    held: () =>
      fake.issues.map(({ attributes, comments }) => ({
        key: attributes.get(ATTRIBUTES.key) ?? '',
        texts: comments.map(each => each.content),
        files: comments.flatMap(each => each.files),
      })),
    revoke: refusing(fake),
    lie: isLying => {
      fake.ignoresFilter = isLying
    },
    remove: key => takeOut(fake.issues, issue => issue.attributes.get(ATTRIBUTES.key) === key),
  }
}

async function creatio(): Promise<KindOfDesk> {
  const fake = await startFakeCreatio()
  const rows = (object: string) => fake.tables[object] ?? []
  const account = { user: 'Робот', ...secretIn('FAULT_CREATIO'), internal_column: 'HideOnPortal', item: {} }
  return {
    name: 'creatio',
    settings: { kind: 'creatio', name: 'creatio', url: fake.url, ...account, ...HURRIED },
    env: { FAULT_CREATIO: CREATIO_PASSWORD },
    imitation: fake,
    held: () =>
      rows('Case').map(({ Id, UsrTillwatchKey }) => ({
        key: String(UsrTillwatchKey ?? ''),
        texts: rows('SocialMessage').flatMap(each => (each['EntityId'] === Id ? String(each['Message']) : [])),
        files: rows('CaseFile').flatMap(each => (each['CaseId'] === Id ? String(each['Name']) : [])),
      })),
    revoke: isRevoked => {
      fake.password = isRevoked ? 'another one' : CREATIO_PASSWORD
      if (isRevoked) fake.sessions.clear()
    },
    lie: isLying => {
      fake.ignoresFilter = isLying
    },
    remove: key => takeOut(rows('Case'), each => each['UsrTillwatchKey'] === key),
  }
}

async function itilium(): Promise<KindOfDesk> {
  const fake = await startFakeItilium()
  const account = { user: ITILIUM_USER, ...secretIn('FAULT_ITILIUM'), initiator: INITIATOR, service: SERVICE }
  const words = {
    priorities: { 1: 'Критический', 2: 'Высокий', 3: 'Средний', 4: 'Низкий' },
    actions: { priority: 'ChangePriority' },
  }
  return {
    name: 'itilium',
    settings: {
      ...{ kind: 'itilium', name: 'itilium', url: `${fake.url}/base/hs/externalapi/`, ...account, ...words },
      ...{ ...HURRIED, rate_per_s: 5 },
    },
    env: { FAULT_ITILIUM: ITILIUM_PASSWORD },
    imitation: fake,
    held: () =>
      fake.incidents.map(({ topic, communications }) => ({
        key: /\[(tw-[^\]]+)\]/.exec(topic)?.[1] ?? '',
        texts: communications.map(each => each.text),
        files: communications.flatMap(each => each.files.map(file => file.name)),
      })),
    revoke: refusing(fake),
    // Its search is a look through all of its list.
    lie: () => {},
    remove: key => takeOut(fake.incidents, each => each.topic.includes(`[${key}]`)),
  }
}
