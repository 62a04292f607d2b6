import { type Connector, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
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
import { type RedmineServer, redmineMissing, startRedmine } from './redmine-server.ts'

const missing = redmineMissing()
let redmine: RedmineServer
let connector: Connector

beforeAll(async () => {
  if (missing === null) redmine = await startRedmine()
}, 180_000)
afterAll(() => redmine?.stop())
beforeEach(ctx => {
  if (missing !== null) ctx.skip(missing)
  process.env['TILLWATCH_TEST_REDMINE_KEY'] = redmine.apiKey
  connector = connect()
})

function connect(more: object = {}): Connector {
  const settings = {
    kind: 'redmine',
    name: 'redmine',
    url: redmine.url,
    secret: { env: 'TILLWATCH_TEST_REDMINE_KEY' },
    project: redmine.project,
    tracker: 'Support',
    key_field: redmine.keyField,
    allow_private: true,
    ...more,
  }
  return createRedmineConnector(redmineConfig.parse(settings), createHttpClient(systemClock))
}

/** A call of a person, apart from the connector. */
async function byPerson(method: string, path: string, body?: object) {
  const headers = { 'x-redmine-api-key': redmine.personKey, 'content-type': 'application/json' }
  const answer = await fetch(`${redmine.url}${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  const text = await answer.text()
  return text.trim() === '' ? null : JSON.parse(text)
}
const change = (id: string, issue: object) => byPerson('PUT', `/issues/${id}.json`, { issue })
const people: DeskPeople = {
  setPhase: async (id, phase) => void (await change(id, { status_id: { in_work: 2, waiting: 4, closed: 5 }[phase] })),
  comment: async (id, notes, visibility) =>
    void (await change(id, { notes, private_notes: visibility === 'internal' })),
  setPriority: async (id, level) => void (await change(id, { priority_id: { 1: 5, 2: 4, 3: 3, 4: 1 }[level] })),
  assign: async id => {
    await change(id, { assigned_to_id: redmine.engineer })
    return 'Field Engineer'
  },
  remove: async id => void (await byPerson('DELETE', `/issues/${id}.json`)),
}

/** Looks with the desk's own search. */
async function seen(key: string): Promise<{ tickets: number; texts: string[]; files: string[] }> {
  const read = (path: string) => byPerson('GET', path)
  const { issues } = await read(`/issues.json?cf_${redmine.keyField}=${key}&status_id=*`)
  const texts: string[] = []
  const files: string[] = []
  for (const { id } of issues) {
    const { issue } = await read(`/issues/${id}.json?include=journals,attachments`)
    files.push(...issue.attachments.map((file: { filename: string }) => file.filename))
    texts.push(...issue.journals.map((journal: { notes: string | null }) => journal.notes ?? ''))
  }
  return { tickets: issues.length, texts, files }
}

const desk = () => ({ connector, seen, people })
const signal = new AbortController().signal

connectorContract('Redmine 5', desk)
searchableContract('Redmine 5', desk)
fileContract('Redmine 5', desk)
returnsContract('Redmine 5', desk)

describe('Redmine 5 itself', () => {
  it('the desk test creates, finds, comments and solves, each told in words', async () => {
    const result = await testDesk(connector, systemClock, Math.random, signal)
    expect(result.steps.filter(step => !step.ok)).toEqual([])
    expect(result).toMatchObject({ ok: true, url: expect.stringContaining('/issues/') })
  })

  it('a field that is not a filter is refused before it can hide a ticket', async () => {
    good(await connector.create(deskMessage(), signal))
    const steps = await connect({ key_field: redmine.unsearchableField }).probe(signal)
    expect(steps.find(step => step.name === 'key field')?.ok).toBe(false)
  })

  it('a field that no tracker has is noticed', async () => {
    const orphan = connect({ key_field: redmine.orphanField })
    const steps = await orphan.probe(signal)
    const outcome = await orphan.create(deskMessage(), signal)
    expect(steps.some(step => !step.ok) || outcome.kind === 'rejected').toBe(true)
    expect(outcome.kind).toBe('rejected')
  })

  it('a wrong key and a wrong project are told apart', async () => {
    process.env['TILLWATCH_TEST_REDMINE_KEY'] = '0'.repeat(40)
    expect(await connect().create(deskMessage(), signal)).toMatchObject({ kind: 'rejected', reason: 'unauthorised' })
    process.env['TILLWATCH_TEST_REDMINE_KEY'] = redmine.apiKey
    expect(await connect({ project: 'nowhere' }).create(deskMessage(), signal)).toMatchObject({ reason: 'not_found' })
  })

  it('a ticket goes where its placement says, and a wrong name is told with those that are there', async () => {
    const place = { ...USUAL_PLACE, type: 'Bug', category: 'Registers', assignee: 'Field Engineer' }
    const first = deskMessage({ placement: place })
    const ticket = good(await connector.create(first, signal))
    const { issue } = await byPerson('GET', `/issues/${ticket.id}.json`)
    expect(issue).toMatchObject({
      tracker: { name: 'Bug' },
      category: { name: 'Registers' },
      assigned_to: { name: 'Field Engineer' },
    })
    const wrong = await connector.probe(signal, [{ ...place, category: 'Tills' }])
    expect(wrong.filter(step => !step.ok).map(step => step.message)).toEqual([expect.stringContaining('Registers')])
  })

  it('comments are private', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    good(
      await connector.comment(
        ticket,
        { ...first, kind: 'comment', eventId: `${first.eventId}.c`, text: 'тихо' },
        signal,
      ),
    )
    const answer = await fetch(`${redmine.url}/issues/${ticket.id}.json?include=journals`, {
      headers: { 'x-redmine-api-key': redmine.apiKey },
    })
    const { issue } = JSON.parse(await answer.text())
    expect(issue.journals.at(-1)).toMatchObject({ private_notes: true })
  })
})
