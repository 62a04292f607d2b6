import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connector, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import { systemClock } from '@tillwatch/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  connectorContract,
  type DeskPeople,
  deskMessage,
  faultContract,
  fileContract,
  good,
  returnsContract,
  searchableContract,
} from './connector.contract.ts'
import { awayContract, changeContract, refusalContract, secrecyContract } from './connector-lies.contract.ts'
import { ENGINEER, FAKE_KEY_FIELD, FAKE_LIST_FIELD, type FakeRedmine, startFakeRedmine } from './desks/redmine.ts'

let fake: FakeRedmine
let folder: string
let connector: Connector

beforeAll(async () => {
  fake = await startFakeRedmine()
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-redmine-'))
  writeFileSync(join(folder, 'key'), 'secret-key-of-the-desk\n', { mode: 0o600 })
})
afterAll(async () => {
  await fake.stop()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  Object.assign(fake, {
    faults: [],
    forbiddenStatuses: new Set(),
    forbiddenMoves: new Set(),
    exposesNotes: false,
    ignoresFilter: false,
    dropsField: false,
    away: null,
  })
  fake.requests.length = 0
  connector = connect()
})

function connect(more: object = {}): Connector {
  const settings = {
    kind: 'redmine',
    name: 'desk',
    url: fake.url,
    secret: { file: join(folder, 'key') },
    project: 'tills',
    tracker: 'Bug',
    key_field: FAKE_KEY_FIELD,
    allow_private: true,
    ...more,
  }
  return createRedmineConnector(redmineConfig.parse(settings), createHttpClient(systemClock, 2_000))
}

const desk = () => ({
  connector,
  seen: async (key: string) => {
    const issues = fake.issues.filter(issue => issue.fields.get(FAKE_KEY_FIELD) === key)
    return {
      tickets: issues.length,
      texts: issues.flatMap(issue => issue.notes),
      files: issues.flatMap(issue => issue.files),
    }
  },
  people,
})
const issueOf = (id: string) => {
  const issue = fake.issues.find(each => String(each.id) === id)
  if (!issue) throw new Error(`no issue ${id}`)
  issue.updatedAt = Date.now()
  return issue
}
const people: DeskPeople = {
  setPhase: async (id, phase) => {
    issueOf(id).statusId = { in_work: 2, waiting: 4, closed: 5 }[phase]
  },
  comment: async (id, text, visibility) => {
    const issue = issueOf(id)
    issue.notes.push(text)
    if (visibility === 'internal') issue.privateNotes.add(issue.notes.length - 1)
  },
  setPriority: async (id, level) => {
    issueOf(id).priorityId = { 1: 5, 2: 4, 3: 3, 4: 1 }[level]
  },
  assign: async id => {
    issueOf(id).assignee = ENGINEER
    return ENGINEER
  },
  remove: async id => void fake.issues.splice(fake.issues.indexOf(issueOf(id)), 1),
}
const signal = new AbortController().signal

connectorContract('Redmine imitation', desk)
searchableContract('Redmine imitation', desk)
fileContract('Redmine imitation', desk)
returnsContract('Redmine imitation', desk)
refusalContract('Redmine imitation', () => ({
  ...desk(),
  refusing: () => connect({ ci_field: FAKE_LIST_FIELD }),
}))
changeContract('Redmine imitation', () => ({ ...desk(), imitation: fake }))
secrecyContract('Redmine imitation', () => ({
  ...desk(),
  expose: () => {
    fake.exposesNotes = true
  },
}))
awayContract('Redmine imitation', () => ({
  ...desk(),
  away: stranger => {
    fake.away = stranger
  },
}))
faultContract('Redmine imitation', () => ({ ...desk(), imitation: fake }))

