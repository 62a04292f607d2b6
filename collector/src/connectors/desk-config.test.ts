import { describe, expect, it } from 'vitest'
import { parseDesks } from './desk-config.ts'

const REDMINE = {
  ...{ kind: 'redmine', name: 'desk', url: 'https://desk.example.test', secret: { env: 'KEY' } },
  ...{ project: 'tills', tracker: 'Bug', key_field: 7 },
}
const MAIL = { kind: 'email', name: 'mail', host: 'smtp.example.test', from: 'a@example.test', to: ['b@example.test'] }
const parse = (fallback: object, mail: object = MAIL) => parseDesks([{ ...REDMINE, fallback }, mail], 'collector.yaml')

describe('the way round a desk (R166)', () => {
  it('is another desk of another kind, after a quarter of an hour unless it says otherwise', () => {
    expect(parse({ desk: 'mail' })[0]?.fallback).toEqual({ desk: 'mail', after_min: 15 })
  })
  it.each([
    ['a desk that there is not', { desk: 'post' }, MAIL, /desks\.0\.fallback\.desk: there is no desk “post”/],
    ['itself', { desk: 'desk' }, MAIL, /“desk” is of the same kind/],
    ['a desk of another tenant', { desk: 'mail' }, { ...MAIL, tenants: ['other'] }, /“mail” does not hear all tenants/],
  ])('is not %s', (_what, fallback, mail, message) => {
    expect(() => parse(fallback, mail)).toThrow(message)
  })
})
