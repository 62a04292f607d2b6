import { type Connector, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createHttpClient, type HttpClient } from '@tillwatch/collector/connectors/http-client'
import { itiliumConfig } from '@tillwatch/collector/connectors/itilium/config'
import { createItiliumConnector } from '@tillwatch/collector/connectors/itilium/connector'
import { momentOf } from '@tillwatch/collector/connectors/itilium/mapping'
import { systemClock } from '@tillwatch/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  connectorContract,
  type DeskPeople,
  deskMessage,
  fileContract,
  good,
  returnsContract,
  searchableContract,
} from './connector.contract.ts'
import { awayContract, changeContract, refusalContract } from './connector-lies.contract.ts'
import {
  addComment,
  ENGINEER,
  type FakeItilium,
  honest,
  INITIATOR,
  localTime,
  PASSWORD,
  SERVICE,
  startFakeItilium,
  USER,
} from './desks/itilium.ts'

let fake: FakeItilium
let connector: Connector
const signal = new AbortController().signal

beforeAll(async () => {
  fake = await startFakeItilium()
  process.env['TILLWATCH_TEST_ITILIUM'] = PASSWORD
})
afterAll(() => fake.stop())
beforeEach(() => {
  Object.assign(fake, honest(), { faults: [] })
  fake.incidents.length = 0
  fake.requests.length = 0
  connector = connect()
})

const PRIORITIES = { 1: 'Критический', 2: 'Высокий', 3: 'Средний', 4: 'Низкий' } as const

function connect(more: object = {}, http = createHttpClient(systemClock, 2_000)): Connector {
  const settings = {
    kind: 'itilium',
    name: 'itilium',
    url: `${fake.url}/base/hs/externalapi/`,
    user: USER,
    secret: { env: 'TILLWATCH_TEST_ITILIUM' },
    initiator: INITIATOR,
    service: SERVICE,
    priorities: PRIORITIES,
    actions: { priority: 'ChangePriority' },
    allow_private: true,
    ...more,
  }
  return createItiliumConnector(itiliumConfig.parse(settings), http, systemClock)
}

const incidentOf = (id: string) => {
  const found = fake.incidents.find(each => each.linkUuid === id)
  if (!found) throw new Error(`no incident ${id}`)
  return found
}
const people: DeskPeople = {
  setPhase: async (id, phase) => {
    incidentOf(id).state = { in_work: 'В работе', waiting: 'Ожидает ответа', closed: 'Закрыто' }[phase]
  },
  comment: async (id, text) => addComment(incidentOf(id), ENGINEER, text),
  setPriority: async (id, level) => {
    incidentOf(id).priority = PRIORITIES[level]
  },
  assign: async id => {
    incidentOf(id).responsible = ENGINEER
    return ENGINEER
  },
  remove: async id => void fake.incidents.splice(fake.incidents.indexOf(incidentOf(id)), 1),
}
const desk = () => ({
  connector,
  seen: async (key: string) => {
    const mine = fake.incidents.filter(each => each.topic.includes(key))
    const comments = mine.flatMap(each => each.communications)
    return {
      tickets: mine.length,
      texts: comments.map(each => each.text),
      files: comments.flatMap(each => each.files.map(file => file.name)),
    }
  },
  people,
})
const create = async (more = {}) => good(await connector.create(deskMessage(more), signal))
const find = (key: string) => connector.find?.(key, signal) ?? Promise.reject(new Error('not searchable'))
const comment = (text: string) => deskMessage({ kind: 'comment', text })

connectorContract('ITILIUM imitation', desk)
searchableContract('ITILIUM imitation', desk)
fileContract('ITILIUM imitation', desk)
returnsContract('ITILIUM imitation', desk)
refusalContract('ITILIUM imitation', () => ({
  ...desk(),
  refusing: () => {
    fake.errorsWith200 = ['Неверный тип']
    return connect({ type: SERVICE })
  },
}))
changeContract('ITILIUM imitation', () => ({ ...desk(), imitation: fake }))
awayContract('ITILIUM imitation', () => ({
  ...desk(),
  away: stranger => {
    fake.away = stranger
  },
}))

