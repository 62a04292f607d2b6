import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hintsAt } from './desk-hints.ts'

const hints = hintsAt('id', 'issue.id', 'payload.issue.id')

describe('R36: which tickets a call of a desk is about', () => {
  it.each([
    ['a number', { issue: { id: 42, subject: 'x' } }, ['42']],
    ['a text', { id: '42' }, ['42']],
    ['deep inside', { payload: { action: 'updated', issue: { id: 7 } } }, ['7']],
    ['several at once', { id: [1, '2', null, '2'] }, ['1', '2']],
    ['said twice', { id: 5, issue: { id: '5' } }, ['5']],
    [
      'a GUID in any letters',
      { id: '{0F1E2D3C-0000-4000-8000-00000000000A}' },
      ['0f1e2d3c-0000-4000-8000-00000000000a'],
    ],
    ['a number with letters', { id: 'SR-00017' }, ['SR-00017']],
    ['Cyrillic', { id: 'ИНЦ-17' }, ['ИНЦ-17']],
  ])('%s', (_name, body, found) => expect(hints(body)).toEqual(found))

  it.each([
    ['nothing', null],
    ['a text', 'id'],
    ['a list', [{ id: 1 }]],
    ['a foreign member', { user: { id: 1 } }],
    ['a path', { id: '../../1' }],
    ['a query', { id: '1 OR 1=1' }],
    ['a negative number', { id: -1 }],
    ['half a number', { id: 1.5 }],
    ['a long text', { id: 'x'.repeat(65) }],
    ['an inherited member', Object.create({ id: 1 })],
    ['too many', { id: Array.from({ length: 101 }, (_, index) => index) }],
  ])('%s names none', (_name, body) => expect(hints(body)).toEqual([]))

  it('any JSON at all gives a bounded list of plain names and never throws', () => {
    const shaped = fc.record({
      id: fc.jsonValue(),
      issue: fc.jsonValue(),
      payload: fc.record({ issue: fc.jsonValue() }),
    })
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), shaped), body => {
        const found = hints(body)
        expect(found.length).toBeLessThanOrEqual(100)
        expect(new Set(found).size).toBe(found.length)
        for (const name of found) expect(name).toMatch(/^[\p{L}\p{N}_-]{1,64}$/u)
      }),
    )
  })
})
