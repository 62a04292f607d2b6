import type { Connector } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import { testDesk } from '@tillwatch/collector/deliveries/desk-test'
import { systemClock } from '@tillwatch/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectorContract, deskMessage, good, searchableContract } from '../contract/connector.contract.ts'
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

/** Looks with the desk's own search, apart from the connector. */
async function seen(key: string): Promise<{ tickets: number; texts: string[] }> {
  const read = async (path: string) => {
    const answer = await fetch(`${redmine.url}${path}`, { headers: { 'x-redmine-api-key': redmine.apiKey } })
    return JSON.parse(await answer.text())
  }
  const { issues } = await read(`/issues.json?cf_${redmine.keyField}=${key}&status_id=*`)
  const texts: string[] = []
  for (const { id } of issues) {
    const { issue } = await read(`/issues/${id}.json?include=journals`)
    texts.push(...issue.journals.map((journal: { notes: string | null }) => journal.notes ?? ''))
  }
  return { tickets: issues.length, texts }
}

const desk = () => ({ connector, seen })
const signal = AbortSignal.timeout(170_000)

connectorContract('Redmine 5', desk)
searchableContract('Redmine 5', desk)

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