describe('R22: an incident is known by its mark', () => {
  it('the mark comes first in the topic and last in the description; either is enough', async () => {
    const first = deskMessage({ title: 'Ж'.repeat(400) })
    const { id } = good(await connector.create(first, signal))
    const { topic, description, members } = incidentOf(id)
    expect(topic).toMatch(new RegExp(`^\\[${first.subject.key}\\] Ж+…$`))
    expect(topic.length).toBeLessThanOrEqual(150)
    expect(description.endsWith(`[${first.subject.key}]`)).toBe(true)
    expect(members).toMatchObject({ ServiceUuid: SERVICE, InitiatorUuid: INITIATOR, Files: [] })
    incidentOf(id).topic = 'Люди назвали иначе'
    expect(good(await find(first.subject.key)).map(each => each.id)).toEqual([id])
    incidentOf(id).topic = `Смотри [${first.subject.key}x]`
    incidentOf(id).description = `[${first.subject.key}] был раньше`
    expect(good(await find(first.subject.key))).toEqual([])
  })

  it('every page is looked through, also when the service gives fewer than asked for; oldest first', async () => {
    const first = deskMessage()
    const { id } = good(await connector.create(first, signal))
    for (let index = 0; index < 30; index++) await create()
    const { id: second } = good(await connector.create(first, signal))
    incidentOf(id).date = localTime(Date.now() - 3_600_000)
    fake.pageMax = 7
    expect(good(await find(first.subject.key)).map(each => each.id)).toEqual([id, second])
  })

  it('the look ends at the days of the settings, unless the list is not newest first', async () => {
    const first = deskMessage()
    const { id } = good(await connector.create(first, signal))
    for (let index = 0; index < 12; index++) {
      const old = await create()
      incidentOf(old.id).date = localTime(Date.now() - (100 + index) * 86_400_000)
    }
    fake.pageMax = 5
    fake.requests.length = 0
    expect(good(await find(first.subject.key)).map(each => each.id)).toEqual([id])
    expect(fake.requests).toHaveLength(1)
    fake.oldestFirst = true
    expect(good(await find(first.subject.key)).map(each => each.id)).toEqual([id])
  })

  it('a list that does not turn its pages is neither found nor "none"', async () => {
    await create()
    fake.ignoresStart = true
    expect(await find('tw-other')).toMatchObject({ kind: 'rejected', message: expect.stringContaining('same again') })
  })

  it('a name for the list that is another there is told with what there is', async () => {
    const outcome = await connect({ answer: { incidents: 'Инциденты' } }).find?.('tw-1', signal)
    expect(outcome).toMatchObject({ reason: 'misconfigured', message: expect.stringContaining('Incidents') })
  })

  it('an answer that does not say what was made: it is looked for', async () => {
    fake.tellsNothing = true
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    expect(incidentOf(ticket.id).topic).toContain(first.subject.key)
  })

  it('a mark that the desk did not keep: the incident is not left behind open', async () => {
    Object.assign(fake, { topicMax: 5, dropsDescription: true })
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    expect(fake.incidents[0]?.state).toBe('Решено')
  })

  it.each([
    ['create', 'cut_after', 'unknown'],
    ['create', 'cut_before', 'unknown'],
    ['create', 'error_after', 'unknown'],
    ['create', 'forgotten', 'unknown'],
    ['create', 'forbidden', 'rejected'],
    ['find', 'error', 'retry'],
    ['find', 'unreadable', 'rejected'],
    ['find', 'wait', 'retry'],
  ] as const)('%s with %s is %s', async (on, how, kind) => {
    fake.faults = [{ on, how }]
    const outcome = on === 'create' ? await connector.create(deskMessage(), signal) : await find('tw-1')
    expect(outcome.kind).toBe(kind)
  })
})

