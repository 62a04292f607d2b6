import { readFileSync } from 'node:fs'
import { deskConfigs } from '@tillwatch/collector/connectors/desk-config'
import { createDesks } from '@tillwatch/collector/connectors/registry'
import { ManualClock } from '@tillwatch/shared/testing'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const GUID = '0f1e2d3c-0000-4000-8000-00000000000a'

/** The desk that a page of the manual sets up. */
function documented(page: string) {
  const text = readFileSync(new URL(`../../docs/connectors/${page}.md`, import.meta.url), 'utf8')
  const settings = /```yaml\n(desks:[\s\S]+?)```/.exec(text)?.[1]
  const configs = deskConfigs.parse(parse(settings ?? '').desks)
  const [config] = configs
  const [desk] = createDesks(configs, new ManualClock())
  if (!config || !desk) throw new Error('no desk')
  return { config, connector: desk.connector, text }
}

/** What each desk sends, besides much that does not matter. */
const CALLS: readonly [page: string, body: unknown, ids: readonly string[]][] = [
  ['redmine', { payload: { action: 'updated', issue: { id: 42, subject: 'x' }, journal: { id: 7 } } }, ['42']],
  ['redmine', { type: 'issue.updated', data: { issue: { id: 42 }, journal: { id: 7 } } }, ['42']],
  ['request-tracker', { id: '42' }, ['42']],
  ['mantis', { issue: { id: 42 } }, ['42']],
  ['okdesk', { event: { event_type: 'new_comment' }, issue: { id: 42 } }, ['42']],
  ['creatio', { Id: GUID.toUpperCase() }, [GUID]],
  ['creatio', { Number: 'SR00000042' }, ['SR00000042']],
  ['itilium', { uuid: `{${GUID}}` }, [GUID]],
]

describe('R36: calls as the manual of each desk sets them up', () => {
  it.each(CALLS)('%s: %j', (page, body, ids) => {
    const { config, connector, text } = documented(page)
    expect(connector.hintsOf?.(body)).toEqual(ids)
    expect(config.inbound).toBeDefined()
    expect(text).toContain(`https://till.example/api/inbound/desks/${config.name}`)
  })

  it('any JSON at all names a bounded number of tickets, and no desk throws', () => {
    const readers = [...new Set(CALLS.map(([page]) => page))].map(page => documented(page).connector.hintsOf)
    fc.assert(
      fc.property(fc.jsonValue(), body => {
        for (const read of readers) expect(read?.(body).length).toBeLessThanOrEqual(100)
      }),
    )
  })

  it('signed words of any form are read or refused, never thrown; what is not signed is never read', () => {
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
    process.env['TILLWATCH_TEST_SIGN'] = secret
    const { config, text } = documented('webhook')
    expect(text).toContain(`https://till.example/api/inbound/desks/${config.name}`)
    const [desk] = createDesks([{ ...config, inbound: { secret: { env: 'TILLWATCH_TEST_SIGN' } } }], new ManualClock())
    const read = (headers: Record<string, string | string[] | undefined>, body: string) =>
      desk?.connector.newsOf?.({ headers, body }, 0)
    const header = fc.option(fc.oneof(fc.string(), fc.array(fc.string()), fc.constant('0')), { nil: undefined })
    const headers = fc.record({ 'webhook-id': header, 'webhook-timestamp': header, 'webhook-signature': header })
    fc.assert(
      fc.property(headers, fc.json(), (said, body) => {
        expect(read(said, body)).toMatchObject({ kind: 'rejected', reason: 'unauthorised' })
      }),
    )
    const signed = (body: string) => ({
      'webhook-id': 'e1',
      'webhook-timestamp': '0',
      'webhook-signature': new Webhook(secret).sign('e1', new Date(0), body),
    })
    const data = fc.record(
      {
        ...{ key: fc.string(), externalId: fc.jsonValue(), status: fc.constantFrom('solved', 'in_work', 'x') },
        ...{ comment: fc.string(), author: fc.string(), assignee: fc.option(fc.string()), priority: fc.nat(5) },
      },
      { requiredKeys: [] },
    )
    const update = fc.record({ type: fc.constant('ticket.updated'), data })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          update.map(each => JSON.stringify(each)),
        ),
        body => {
          const told = read(signed(body), body)
          if (told?.kind === 'rejected') expect(told.reason).toBe('invalid')
          else for (const news of told?.kind === 'delivered' ? told.value : []) expect(news.ticketId).not.toBe('')
        },
      ),
    )
  })

  it.each(['email', 'telegram'])('%s does not call, and its settings say so', page => {
    const text = readFileSync(new URL(`../../docs/connectors/${page}.md`, import.meta.url), 'utf8')
    const { desks } = parse(/```yaml\n(desks:[\s\S]+?)```/.exec(text)?.[1] ?? '')
    const calling = desks.map((desk: object) => ({ ...desk, inbound: { secret: { env: 'X' } } }))
    expect(() => deskConfigs.parse(calling)).toThrow(/a desk of kind \w+ does not call/)
  })
})
