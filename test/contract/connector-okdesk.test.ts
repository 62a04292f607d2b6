import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Connector, type DeskMessage, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { okdeskConfig } from '@tillwatch/collector/connectors/okdesk/config'
import { createOkdeskConnector } from '@tillwatch/collector/connectors/okdesk/connector'
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
  ATTRIBUTES,
  AUTHOR,
  DEVICE,
  ENGINEER,
  emptyOkdesk,
  type FakeOkdesk,
  KEY,
  startFakeOkdesk,
} from './desks/okdesk.ts'

let fake: FakeOkdesk
let folder: string
let connector: Connector

beforeAll(async () => {
  fake = await startFakeOkdesk()
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-okdesk-'))
  writeFileSync(join(folder, 'key'), `${KEY}\n`, { mode: 0o600 })
})
afterAll(async () => {
  await fake.stop()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  const { issues: _, ...switches } = emptyOkdesk()
  Object.assign(fake, switches, { faults: [] })
  fake.requests.length = 0
  connector = connect()
})

function connect(more: object = {}): Connector {
  const settings = {
    kind: 'okdesk',
    name: 'desk',
    url: fake.url,
    secret: { file: join(folder, 'key') },
    author_id: AUTHOR,
    key_attribute: ATTRIBUTES.key,
    allow_private: true,
    ...more,
  }
  return createOkdeskConnector(okdeskConfig.parse(settings), createHttpClient(systemClock, 2_000))
}

const seen = async (key: string) => {
  const issues = fake.issues.filter(issue => issue.attributes.get(ATTRIBUTES.key) === key)
  const comments = issues.flatMap(issue => issue.comments)
  return {
    tickets: issues.length,
    texts: comments.map(each => each.content),
    files: comments.flatMap(each => each.files),
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
    issueOf(id).status = { in_work: 'in_progress', waiting: 'delayed', closed: 'closed' }[phase]
  },
  comment: async (id, text, visibility) => {
    const content = `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</p>`
    issueOf(id).comments.push({ content, isPublic: visibility === 'public', files: [] })
  },
  setPriority: async (id, level) => {
    issueOf(id).priority = { 1: 'highest', 2: 'high', 3: 'normal', 4: 'low' }[level]
  },
  assign: async id => {
    issueOf(id).assignee = ENGINEER
    return ENGINEER
  },
  remove: async id => void fake.issues.splice(fake.issues.indexOf(issueOf(id)), 1),
}
const desk = () => ({ connector, seen, people })
const signal = new AbortController().signal
const later = (first: DeskMessage, kind: DeskMessage['kind'], more: Partial<DeskMessage> = {}): DeskMessage => ({
  ...deskMessage({ kind, subject: first.subject }),
  ...more,
})
const opened = async (by = connector) => {
  const first = deskMessage()
  return { first, ticket: good(await by.create(first, signal)) }
}

connectorContract('Okdesk imitation', desk)
searchableContract('Okdesk imitation', desk)
fileContract('Okdesk imitation', desk)
returnsContract('Okdesk imitation', desk)
refusalContract('Okdesk imitation', () => ({
  ...desk(),
  refusing: () => {
    fake.hidesAttributes = true
    return connect({ ci_attribute: ATTRIBUTES.flag })
  },
}))
changeContract('Okdesk imitation', () => ({ ...desk(), imitation: fake }))
secrecyContract('Okdesk imitation', () => ({
  ...desk(),
  expose: () => {
    fake.exposesNotes = true
  },
}))
awayContract('Okdesk imitation', () => ({
  ...desk(),
  away: stranger => {
    fake.away = stranger
  },
}))
faultContract('Okdesk imitation', () => ({ ...desk(), imitation: fake }))