describe('1C as it is', () => {
  it('200 with an error is a refusal in its words', async () => {
    const words = 'Не заполнен состав услуги'
    fake.errorsWith200 = [words, words]
    const outcome = await connector.create(deskMessage(), signal)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'invalid',
      message: expect.stringContaining('состав услуги'),
    })
  })

  it('500 with a text: a read is tried again, a write stays open; no licence means that nothing was done', async () => {
    fake.failure = 'Ошибка при вызове метода: Поле объекта не обнаружено &lt;Тема&gt;'
    expect(await find('tw-1')).toMatchObject({ kind: 'retry', message: expect.stringContaining('<Тема>') })
    expect((await connector.create(deskMessage(), signal)).kind).toBe('unknown')
    fake.failure = 'Не обнаружено свободной лицензии!'
    expect(await connector.create(deskMessage(), signal)).toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('licence'),
    })
  })

  it('one call at a time', async () => {
    let running = 0
    let most = 0
    const slow: HttpClient = {
      send: async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise(resolve => setImmediate(resolve))
        running -= 1
        return { kind: 'cut', message: 'x' }
      },
    }
    const busy = connect({}, slow)
    await Promise.all([
      busy.find?.('tw-1', signal),
      busy.create(deskMessage(), signal),
      busy.changedSince?.(null, signal),
    ])
    expect(most).toBe(1)
  })

  it('times have no zone, or are written as people do; none is none', () => {
    const moscow = Date.parse('2026-11-22T14:20:00Z')
    expect(momentOf('2026-11-22T17:20:00', '+03:00')).toBe(moscow)
    expect(momentOf('22.11.2026 17:20:00', '+03:00')).toBe(moscow)
    expect(momentOf('2026-11-22T14:20:00Z', '+03:00')).toBe(moscow)
    expect([momentOf('0001-01-01T00:00:00', '+03:00'), momentOf('', '+03:00')]).toEqual([0, 0])
  })

  it('a wrong password, an unknown method and a missing secret are told in words, the password in none', async () => {
    process.env['TILLWATCH_TEST_ITILIUM_BAD'] = 'wrong-hunter3'
    const wrong = await connect({ secret: { env: 'TILLWATCH_TEST_ITILIUM_BAD' } }).probe(signal)
    expect(wrong).toMatchObject([{ ok: false, message: expect.stringContaining('password') }])
    const unknown = await connect({ methods: { list: 'СписокИнцидентов' } }).probe(signal)
    expect(unknown).toMatchObject([{ ok: false, message: expect.stringContaining('methods') }])
    const missing = await connect({ secret: { file: '/nowhere/x' } }).create(deskMessage(), signal)
    expect(missing).toMatchObject({ reason: 'misconfigured', message: expect.stringContaining('/nowhere/x') })
    const nobody = await connect({ url: 'http://127.0.0.1:1' }).create(deskMessage(), signal)
    expect(nobody.kind).toBe('retry')
    const blocked = await connect({ allow_private: false }).create(deskMessage(), signal)
    expect(blocked).toMatchObject({ reason: 'address_blocked' })
    expect(JSON.stringify([wrong, unknown, missing, nobody, blocked])).not.toMatch(/hunter/)
  })
})

