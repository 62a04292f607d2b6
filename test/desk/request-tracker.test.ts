import { type Connector, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { requestTrackerConfig } from '@tillwatch/collector/connectors/request-tracker/config'
import { createRequestTrackerConnector } from '@tillwatch/collector/connectors/request-tracker/connector'
import { testDesk } from '@tillwatch/collector/deliveries/desk-test'
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
} from '../contract/connector.contract.ts'
import { awayContract } from '../contract/connector-lies.contract.ts'
import { type RequestTrackerServer, requestTrackerMissing, startRequestTracker } from './request-tracker-server.ts'

const TOKEN = 'TILLWATCH_TEST_RT_TOKEN'
const missing = requestTrackerMissing()
let tracker: RequestTrackerServer
let connector: Connector
/** What answers at the desk's address instead of it; null: the desk. */
let stranger: { readonly status: number; readonly text: string } | null = null

beforeAll(async () => {
  if (missing === null) tracker = await startRequestTracker()
}, 180_000)
afterAll(() => tracker?.stop())
beforeEach(ctx => {
  if (missing !== null) ctx.skip(missing)
  process.env[TOKEN] = tracker.token
  connector ??= connect()
})

/** A connector with these settings, for which the desk is busy when it is asked for some paths. */
function connect(more: object = {}, busy: (path: string) => boolean = () => false): Connector {
  const settings = {
    kind: 'request-tracker',
    name: 'tracker',
    url: tracker.url,
    secret: { env: TOKEN },
    queue: tracker.queue,
    key_field: tracker.keyField,
    allow_private: true,
    ...more,
  }
  const http = createHttpClient(systemClock)
  const send: typeof http.send = async (request, stop) => {
    if (stranger) return { kind: 'answer', ...stranger, headers: {}, retryAfterMs: null }
    return request.method === 'GET' && busy(new URL(request.url).pathname.replace('/REST/2.0', ''))
      ? { kind: 'answer', status: 503, text: '', headers: {}, retryAfterMs: null }
      : http.send(request, stop)
  }
  return createRequestTrackerConnector(requestTrackerConfig.parse(settings), { send })
}

