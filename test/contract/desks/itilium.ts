import { type DeskOperation, type DeskRequest, type DeskResponse, type Imitation, startImitation } from './imitation.ts'

interface Communication {
  readonly uuid: string
  readonly date: string
  readonly author: string
  readonly text: string
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[]
}
interface FakeIncident {
  readonly linkUuid: string
  readonly number: string
  readonly initiator: string
  date: string
  state: string
  topic: string
  description: string
  priority: string
  responsible: string
  readonly members: Readonly<Record<string, unknown>>
  readonly communications: Communication[]
}

/** What an imitation of ITILIUM's HTTP service holds, and which of the real one's lies it tells. */
interface ItiliumBooks {
  readonly incidents: FakeIncident[]
  /** Texts of errors that answer 200, one for each act. */
  errorsWith200: string[]
  /** Every call ends with 500 and this text. */
  failure: string | null
  /** Most incidents of a page, whatever is asked for. */
  pageMax: number
  ignoresStart: boolean
  oldestFirst: boolean
  /** Topics are cut to so many characters, descriptions are thrown away. */
  topicMax: number
  dropsDescription: boolean
  /** A change of state is accepted and not made. */
  keepsState: boolean
  /** A comment is accepted and not kept. */
  dropsComments: boolean
  /** The answer to a registration does not say what was made. */
  tellsNothing: boolean
  /** Details have no communications. */
  hidesComments: boolean
}

/** An imitation of the HTTP service in memory. */
export type FakeItilium = ItiliumBooks & Imitation

export const USER = 'Робот Тиллвотч'
export const PASSWORD = 'hunter2-of-1c'
export const INITIATOR = '10000000-0000-4000-8000-000000000001'
export const SERVICE = '10000000-0000-4000-8000-000000000002'
export const ENGINEER = 'Инженеров Пётр'
const OFFERS: Readonly<Record<string, readonly string[]>> = {
  Зарегистрировано: ['В работе', 'Отклонено'],
  'В работе': ['Решено', 'Ожидает ответа'],
  'Ожидает ответа': ['В работе'],
  Решено: ['Закрыто', 'В работе'],
  Закрыто: [],
  Отклонено: [],
}
const STATES = Object.keys(OFFERS)
const stateUuid = (name: string) => `30000000-0000-4000-8000-${String(STATES.indexOf(name)).padStart(12, '0')}`

export const honest = () => ({
  errorsWith200: [],
  failure: null,
  pageMax: 1_000,
  ignoresStart: false,
  oldestFirst: false,
  topicMax: 150,
  dropsDescription: false,
  keepsState: false,
  dropsComments: false,
  tellsNothing: false,
  hidesComments: false,
})

/** Starts the imitation on loopback, under an infobase. */
export async function startFakeItilium(): Promise<FakeItilium> {
  const imitation = await startImitation({
    operationOf,
    respond: request => withBom(respond(fake, request)),
    forget: () => void fake.incidents.pop(),
  })
  const fake: FakeItilium = Object.assign(imitation, { incidents: [], ...honest() })
  return fake
}

const methodOf = (url: URL) => /^\/base\/hs\/externalapi\/(\w+)$/.exec(url.pathname)?.[1] ?? null

function operationOf({ url, body }: DeskRequest): DeskOperation | null {
  const method = methodOf(url)
  if (method === 'getIncidentsList') return 'find'
  if (method === 'extGetDetailIncidentInfo') return 'read'
  if (method !== 'performCustomActionWithIncident') return null
  return body.includes('"RegisterIncident"') ? 'create' : 'change'
}

/** Answers of 1C begin with the mark of byte order. */
const withBom = ({ value, text, ...rest }: DeskResponse): DeskResponse => ({
  ...rest,
  text: text ?? (value === undefined ? '' : `\uFEFF${JSON.stringify(value)}`),
})
const fine = (value: unknown): DeskResponse => ({ status: 200, value })
const oops = (text: string): DeskResponse => fine({ error: true, errorText: text })

/** The time of a server in Moscow, without its zone. */
export const localTime = (ms = Date.now()) => new Date(ms + 3 * 3_600_000).toISOString().slice(0, 19)

type Values = Readonly<Record<string, unknown>>

