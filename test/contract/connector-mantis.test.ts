import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connector, type DeskMessage, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { mantisConfig } from '@tillwatch/collector/connectors/mantis/config'
import { createMantisConnector } from '@tillwatch/collector/connectors/mantis/connector'
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
import {
  ENGINEER,
  emptyMantis,
  type FakeMantis,
  KEY_FIELD,
  SERIAL_FIELD,
  startFakeMantis,
  TOKEN,
} from './desks/mantis.ts'

let fake: FakeMantis
let folder: string
let connector: Connector

beforeAll(async () => {
  fake = await startFakeMantis()
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-mantis-'))
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`, { mode: 0o600 })
})
afterAll(async () => {
  await fake.stop()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  const { issues: _, ...switches } = emptyMantis()
  Object.assign(fake, switches, { faults: [] })
  fake.requests.length = 0
  connector = connect()
})

function connect(more: object = {}): Connector {
  const settings = {
    kind: 'mantis',
    name: 'desk',
    url: fake.url,
    secret: { file: join(folder, 'token') },
    project: 'Кассы',
    key_field: KEY_FIELD,
    allow_private: true,
    ...more,
  }
  return createMantisConnector(mantisConfig.parse(settings), createHttpClient(systemClock, 2_000))
}

const seen = async (key: string) => {
  const issues = fake.issues.filter(issue => issue.fields.get(KEY_FIELD) === key)
  return {
    tickets: issues.length,
    texts: issues.flatMap(issue => issue.notes.map(note => note.text)),
    files: issues.flatMap(issue => issue.files),
  }
}
const issueOf = (id: string) => {
  const issue = fake.issues.find(each => String(each.id) === id)
  if (!issue) throw new Error(`no issue ${id}`)
  issue.updatedAt = Date.now()
  return issue
}
const people: DeskPeople = {
  setPhase: async (id, phase) => {
    issueOf(id).statusId = { in_work: 50, waiting: 20, closed: 90 }[phase]
  },
  comment: async (id, text, visibility) => {
    issueOf(id).notes.push({ text, isPrivate: visibility === 'internal' })
  },
  setPriority: async (id, level) => {
    issueOf(id).priorityId = { 1: 60, 2: 50, 3: 40, 4: 20 }[level]
  },
  assign: async id => {
    issueOf(id).handler = ENGINEER
    return ENGINEER
  },
  remove: async id => void fake.issues.splice(fake.issues.indexOf(issueOf(id)), 1),
}
const desk = () => ({ connector, seen, people })
const listing = () => ({ connector: connect({ search: 'list' }), seen, people })
const signal = new AbortController().signal
const later = (first: DeskMessage, kind: DeskMessage['kind'], more: Partial<DeskMessage> = {}): DeskMessage => ({
  ...deskMessage({ kind, subject: first.subject }),
  ...more,
})

connectorContract('MantisBT imitation', desk)
searchableContract('MantisBT imitation, SOAP', desk)
searchableContract('MantisBT imitation, list', listing)
fileContract('MantisBT imitation', desk)
returnsContract('MantisBT imitation', desk)
refusalContract('MantisBT imitation', () => ({
  ...desk(),
  refusing: () => connect({ ci_field: 99 }),
}))
changeContract('MantisBT imitation', () => ({ ...desk(), imitation: fake }))
secrecyContract('MantisBT imitation', () => ({
  ...desk(),
  expose: () => {
    fake.exposesNotes = true
  },
}))
awayContract('MantisBT imitation', () => ({
  ...desk(),
  away: stranger => {
    fake.away = stranger
  },
}))
faultContract('MantisBT imitation', () => ({ ...desk(), imitation: fake }))

describe('a MantisBT that lies', () => {
  it('a status that is answered 200 and not set is seen by reading back', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    fake.keptFrom.add(80)
    expect(await connector.setStatus(ticket, 'solved', later(first, 'solve'), signal)).toMatchObject({
      kind: 'rejected',
      reason: 'change_refused',
      message: expect.stringContaining('новая'),
    })
  })

  it('a way that the workflow forbids is told, or gone round where the settings know how', async () => {
    fake.ways = new Map([
      [10, [50]],
      [50, [80]],
    ])
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    const solve = later(first, 'solve')
    expect(await connector.setStatus(ticket, 'solved', solve, signal)).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('status'),
    })
    const knowing = connect({ statuses: { through: { solved: ['confirmed', 'assigned'] } } })
    good(await knowing.setStatus(ticket, 'solved', solve, signal))
    expect(issueOf(ticket.id)).toMatchObject({ statusId: 80, notes: [expect.anything()] })
    const odd = connect({ statuses: { through: { reopened: ['triage'] } } })
    expect((await odd.probe(signal)).find(step => !step.ok)?.message).toContain('triage')
  })

  it('a create that is answered and not kept is seen by looking at it', async () => {
    fake.faults = [{ on: 'create', how: 'forgotten' }]
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'unknown' })
  })

  it('a search that ignores its filter returns strangers: neither found nor "none"', async () => {
    good(await connector.create(deskMessage(), signal))
    fake.ignoresFilter = true
    expect(await connector.find?.('tw-mine', signal)).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    const steps = await connect().probe(signal)
    expect(steps.find(step => step.name === 'search by key')).toMatchObject({
      ok: false,
      message: expect.stringContaining('other issues'),
    })
  })

  it('a value with marks of XML in it is asked for as it is', async () => {
    const ticket = good(await connector.create(deskMessage(), signal))
    issueOf(ticket.id).fields.set(KEY_FIELD, '<a b="c">&\'')
    expect(await connector.find?.('<a b="c">&\'', signal)).toMatchObject({ value: [{ id: ticket.id }] })
  })

  it.each([404, 500] as const)('without SOAP (%i) the probe says so, and the list does without', async status => {
    fake.withoutSoap = status
    const steps = await connector.probe(signal)
    expect(steps.find(step => step.name === 'search by key')).toMatchObject({
      ok: false,
      message: expect.stringContaining('search: list'),
    })
    const found = await connector.find?.('tw-mine', signal)
    expect(found?.kind).not.toBe('delivered')
    expect((await connect({ search: 'list' }).probe(signal)).filter(step => !step.ok)).toEqual([])
  })

  it.each(['soap', 'list'])(
    '%s finds a closed issue, and every one of more than a page, oldest first',
    async search => {
      const first = deskMessage()
      const made: string[] = []
      const many = connect({ search })
      for (let count = 0; count < 103; count++) made.push(good(await many.create(first, signal)).id)
      issueOf(made[0] ?? '').statusId = 90
      const found = good((await many.find?.(first.subject.key, signal)) ?? { kind: 'retry', message: 'cannot' })
      expect(found.map(each => each.id)).toEqual(made)
      expect(found[0]?.open).toBe(false)
    },
  )

  it('an issue that changes while the list is read does not slip past', async () => {
    const oldest = good(await connector.create(deskMessage(), signal))
    for (const issue of fake.issues) issue.updatedAt -= 3_600_000
    issueOf(oldest.id).updatedAt = 1_000
    for (let count = 0; count < 120; count++) good(await connector.create(deskMessage(), signal))
    const key = issueOf(oldest.id).fields.get(KEY_FIELD) ?? ''
    issueOf(oldest.id).updatedAt = 1_000
    const reader = listing().connector
    await reader.find?.(key, signal)
    let pages = 0
    fake.meanwhile = () => {
      pages++
      if (pages === 2) issueOf(oldest.id)
    }
    const found = await reader.find?.(key, signal)
    expect(found).toMatchObject({ kind: 'delivered', value: [{ id: oldest.id }] })
  })

  it('a dropped key field: the issue is not left behind open and nameless', async () => {
    fake.dropsField = true
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    expect(fake.issues.at(-1)?.statusId).toBe(80)
  })

  it('an issue before a moderator is no ticket', async () => {
    fake.moderates = true
    expect(await connector.create(deskMessage(), signal)).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('moderator'),
    })
  })

  it('suspected spam waits', async () => {
    fake.suspectsSpam = true
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'retry', afterMs: 900_000 })
  })

  it('a field for the serial that is not linked is told before, and does not keep a ticket from being opened', async () => {
    const steps = await connect({ ci_field: 99 }).probe(signal)
    expect(steps.filter(step => !step.ok).map(step => step.message)).toEqual([expect.stringContaining('8 Serial')])
    const first = deskMessage()
    good(await connect({ ci_field: SERIAL_FIELD }).create(first, signal))
    expect(fake.issues.at(-1)?.fields.get(SERIAL_FIELD)).toBe(first.subject.ci)
  })

  it('words and places that do not exist are told with those that do', async () => {
    const odd = connect({ priorities: { 1: 'Blocker' }, category: 'Сбой', file_max: 9_000_000 })
    const places = [
      { ...USUAL_PLACE, project: 'Склад', category: 'General' },
      { ...USUAL_PLACE, category: 'General', assignee: 'nobody' },
      { ...USUAL_PLACE, category: 'General', team: 'line 1' },
    ]
    const wrong = (await odd.probe(signal, places)).filter(step => !step.ok).map(step => step.message)
    expect(wrong).toEqual([
      expect.stringContaining('immediate'),
      expect.stringContaining('5000000'),
      expect.stringContaining('there are: General'),
      expect.stringContaining('there are:'),
      expect.stringContaining('there are: engineer'),
      expect.stringContaining('no teams'),
    ])
  })

  it('words may be given as the installation shows them', async () => {
    const shown = connect({ statuses: { solved: 'решена', reopened: 'нужен отклик', waiting: [] } })
    const ticket = good(await shown.create(deskMessage(), signal))
    good(await shown.setStatus(ticket, 'solved', deskMessage({ kind: 'solve' }), signal))
    expect(good((await shown.read?.(ticket, signal)) ?? { kind: 'retry', message: 'cannot' })?.phase).toBe('solved')
  })

  it('a placement says project, assignee and fields', async () => {
    const placement = { ...USUAL_PLACE, project: '1', assignee: ENGINEER, fields: { Serial: 'A-17' } }
    good(await connector.create(deskMessage({ placement }), signal))
    expect(fake.issues.at(-1)).toMatchObject({ handler: ENGINEER })
    expect(fake.issues.at(-1)?.fields.get(SERIAL_FIELD)).toBe('A-17')
  })
})

describe('people at the desk', () => {
  it('a priority that a person changed is not written over, and none is lowered', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    good(await connector.setPriority(ticket, later(first, 'priority', { priority: 4 }), signal))
    expect(issueOf(ticket.id).priorityId).toBe(40)
    issueOf(ticket.id).priorityId = 20
    good(await connector.setPriority(ticket, later(first, 'priority', { priority: 1 }), signal))
    expect(issueOf(ticket.id).priorityId).toBe(20)
    expect(issueOf(ticket.id).notes).toHaveLength(2)
  })

  it('a priority whose answer was lost is known for ours: the next rise is written', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    const lost = later(first, 'priority', { priority: 2 })
    good(await connector.setPriority(ticket, lost, signal))
    const again = good(await connector.setPriority(ticket, { ...lost, mayHaveArrived: true }, signal))
    good(await connector.setPriority(again, later(first, 'priority', { priority: 1 }), signal))
    expect(issueOf(ticket.id).priorityId).toBe(60)
    expect(issueOf(ticket.id).notes).toHaveLength(2)
  })

  it('an issue that a person closed counts as solved; one that a person refused comes back as rejected', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    Object.assign(issueOf(ticket.id), { statusId: 90, resolutionId: 90, duplicateOf: 1 })
    good(await connector.setStatus(ticket, 'solved', later(first, 'solve'), signal))
    expect(issueOf(ticket.id)).toMatchObject({ statusId: 90, resolutionId: 90 })
    const state = await connector.read?.(ticket, signal)
    expect(state).toMatchObject({ value: { phase: 'rejected', mergedInto: '1', status: 'закрыта' } })
  })

  it('a resolved issue needs MANAGER: below it the refusal says so', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    good(await connector.setStatus(ticket, 'solved', later(first, 'solve'), signal))
    fake.level = 55
    const steps = await connect().probe(signal)
    expect(steps.find(step => step.name === 'rights')?.message).toContain('reopening needs 70')
    expect(await connector.setStatus(ticket, 'reopened', later(first, 'reopen'), signal)).toMatchObject({
      kind: 'rejected',
      reason: 'forbidden',
      message: expect.stringContaining('MANAGER'),
    })
  })
})

describe('what went wrong', () => {
  it('a wrong token is told as that, by REST and by SOAP, and stands in no message', async () => {
    writeFileSync(join(folder, 'wrong'), 'another-secret')
    const wrong = connect({ secret: { file: join(folder, 'wrong') } })
    const outcomes = [await wrong.create(deskMessage(), signal), await wrong.probe(signal)]
    expect(outcomes[0]).toMatchObject({ kind: 'rejected', reason: 'unauthorised' })
    const gone = connect({ url: 'http://127.0.0.1:1' })
    const blocked = connect({ allow_private: false })
    const absent = connect({ secret: { file: join(folder, 'absent') } })
    const more = [
      await gone.create(deskMessage(), signal),
      await blocked.create(deskMessage(), signal),
      await absent.create(deskMessage(), signal),
    ]
    expect(more).toMatchObject([
      { kind: 'retry' },
      { kind: 'rejected', reason: 'address_blocked' },
      { kind: 'rejected', reason: 'misconfigured' },
    ])
    expect(JSON.stringify([...outcomes, ...more])).not.toMatch(/another-secret|token-of-the/)
  })
})