describe('an Okdesk full of traps', () => {
  it('a status that is answered well and not entered is seen by reading back', async () => {
    const { first, ticket } = await opened()
    fake.keptFrom.add('completed')
    expect(await connector.setStatus(ticket, 'solved', later(first, 'solve'), signal)).toMatchObject({
      kind: 'rejected',
      reason: 'change_refused',
      message: expect.stringContaining('opened'),
    })
  })

  it.each([false, true])(
    'a way that the account forbids is told, or gone round where the settings know how (200: %s)',
    async lies => {
      fake.refusesWith200 = lies
      fake.ways = new Map([['opened', ['in_progress']]])
      fake.wantsComment.add('in_progress')
      const { first, ticket } = await opened()
      expect(await connector.setStatus(ticket, 'solved', later(first, 'solve'), signal)).toMatchObject({
        kind: 'rejected',
        reason: 'change_refused',
        message: expect.stringContaining('запрещён'),
      })
      const knowing = connect({ statuses: { through: { solved: ['in_progress'] } } })
      good(await knowing.setStatus(ticket, 'solved', later(first, 'solve'), signal))
      expect(issueOf(ticket.id).status).toBe('completed')
    },
  )

  it('a status that demands a comment gets one, which does not come back as news', async () => {
    fake.wantsComment.add('completed')
    const { first, ticket } = await opened()
    good(await connector.setStatus(ticket, 'solved', later(first, 'solve'), signal))
    const state = good((await connector.read?.(ticket, signal)) ?? { kind: 'retry', message: 'cannot' })
    expect(state?.comments.map(each => each.ours)).toEqual([true, true])
  })

  it('a create that is answered and not kept is seen by looking at it', async () => {
    fake.faults = [{ on: 'create', how: 'forgotten' }]
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'unknown' })
  })

  it('a search by parts finds strangers: only what carries the very key counts', async () => {
    const { first, ticket } = await opened()
    issueOf(ticket.id).attributes.set(ATTRIBUTES.key, `${first.subject.key}0`)
    expect(await connector.find?.(first.subject.key, signal)).toMatchObject({ kind: 'delivered', value: [] })
  })

  it('an ignored filter returns strangers: neither found nor "none"', async () => {
    await opened()
    fake.ignoresFilter = true
    expect(await connector.find?.('tw-mine', signal)).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    const steps = await connect().probe(signal)
    expect(steps.find(step => step.name === 'search by key')).toMatchObject({ ok: false })
  })

  it('every issue of a key is found, oldest first', async () => {
    const first = deskMessage()
    const made = [good(await connector.create(first, signal)).id, good(await connector.create(first, signal)).id]
    const found = good((await connector.find?.(first.subject.key, signal)) ?? { kind: 'retry', message: 'cannot' })
    expect(found.map(each => each.id)).toEqual(made)
  })

  it('a dropped key: the issue is not left behind open and nameless', async () => {
    fake.dropsKey = true
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    expect(fake.issues.at(-1)?.status).toBe('completed')
  })

  it('codes that do not exist are told with those that do', async () => {
    const odd = connect({ priorities: { 1: 'critical' }, statuses: { solved: 'done' }, ci_attribute: ATTRIBUTES.flag })
    const wrong = (await odd.probe(signal)).filter(step => !step.ok).map(step => step.message)
    expect(wrong).toEqual([
      expect.stringContaining('completed (Решена)'),
      expect.stringContaining('highest (Наивысший)'),
      expect.stringContaining('ftcheckbox'),
    ])
    const places = [
      { ...USUAL_PLACE, category: 'Касса' },
      { ...USUAL_PLACE, assignee: 'Петров' },
      { ...USUAL_PLACE, fields: { colour: 'red' } },
    ]
    const unplaced = (await connector.probe(signal, places)).filter(step => !step.ok).map(step => step.message)
    expect(unplaced).toEqual([
      expect.stringContaining('no categories'),
      expect.stringContaining('number of the employee'),
      expect.stringContaining('tillwatch, serial'),
    ])
  })

  it('an account that does not list its attributes is proved by the search alone', async () => {
    fake.hidesAttributes = true
    expect((await connector.probe(signal)).filter(step => !step.ok)).toEqual([])
  })

  it('a serial that the attribute does not take does not keep the ticket from being opened', async () => {
    fake.hidesAttributes = true
    const { ticket } = await opened(connect({ ci_attribute: ATTRIBUTES.flag }))
    expect(issueOf(ticket.id).attributes.has(ATTRIBUTES.flag)).toBe(false)
  })

  it('a placement says company, type, assignee and attributes', async () => {
    const placement = { ...USUAL_PLACE, project: '40', type: 'service', assignee: '4', fields: { raised: 'x' } }
    const ticket = good(await connect({ company: 7 }).create(deskMessage({ placement }), signal))
    expect(issueOf(ticket.id)).toMatchObject({ companyId: 40, type: 'service', assignee: ENGINEER })
  })

  it('texts are HTML: what looks like markup arrives as it was written', async () => {
    const { first, ticket } = await opened()
    good(await connector.comment(ticket, later(first, 'comment', { text: 'a < b & c\nвторая' }), signal))
    expect(issueOf(ticket.id).comments[0]?.content).toContain('a &lt; b &amp; c<br>вторая')
    good(await connector.create(deskMessage({ text: 'a < b\nвторая' }), signal))
    expect(fake.issues.at(-1)?.description).toContain('a &lt; b<br>вторая')
    good(await connect({ description: 'text' }).create(deskMessage({ text: 'a < b\nвторая' }), signal))
    expect(fake.issues.at(-1)?.description).toContain('a < b\nвторая')
    const stranger = await connect({ author_id: 99 }).comment(ticket, later(first, 'comment'), signal)
    expect(stranger).toMatchObject({
      kind: 'rejected',
      reason: 'invalid',
      message: expect.stringContaining('author_id'),
    })
  })

  it('a file whose name the desk writes otherwise is still added once', async () => {
    fake.renamesFiles = true
    const { first, ticket } = await opened()
    const file = { name: 'tillwatch-1-очередь.png', type: 'image/png', bytes: Uint8Array.of(1, 2, 3) }
    good((await connector.attach?.(ticket, file, signal)) ?? { kind: 'retry', message: 'cannot' })
    good((await connector.attach?.(ticket, file, signal)) ?? { kind: 'retry', message: 'cannot' })
    expect((await seen(first.subject.key)).files).toHaveLength(1)
    expect(issueOf(ticket.id).comments[0]?.isPublic).toBe(false)
  })

  it('a list that is not sorted as it was asked is not taken for news', async () => {
    await opened()
    for (const issue of fake.issues) issue.updatedAt -= 60_000
    await opened()
    fake.sortsOtherwise = true
    expect(await connector.changedSince?.('', signal)).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
  })
})