describe('a Redmine that lies', () => {
  it('a refused transition answers 204: the refusal is seen by reading back and says what is allowed', async () => {
    const ticket = good(await connector.create(deskMessage(), signal))
    fake.forbiddenStatuses.add(3)
    const outcome = await connector.setStatus(ticket, 'solved', deskMessage({ kind: 'solve' }), signal)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'change_refused',
      message: expect.stringContaining('In Progress'),
    })
  })

  it('a create that is answered and not kept is seen by looking at it: it stays open whether there is a ticket', async () => {
    fake.faults = [{ on: 'create', how: 'forgotten' }]
    const before = fake.issues.length
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'unknown' })
    expect(fake.issues).toHaveLength(before)
  })

  it('an ignored filter returns strangers: neither found nor "none"', async () => {
    good(await connector.create(deskMessage(), signal))
    fake.ignoresFilter = true
    expect(await connector.find?.('tw-mine', signal)).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    const steps = await connect().probe(signal)
    expect(steps.find(step => step.name === 'key field')).toMatchObject({
      ok: false,
      message: expect.stringContaining('filter'),
    })
  })

  it('a dropped key field: the ticket is not left behind open and nameless', async () => {
    fake.dropsField = true
    const outcome = await connector.create(deskMessage(), signal)
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    expect(fake.issues.at(-1)?.statusId).toBe(3)
  })

  it('a status that the workflow does not allow at once is reached through others, with one note', async () => {
    fake.forbiddenMoves.add('1>3')
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    const solve = { ...first, kind: 'solve' as const, eventId: `${first.eventId}.s`, text: 'Прошло' }
    expect(await connector.setStatus(ticket, 'solved', solve, signal)).toMatchObject({ reason: 'change_refused' })
    good(
      await connect({ statuses: { through: { solved: ['In Progress'] } } }).setStatus(ticket, 'solved', solve, signal),
    )
    expect(fake.issues.at(-1)).toMatchObject({ statusId: 3, notes: [expect.stringContaining('Прошло')] })
  })

  it('an address with a password in it is no setting', () => {
    expect(() => connect({ url: 'https://bot:hunter2@desk.test' })).toThrow(/password in the address/)
  })

  it('names that do not exist are told with those that do', async () => {
    const steps = await connect({ priorities: { 1: 'Blocker' }, tracker: 'Сбой' }).probe(signal)
    const wrong = steps.filter(step => !step.ok).map(step => step.message)
    expect(wrong).toEqual([expect.stringContaining('Immediate'), expect.stringContaining('there are: Bug')])
  })
})

describe('the places that routes name', () => {
  const nowhere = {
    ...{ project: null, type: 'Сбой', category: 'Кассы', assignee: 'Петров', team: 'Линия 9', fields: {} },
    routes: ['Пекарни', 'Ночь'],
  }

  it('every wrong name of a place is told at once by its kind, once for all routes that send there', async () => {
    const steps = await connect().probe(signal, [nowhere, { ...USUAL_PLACE, project: 'tills', routes: ['Остальные'] }])
    const places = steps.filter(step => step.name.startsWith('place'))
    expect(places.map(step => [step.name, step.ok])).toEqual([
      ['place tills, Bug, route “Остальные”', true],
      ['place tills, Сбой, Кассы, Петров, Линия 9, routes “Пекарни”, “Ночь”', false],
    ])
    for (const name of ['type “Сбой”', 'category “Кассы”', 'assignee “Петров”', 'team “Линия 9”']) {
      expect(places[1]?.message).toContain(`no ${name}`)
    }
  })

  it('a field that issues there do not have is told with those that they have', async () => {
    good(await connector.create(deskMessage(), signal))
    const fields = { [String(FAKE_KEY_FIELD)]: 'x', '99': 'Линия 2' }
    const steps = await connector.probe(signal, [{ ...USUAL_PLACE, fields, routes: ['Пекарни'] }])
    expect(steps.at(-1)).toMatchObject({ ok: false, message: expect.stringContaining('no field “99”') })
  })

  it('after a desk that does not accept us no place is said to be there, though it was a minute ago', async () => {
    expect((await connector.probe(signal)).filter(step => !step.ok)).toEqual([])
    fake.away = { status: 401, value: {} }
    const steps = await connector.probe(signal, [nowhere])
    expect(steps.filter(step => step.name.startsWith('place'))).toEqual([])
    expect(steps.at(-1)?.message).toContain('does not accept us')
  })
})