function respond(fake: ItiliumBooks, { method, url, headers, body }: DeskRequest): DeskResponse {
  const name = methodOf(url)
  if (!name) return { status: 404 }
  const expected = `Basic ${Buffer.from(`${USER}:${PASSWORD}`, 'utf8').toString('base64')}`
  if (headers.authorization !== expected) return { status: 401 }
  if (method !== 'POST') return { status: 405 }
  if (fake.failure !== null) return { status: 500, text: `<html><body><pre>${fake.failure}</pre></body></html>` }
  const asked = JSON.parse(body.toString('utf8')) as Values
  if (name === 'getIncidentsList') return list(fake, asked)
  if (name === 'getServiceComponents') {
    return asked['servCompServiceUuid'] === SERVICE ? fine({ Components: [] }) : oops('Услуга не найдена')
  }
  const found = fake.incidents.find(each => each.linkUuid === (asked['uuid'] ?? asked['IncUuid']))
  if (name === 'extGetDetailIncidentInfo') return found ? fine(detailOf(fake, found)) : oops('Инцидент не найден')
  if (name !== 'performCustomActionWithIncident') return { status: 404 }
  const error = fake.errorsWith200.shift()
  return error === undefined ? act(fake, asked, found) : oops(error)
}

function list(fake: ItiliumBooks, asked: Values): DeskResponse {
  const own = fake.incidents.filter(
    each => asked['initiatorUuid'] === undefined || each.initiator === asked['initiatorUuid'],
  )
  const sorted = own.toSorted((one, two) => one.date.localeCompare(two.date) * (fake.oldestFirst ? 1 : -1))
  const start = fake.ignoresStart ? 0 : Number(asked['startFrom'] ?? 0)
  const page = sorted.slice(start, start + Math.min(Number(asked['count'] ?? 20), fake.pageMax))
  return fine({ Incidents: page.map(rowOf) })
}

const rowOf = ({ linkUuid, date, number, state, topic, description }: FakeIncident) => ({
  ...{ linkUuid, date, number, state, topic, description },
  stateUuid: stateUuid(state),
  availableStates: (OFFERS[state] ?? []).map(name => ({ name, uuid: stateUuid(name) })),
})

const detailOf = (fake: ItiliumBooks, incident: FakeIncident) => ({
  ...rowOf(incident),
  priority: { name: incident.priority, uuid: '' },
  responsible: incident.responsible,
  ...(fake.hidesComments
    ? {}
    : {
        communications: incident.communications.map(({ uuid, date, author, text }) => ({ uuid, date, author, text })),
      }),
})

let counter = 0
const uuid = () => `20000000-0000-4000-8000-${String(++counter).padStart(12, '0')}`

function act(fake: ItiliumBooks, asked: Values, found: FakeIncident | undefined): DeskResponse {
  const { Action: action } = asked
  if (action === 'RegisterIncident') return register(fake, asked)
  if (!found) return oops('Инцидент не найден')
  if (action === 'AddNewCommunication' || action === 'AddNewCommunicationWithFile') {
    const files = (asked['Files'] ?? []) as readonly { Name: string; Data: string }[]
    if (action === 'AddNewCommunicationWithFile' && files.length === 0) return oops('Нет файлов')
    const bytes = files.map(({ Name, Data }) => ({ name: Name, bytes: Buffer.from(Data, 'base64') }))
    if (!fake.dropsComments) addComment(found, USER, String(asked['Commentary'] ?? ''), bytes)
    return fine({ result: 'ok' })
  }
  if (action === 'ChangeState') {
    const name = (OFFERS[found.state] ?? []).find(each => stateUuid(each) === asked['StateUuid'])
    if (name === undefined) return oops('Переход в это состояние запрещён')
    if (!fake.keepsState) found.state = name
    return fine({ result: 'ok' })
  }
  if (action === 'ChangePriority') {
    found.priority = String(asked['PriorityUuid'])
    return fine({ result: 'ok' })
  }
  return oops(`Неизвестное действие ${String(action)}`)
}

/** Adds a communication, by whomever. */
export function addComment(
  incident: FakeIncident,
  author: string,
  text: string,
  files: Communication['files'] = [],
): void {
  incident.communications.push({ uuid: uuid(), date: localTime(), author, text, files })
}

function register(fake: ItiliumBooks, asked: Values): DeskResponse {
  for (const member of ['InitiatorUuid', 'Topic', 'Description']) {
    if (typeof asked[member] !== 'string') return oops(`Не заполнено поле ${member}`)
  }
  const incident: FakeIncident = {
    linkUuid: uuid(),
    number: `INC-${String(fake.incidents.length + 1).padStart(6, '0')}`,
    initiator: String(asked['InitiatorUuid']),
    date: localTime(),
    state: 'Зарегистрировано',
    topic: String(asked['Topic']).slice(0, fake.topicMax),
    description: fake.dropsDescription ? '' : String(asked['Description']),
    priority: String(asked['PriorityUuid'] ?? 'Средний'),
    responsible: '',
    members: asked,
    communications: [],
  }
  fake.incidents.push(incident)
  return fine(fake.tellsNothing ? { result: 'ok' } : { linkUuid: incident.linkUuid, number: incident.number })
}