describe('the priority, which cannot be changed from outside', () => {
  const rising = () => connect({ priority_attribute: ATTRIBUTES.raised })
  const raisedOf = (id: string) => issueOf(id).attributes.get(ATTRIBUTES.raised)

  it.each(['POST', 'PATCH'] as const)('is told in a comment and in an attribute by %s', async verb => {
    fake.verb = verb
    const { first, ticket } = await opened(rising())
    const raised = good(await rising().setPriority(ticket, later(first, 'priority', { priority: 2 }), signal))
    expect(raisedOf(ticket.id)).toBe('high')
    good(await rising().setPriority(raised, later(first, 'priority', { priority: 1 }), signal))
    expect(raisedOf(ticket.id)).toBe('highest')
    expect(issueOf(ticket.id)).toMatchObject({ priority: 'normal' })
    expect(issueOf(ticket.id).comments).toHaveLength(2)
  })

  it('an attribute or a priority that a person changed is not written over, and none is lowered', async () => {
    const { first, ticket } = await opened(rising())
    good(await rising().setPriority(ticket, later(first, 'priority', { priority: 4 }), signal))
    expect(raisedOf(ticket.id)).toBeUndefined()
    issueOf(ticket.id).attributes.set(ATTRIBUTES.raised, 'low')
    good(await rising().setPriority(ticket, later(first, 'priority', { priority: 1 }), signal))
    expect(raisedOf(ticket.id)).toBe('low')
    const second = await opened(rising())
    issueOf(second.ticket.id).priority = 'low'
    good(await rising().setPriority(second.ticket, later(second.first, 'priority', { priority: 1 }), signal))
    expect(raisedOf(second.ticket.id)).toBeUndefined()
  })

  it('a repeat says it once', async () => {
    const { first, ticket } = await opened(rising())
    const rise = later(first, 'priority', { priority: 1 })
    good(await rising().setPriority(ticket, rise, signal))
    good(await rising().setPriority(ticket, { ...rise, mayHaveArrived: true }, signal))
    expect(issueOf(ticket.id).comments).toHaveLength(1)
  })
})