describe('people at the desk', () => {
  it('a priority that a person changed is not written over', async () => {
    const ticket = good(await connector.create(deskMessage(), signal))
    const issue = fake.issues.at(-1)
    if (issue) issue.priorityId = 1
    good(await connector.setPriority(ticket, { ...deskMessage({ kind: 'priority' }), priority: 1 }, signal))
    expect(issue?.priorityId).toBe(1)
    expect(issue?.notes).toHaveLength(1)
  })

  it('no priority is lowered', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    const before = fake.issues.at(-1)?.priorityId
    const lower = { ...deskMessage({ kind: 'priority', subject: first.subject }), priority: 4 as const }
    good(await connector.setPriority(ticket, lower, signal))
    expect(fake.issues.at(-1)?.priorityId).toBe(before)
    expect(fake.issues.at(-1)?.notes).toHaveLength(1)
  })

  it('a priority whose answer was lost is known for ours: the next rise is written', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    const raise = (priority: 1 | 2) => ({ ...deskMessage({ kind: 'priority', subject: first.subject }), priority })
    const lost = raise(2)
    good(await connector.setPriority(ticket, lost, signal))
    const again = good(await connector.setPriority(ticket, { ...lost, mayHaveArrived: true }, signal))
    good(await connector.setPriority(again, raise(1), signal))
    expect(fake.issues.at(-1)?.priorityId).toBe(5)
  })

  it('what comes after a change of hundreds at once is not hidden behind it', async () => {
    const many = connect()
    const first = good(await many.create(deskMessage(), signal))
    const [model] = fake.issues.filter(issue => String(issue.id) === first.id)
    if (!model) throw new Error('no issue')
    const second = Math.floor(Date.now() / 1000) * 1000
    const crowd = Array.from({ length: 620 }, (_, index) => ({ ...model, id: 10_000 + index, updatedAt: second }))
    const before = fake.issues.length
    fake.issues.push(...crowd, { ...model, id: 20_000, updatedAt: second + 1_000 })
    const cursor = new Date(second).toISOString().replace('.000Z', 'Z')
    const changes = await many.changedSince?.(cursor, signal)
    fake.issues.length = before
    expect(changes).toMatchObject({ kind: 'delivered', value: { ids: expect.arrayContaining(['20000']) } })
  })

  it('a ticket that a person closed counts as solved', async () => {
    const ticket = good(await connector.create(deskMessage(), signal))
    const issue = fake.issues.at(-1)
    if (issue) issue.statusId = 5
    good(await connector.setStatus(ticket, 'solved', deskMessage({ kind: 'solve' }), signal))
    expect(issue?.statusId).toBe(5)
  })
})

describe('what went wrong', () => {
  it('nobody listening is a retry; a private address needs leave; no message holds the secret', async () => {
    const refused = await connect({ url: 'http://127.0.0.1:1' }).create(deskMessage(), signal)
    expect(refused.kind).toBe('retry')
    const blocked = await connect({ allow_private: false }).create(deskMessage(), signal)
    expect(blocked).toMatchObject({ kind: 'rejected', reason: 'address_blocked' })
    expect(JSON.stringify([refused, blocked])).not.toContain('secret-key-of-the-desk')
  })

  it('a missing secret says where it belongs', async () => {
    const outcome = await connect({ secret: { file: join(folder, 'absent') } }).create(deskMessage(), signal)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'misconfigured',
      message: expect.stringContaining('absent'),
    })
  })
})
