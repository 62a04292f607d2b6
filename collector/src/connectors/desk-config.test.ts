import { describe, expect, it } from 'vitest'
import { deskConfigs } from './desk-config.ts'

const REDMINE = {
  ...{ kind: 'redmine', name: 'desk', url: 'https://desk.example.test', secret: { env: 'KEY' } },
  ...{ project: 'tills', tracker: 'Bug', key_field: 7 },
}
const MAIL = { kind: 'email', name: 'mail', host: 'smtp.example.test', from: 'a@example.test', to: ['b@example.test'] }
const parse = (fallback: object, mail: object = MAIL) => deskConfigs.parse([{ ...REDMINE, fallback }, mail])

describe('the way round a desk (R166)', () => {
  it('is another desk of another kind, after a quarter of an hour unless it says otherwise', () => {
    expect(parse({ desk: 'mail' })[0]?.fallback).toEqual({ desk: 'mail', after_min: 15 })
  })
  it.each([
    ['a desk that there is not', { desk: 'post' }, MAIL, /there is no desk “post”/],
    ['itself', { desk: 'desk' }, MAIL, /“desk” is of the same kind/],
    ['a desk of another tenant', { desk: 'mail' }, { ...MAIL, tenants: ['other'] }, /“mail” does not hear all tenants/],
  ])('is not %s', (_what, fallback, mail, message) => {
    expect(() => parse(fallback, mail)).toThrow(message)
  })
})

describe('the pace of a desk', () => {
  it('is at least one call in a hundred seconds: a longer wait is no pace, and timers have an end', () => {
    const chat = { kind: 'telegram', name: 'chat', secret: { env: 'TOKEN' }, chat_id: -5 }
    for (const desk of [REDMINE, chat]) {
      expect(deskConfigs.parse([{ ...desk, rate_per_s: 0.01 }])[0]?.rate_per_s).toBe(0.01)
      expect(() => deskConfigs.parse([{ ...desk, rate_per_s: 1e-9 }])).toThrow(/rate_per_s/)
    }
  })
})

describe('the secret of calls', () => {
  it('is each desk’s own: what one signs must not be believed for another, which may hear other tenants', () => {
    const hook = (name: string, env: string) => ({
      ...{ kind: 'webhook', name, url: 'https://desk.example.test', secret: { env: 'SIGN' }, tenants: [name] },
      inbound: { secret: { env } },
    })
    expect(deskConfigs.parse([hook('one', 'A'), hook('two', 'B')])).toHaveLength(2)
    expect(() => deskConfigs.parse([hook('one', 'A'), hook('two', 'A')])).toThrow(/“one”.*one of its own/)
  })
})