describe('the device in the list of equipment', () => {
  const subject = { ...deskMessage().subject, ci: `ШТРИХ-М ${DEVICE.serial}` }
  const link = async (ticket: { id: string }, serial: string) =>
    good(
      (await connector.linkItem?.(
        { number: null, url: null, written: {}, ...ticket },
        { kind: 'register', serial },
        signal,
      )) ?? {
        kind: 'retry',
        message: 'cannot',
      },
    )

  it('a new issue is tied to it', async () => {
    const ticket = good(await connector.create(deskMessage({ subject }), signal))
    expect(issueOf(ticket.id).equipmentIds).toEqual([DEVICE.id])
    expect(await link(ticket, DEVICE.serial)).toBe(true)
    expect(issueOf(ticket.id).comments).toEqual([])
    good(await connect({ equipment: false }).create(deskMessage({ subject }), signal))
    expect(fake.issues.at(-1)?.equipmentIds).toEqual([])
  })

  it('an old issue gets the way to it once; an unknown one is told as unknown', async () => {
    const { ticket } = await opened()
    expect(await link(ticket, DEVICE.serial)).toBe(true)
    expect(await link(ticket, DEVICE.serial)).toBe(true)
    expect(issueOf(ticket.id).comments.map(each => each.content)).toEqual([
      expect.stringContaining(`/equipments/${DEVICE.id}`),
    ])
    expect(await link(ticket, 'unknown')).toBe(false)
  })
})

describe('people at the desk', () => {
  it('an issue that a person closed counts as solved, and is rated', async () => {
    const { first, ticket } = await opened()
    Object.assign(issueOf(ticket.id), { status: 'closed', rate: 'good' })
    good(await connector.setStatus(ticket, 'solved', later(first, 'solve'), signal))
    expect(issueOf(ticket.id).status).toBe('closed')
    expect(await connector.read?.(ticket, signal)).toMatchObject({ value: { rating: 5, phase: 'closed' } })
  })

  it('a call of the desk names the issue to look at', () => {
    const call = { event: { event_type: 'new_comment', author: { id: 5 } }, issue: { id: 153, title: 'x' } }
    expect(connector.hintsOf?.(call)).toEqual(['153'])
    for (const odd of [null, 'x', {}, { issue: { id: '1;2' } }, { issue: null }])
      expect(connector.hintsOf?.(odd)).toEqual([])
  })
})

describe('what went wrong', () => {
  it('no message holds the key, although it stands in every address and the desk repeats them', async () => {
    const { first, ticket } = await opened()
    fake.echoes = true
    fake.ways = new Map([['opened', []]])
    const outcomes = [
      await connector.setStatus(ticket, 'solved', later(first, 'solve'), signal),
      await connect({ type: 'x', url: 'http://127.0.0.1:1' }).create(deskMessage(), signal),
      await connect({ allow_private: false }).probe(signal),
      await connect({ url: `${fake.url}/elsewhere` }).probe(signal),
      await connect({ secret: { file: join(folder, 'absent') } }).create(deskMessage(), signal),
    ]
    expect(outcomes[0]).toMatchObject({ kind: 'rejected', message: expect.stringContaining('api_token=***') })
    expect(outcomes[1]).toMatchObject({ kind: 'retry' })
    expect(outcomes[4]).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    writeFileSync(join(folder, 'wrong'), 'another-secret')
    outcomes.push(await connect({ secret: { file: join(folder, 'wrong') } }).create(deskMessage(), signal))
    expect(outcomes[5]).toMatchObject({ kind: 'rejected', reason: 'unauthorised' })
    expect(JSON.stringify(outcomes)).not.toMatch(/key-of-the|another-secret/)
  })
})