describe('states, comments, priorities', () => {
  it('goes through states that are offered', async () => {
    const ticket = await create()
    good(await connector.setStatus(ticket, 'solved', deskMessage({ kind: 'solve' }), signal))
    expect(incidentOf(ticket.id).state).toBe('Решено')
    good(await connector.setStatus(ticket, 'reopened', deskMessage({ kind: 'reopen' }), signal))
    expect(incidentOf(ticket.id).state).toBe('В работе')
  })

  it('a change that is accepted and not made is seen, and told with what is offered', async () => {
    const ticket = await create()
    fake.keepsState = true
    const outcome = await connector.setStatus(ticket, 'solved', deskMessage({ kind: 'solve' }), signal)
    expect(outcome).toMatchObject({
      reason: 'change_refused',
      message: expect.stringMatching(/Зарегистрировано.*Отклонено/),
    })
  })

  it('an incident that a person closed counts as solved; one that is closed for good cannot be reopened', async () => {
    const ticket = await create()
    await people.setPhase(ticket.id, 'closed')
    good(await connector.setStatus(ticket, 'solved', deskMessage({ kind: 'solve' }), signal))
    const outcome = await connector.setStatus(ticket, 'reopened', deskMessage({ kind: 'reopen' }), signal)
    expect(outcome).toMatchObject({ reason: 'change_refused', message: expect.stringContaining('nothing') })
  })

  it('without the name of the action states stay, and a comment says what happened', async () => {
    const mute = connect({ actions: { state: null } })
    const ticket = await create()
    good(await mute.setStatus(ticket, 'solved', deskMessage({ kind: 'solve', text: 'Прошло' }), signal))
    expect(incidentOf(ticket.id).state).toBe('Зарегистрировано')
    expect(incidentOf(ticket.id).communications[0]?.text).toContain('Прошло')
  })

  it('a comment that was accepted and not kept is seen; where comments are not told it is believed', async () => {
    const ticket = await create()
    fake.dropsComments = true
    expect(await connector.comment(ticket, comment('Где?'), signal)).toMatchObject({ reason: 'change_refused' })
    Object.assign(fake, { dropsComments: false, hidesComments: true })
    const outcome = await connector.comment(ticket, comment('Где?'), signal)
    expect(outcome).toMatchObject({ reason: 'misconfigured', message: expect.stringContaining('communications') })
    const blind = connect({ answer: { comments: null } })
    good(await blind.comment(ticket, comment('Вслепую'), signal))
    expect(incidentOf(ticket.id).communications.at(-1)?.text).toContain('Вслепую')
  })

  it('R24: a priority that a person changed is not written over; a higher one is not lowered', async () => {
    const ticket = await create()
    await people.setPriority(ticket.id, 4)
    good(await connector.setPriority(ticket, deskMessage({ kind: 'priority', priority: 1 }), signal))
    expect(incidentOf(ticket.id).priority).toBe('Низкий')
    const high = await create({ priority: 1 })
    good(await connector.setPriority(high, deskMessage({ kind: 'priority', priority: 2 }), signal))
    expect(incidentOf(high.id).priority).toBe('Критический')
    const plain = connect({ priorities: undefined, actions: {} })
    const other = good(await plain.create(deskMessage(), signal))
    good(await plain.setPriority(other, deskMessage({ kind: 'priority', priority: 1, text: 'Выше' }), signal))
    expect(incidentOf(other.id)).toMatchObject({
      priority: 'Средний',
      communications: [{ text: expect.stringContaining('Выше') }],
    })
  })

  it('comments that have no names of their own are told apart', async () => {
    const nameless = connect({ answer: { comment_uuid: 'none' } })
    const ticket = await create()
    await people.comment(ticket.id, 'Выехал', 'public')
    await people.comment(ticket.id, 'Заменил кабель', 'public')
    const state = good((await nameless.read?.(ticket, signal)) ?? { kind: 'retry', message: 'none' })
    expect(new Set(state?.comments.map(({ id }) => id)).size).toBe(2)
  })

  it('the last word of an incident that was closed is not lost', async () => {
    const ticket = await create()
    const changes = async (cursor: string | null) => {
      const found = await connector.changedSince?.(cursor, signal)
      return good(found ?? { kind: 'retry', message: 'none' })
    }
    const start = await changes(null)
    await people.setPhase(ticket.id, 'closed')
    const next = await changes(start.cursor)
    expect(next.ids).toEqual([ticket.id])
    expect((await changes(next.cursor)).ids).toEqual([])
  })

  it('a service that is not known, a placement that is none: told by the probe', async () => {
    const strange = { ...USUAL_PLACE, project: INITIATOR }
    const steps = await connector.probe(signal, [strange, { ...USUAL_PLACE, team: 'Первая линия' }])
    expect(steps.filter(step => !step.ok).map(step => step.message)).toEqual([
      expect.stringContaining(`no service ${INITIATOR}`),
      expect.stringContaining('no team'),
    ])
    const placed = await create({ placement: { ...strange, fields: { CompositionServiceUuid: SERVICE } } })
    expect(incidentOf(placed.id).members).toMatchObject({ ServiceUuid: INITIATOR, CompositionServiceUuid: SERVICE })
  })
})