/** A call of a person, apart from the connector. */
async function byPerson(method: string, path: string, body?: object) {
  const headers = { authorization: `token ${tracker.personToken}`, 'content-type': 'application/json' }
  const answer = await fetch(`${tracker.url}/REST/2.0${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  const text = await answer.text()
  return text.trim() === '' ? null : JSON.parse(text)
}
const change = (id: string, fields: object) => byPerson('PUT', `/ticket/${id}`, fields)
const people: DeskPeople = {
  setPhase: async (id, phase) =>
    void (await change(id, { Status: { in_work: 'open', waiting: 'stalled', closed: 'resolved' }[phase] })),
  comment: async (id, text, visibility) => {
    const way = visibility === 'internal' ? 'comment' : 'correspond'
    await byPerson('POST', `/ticket/${id}/${way}`, { Content: text, ContentType: 'text/plain' })
  },
  setPriority: async (id, level) => void (await change(id, { Priority: { 1: 100, 2: 80, 3: 50, 4: 20 }[level] })),
  assign: async id => {
    await change(id, { Owner: tracker.engineer })
    return tracker.engineer
  },
  remove: async id => void (await byPerson('DELETE', `/ticket/${id}`)),
}

/** Looks with the desk's own search. */
async function seen(key: string): Promise<{ tickets: number; texts: string[]; files: string[] }> {
  const query = encodeURIComponent(`'CF.{${tracker.keyField}}' = '${key}'`)
  const { items } = await byPerson('GET', `/tickets?query=${query}`)
  const parts: { Content: string; Filename: string }[] = []
  for (const { id } of items) {
    const found = await byPerson('GET', `/ticket/${id}/attachments?fields=Content,Filename&per_page=100`)
    parts.push(...found.items)
  }
  const files = parts.map(part => part.Filename).filter(name => name !== '')
  return { tickets: items.length, texts: parts.filter(part => part.Filename === '').map(part => part.Content), files }
}

const desk = () => ({ connector, seen, people })
const signal = new AbortController().signal
const opened = async (more: Parameters<typeof deskMessage>[0] = {}) => {
  const first = deskMessage(more)
  return { first, ticket: good(await connector.create(first, signal)) }
}
/** The next thing to tell of the same incident. */
const after = (first: ReturnType<typeof deskMessage>, kind: 'comment' | 'priority' | 'solve' | 'reopen') => ({
  ...first,
  kind,
  eventId: `${first.eventId}.${kind}`,
})
const read = (id: string) => byPerson('GET', `/ticket/${id}`)

connectorContract('Request Tracker 5', desk)
searchableContract('Request Tracker 5', desk)
fileContract('Request Tracker 5', desk)
returnsContract('Request Tracker 5', desk)
awayContract('Request Tracker 5', () => ({
  ...desk(),
  away: other => {
    stranger = other
  },
}))

describe('what Request Tracker 5 says and does not do', () => {
  it('the desk test creates, finds, comments and solves, each told in words', async () => {
    const result = await testDesk(connector, systemClock, Math.random, signal)
    expect(result.steps.filter(step => !step.ok)).toEqual([])
    expect(result).toMatchObject({ ok: true, url: expect.stringContaining('/Ticket/Display.html?id=') })
  })

  it('names that do not exist are told with those that do', async () => {
    const wrong = async (more: object) =>
      (await connect(more).probe(signal)).filter(step => !step.ok).map(step => step.message)
    expect((await wrong({ queue: 'Nowhere' }))[0]).toContain(`there are: Archive`)
    expect((await wrong({ key_field: 'Key' }))[0]).toContain(tracker.keyField)
    expect((await wrong({ key_field: tracker.orphanField }))[0]).toContain('apply it to the queue')
    expect((await wrong({ assets: { catalog: 'Tills' } }))[0]).toContain(tracker.catalog)
  })

  it('a wrong token is told, and no message holds it', async () => {
    process.env[TOKEN] = '1-1-deadbeefdeadbeef'
    const refused = await connect().create(deskMessage(), signal)
    expect(refused).toMatchObject({ kind: 'rejected', reason: 'unauthorised' })
    expect(JSON.stringify(refused)).not.toContain('deadbeef')
  })

  it('an unknown status is answered 200 with a sentence: the refusal is seen, told with that sentence, and leaves no traces', async () => {
    const { first, ticket } = await opened()
    const wrong = connect({ statuses: { solved: 'nonsense' } })
    const outcome = await wrong.setStatus(ticket, 'solved', after(first, 'solve'), signal)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'change_refused',
      message: expect.stringMatching(/isn't a valid status.*resolved/s),
    })
    expect((await read(ticket.id)).Status).toBe('new')
  })

  it('a life cycle without the direct way is walked through work', async () => {
    const { first, ticket } = await opened({ placement: { ...USUAL_PLACE, project: tracker.strictQueue } })
    good(await connector.setStatus(ticket, 'solved', after(first, 'solve'), signal))
    expect((await read(ticket.id)).Status).toBe('resolved')
  })

  it('a subject is cut after 200 bytes: ours fits and ends with its mark', async () => {
    const { ticket } = await opened({ title: 'щ'.repeat(300) })
    const { Subject } = await read(ticket.id)
    expect(Subject).toBe(`${'щ'.repeat(98)}…`)
  })

  it('a search by a field that is not there finds nothing: it counts as failed, never as "none"', async () => {
    const { first } = await opened()
    expect(await connect({ key_field: 'Renamed' }).find?.(first.subject.key, signal)).toMatchObject({
      kind: 'rejected',
      reason: 'misconfigured',
    })
  })

  it('a key field that the account may not write is dropped with 201: the ticket is not left open and nameless', async () => {
    const outcome = await connect({ queue: tracker.lockedQueue }).create(deskMessage(), signal)
    expect(outcome).toMatchObject({ reason: 'misconfigured', message: expect.stringContaining('ModifyCustomField') })
    const { items } = await byPerson('GET', `/tickets?query=Queue%3D%27${tracker.lockedQueue}%27&fields=Status`)
    expect(items.map((item: { Status: string }) => item.Status)).toEqual(['resolved'])
  })

  it('the search takes capitals for small letters: a ticket of such another key is not ours', async () => {
    const { first } = await opened()
    expect(good((await connector.find?.(first.subject.key.toUpperCase(), signal)) ?? never())).toEqual([])
  })

  it('a create and a comment that cannot be looked at are unknown', async () => {
    const { first, ticket } = await opened()
    const blind = connect({}, path => path.startsWith('/ticket/'))
    expect(await blind.create(deskMessage(), signal)).toMatchObject({ kind: 'unknown' })
    const deaf = connect({}, path => path.endsWith('/history'))
    expect(await deaf.comment(ticket, after(first, 'comment'), signal)).toMatchObject({ kind: 'unknown' })
  })

  it('a public answer neither takes a new ticket into work nor reopens a solved one', async () => {
    const { first, ticket } = await opened()
    const answer = { ...after(first, 'comment'), visibility: 'public' as const }
    good(await connector.comment(ticket, answer, signal))
    expect((await read(ticket.id)).Status).toBe('new')
    good(await connector.setStatus(ticket, 'solved', { ...after(first, 'solve'), visibility: 'public' }, signal))
    expect((await read(ticket.id)).Status).toBe('resolved')
    const state = good((await connector.read?.(ticket, signal)) ?? never())
    expect(state?.comments.map(comment => [comment.ours, comment.internal])).toEqual([
      [true, false],
      [true, false],
    ])
  })

  it('a file with a Russian name arrives, once', async () => {
    const { first, ticket } = await opened()
    const file = { name: 'журнал.txt', type: 'text/plain', bytes: Buffer.from('строка') }
    good((await connector.attach?.(ticket, file, signal)) ?? never())
    good((await connector.attach?.(ticket, file, signal)) ?? never())
    expect((await seen(first.subject.key)).files).toEqual([`${encodeURIComponent('журнал')}.txt`])
  })
})

describe('people at Request Tracker 5', () => {
  it('a priority that a person set is not written over, nor one of ours lowered', async () => {
    const { first, ticket } = await opened()
    const lower = { ...after(first, 'priority'), priority: 4 as const }
    good(await connector.setPriority(ticket, lower, signal))
    expect((await read(ticket.id)).Priority).toBe('50')
    await change(ticket.id, { Priority: 'Low' })
    good(await connector.setPriority(ticket, { ...lower, priority: 1, eventId: `${first.eventId}.p` }, signal))
    expect((await read(ticket.id)).Priority).toBe('0')
    expect(good((await connector.read?.(ticket, signal)) ?? never())).toMatchObject({ priority: 4 })
  })

  it('a ticket that was moved is found in any queue, with the key field or without', async () => {
    const { first, ticket } = await opened()
    for (const Queue of [tracker.secondQueue, tracker.bareQueue]) {
      await change(ticket.id, { Queue })
      const found = good((await connector.find?.(first.subject.key, signal)) ?? never())
      expect(found.map(each => [each.id, each.open])).toEqual([[ticket.id, true]])
    }
    await change(ticket.id, { Queue: tracker.closedQueue })
    expect(await connector.read?.(ticket, signal)).toMatchObject({ kind: 'rejected', reason: 'forbidden' })
  })

  it('a merged ticket is found, tells where it went, and its new ticket is told but not closed by us', async () => {
    const { first, ticket } = await opened()
    const { id: target } = await byPerson('POST', '/ticket', {
      Queue: tracker.queue,
      Subject: 'All tills',
      Content: '?',
    })
    const start = good((await connector.changedSince?.(null, signal)) ?? never())
    await change(ticket.id, { MergeInto: target })
    expect(good((await connector.read?.(ticket, signal)) ?? never())).toMatchObject({
      mergedInto: target,
      phase: 'open',
    })
    const found = good((await connector.find?.(first.subject.key, signal)) ?? never())
    expect(found.map(each => [each.id, each.open])).toEqual([[ticket.id, true]])
    good(await connector.setStatus(ticket, 'solved', { ...after(first, 'solve'), text: 'Прошло само' }, signal))
    expect(await read(target)).toMatchObject({ Status: 'new' })
    const changes = good((await connector.changedSince?.(start.cursor, signal)) ?? never())
    expect(changes.ids).toEqual(expect.arrayContaining([ticket.id, target]))
    await change(target, { Status: 'resolved' })
    const later = good((await connector.changedSince?.(changes.cursor, signal)) ?? never())
    expect(later.ids).toContain(ticket.id)
    expect(good((await connector.read?.(ticket, signal)) ?? never())).toMatchObject({ phase: 'solved' })
  })

  it('two tickets of one key that people merged are one', async () => {
    const { first, ticket } = await opened()
    const { id: twin } = good(await connector.create(first, signal))
    await change(ticket.id, { MergeInto: twin })
    const found = good((await connector.find?.(first.subject.key, signal)) ?? never())
    expect(found.map(each => each.id)).toEqual([twin])
  })

  it('changes are told by the second, although the account lives in another time zone than the desk', async () => {
    const { ticket: old } = await opened()
    await new Promise(resolve => setTimeout(resolve, 2_000))
    const { ticket } = await opened()
    const { LastUpdated } = await read(ticket.id)
    const changes = good((await connector.changedSince?.(LastUpdated, signal)) ?? never())
    expect(changes.ids).toEqual([ticket.id])
    expect(changes.ids).not.toContain(old.id)
  })

  it('a ticket goes where its placement says; names that the desk would drop are told', async () => {
    const { engineer, group, secondQueue, serialField, twinQueue } = tracker
    const place = { ...USUAL_PLACE, assignee: engineer, team: group, fields: { [serialField]: '0001' } }
    const { ticket } = await opened({ placement: place })
    const made = await read(ticket.id)
    expect(made).toMatchObject({ Owner: { id: engineer }, AdminCc: [{ type: 'group' }] })
    expect(made.CustomFields.find((field: { name: string }) => field.name === serialField).values).toEqual(['0001'])
    const wrong = [
      { ...place, project: secondQueue },
      { ...place, assignee: 'nobody-here' },
      { ...place, team: 'Nobody' },
      { ...place, category: 'Tills' },
      { ...USUAL_PLACE, project: twinQueue },
    ]
    const told = (await connector.probe(signal, wrong)).filter(step => !step.ok).map(step => step.message)
    expect(told).toEqual([
      expect.stringContaining(tracker.keyField),
      expect.stringContaining('nobody-here'),
      expect.stringContaining('SeeGroup'),
      expect.stringContaining('use a queue'),
      expect.stringContaining('another field of that name'),
    ])
  })

  it('a ticket is tied to the asset with the serial number, and only to one that is there', async () => {
    const { assetField, catalog } = tracker
    const linking = connect({ assets: { catalog, serial_field: assetField } })
    const asset = { Name: 'Касса 2', Catalog: catalog, CustomFields: { [assetField]: "00'77" } }
    const { id } = await byPerson('POST', '/asset', asset)
    const { ticket } = await opened()
    const link = async (serial: string) =>
      good((await linking.linkItem?.(ticket, { kind: 'register', serial }, signal)) ?? never())
    expect(await link('00999')).toBe(false)
    expect([await link("00'77"), await link("00'77")]).toEqual([true, true])
    const links = (await read(ticket.id))._hyperlinks.filter((each: { ref: string }) => each.ref === 'refers-to')
    expect(links.map((each: { id: string }) => each.id)).toEqual([id])
    const steps = await linking.probe(signal)
    expect(steps.filter(step => !step.ok)).toEqual([])
  })
})

function never(): never {
  throw new Error('the connector lacks it')
}
