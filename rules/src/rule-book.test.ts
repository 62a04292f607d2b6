import { describe, expect, it } from 'vitest'
import { openRuleBook, type RuleFile, type RulePlace } from './rule-book.ts'

const rule = (id: string, limit = 10) => `  - id: ${id}
    item: register
    class: ofd
    needs: [fiscal.ofd.unsent_documents]
    title: { ru: Очередь, en: Queue }
    expected: { ru: Пусто, en: Empty }
    component: { ru: ОФД, en: OFD }
    levels: { minor: { set: fiscal.ofd.unsent_documents > ${limit} } }
`
const pack = (file: string, text: string, shipped = false): RuleFile => ({ file, text, kind: 'pack', shipped })
const override = (file: string, text: string): RuleFile => ({ file, text, kind: 'override', shipped: false })
const shipped = pack('shipped.yaml', `rules:\n${rule('test.queue')}`, true)
const limit = (value: number) =>
  `overrides:\n  test.queue: { levels: { minor: { set: fiscal.ofd.unsent_documents > ${value} } } }\n`

const place = (client: string | null, site: string | null, tenant = 'main'): RulePlace => ({ tenant, client, site })
const CAFE = place('cafe', 'nevsky')
const setAt = (book: ReturnType<typeof openRuleBook>, where: RulePlace, id = 'test.queue') =>
  book.of(where).rules.find(one => one.id === id)?.stages[0]?.set.text

describe('a rule book (R44, R49)', () => {
  it('lets a narrower audience win over a wider one, and a later file over an earlier', () => {
    const book = openRuleBook(
      [
        override('site.yaml', `for: { site: nevsky }\n${limit(40)}`),
        override('client.yaml', `for: { client: cafe }\n${limit(30)}`),
        shipped,
        override('all-1.yaml', limit(20)),
        override('all-2.yaml', limit(21)),
        override('other.yaml', `for: { tenant: other }\n${limit(50)}`),
      ],
      [CAFE],
    )
    expect(book.refused).toEqual([])
    expect(setAt(book, place(null, null))).toContain('> 21')
    expect(setAt(book, place('cafe', 'moika'))).toContain('> 30')
    expect(setAt(book, CAFE)).toContain('> 40')
    expect(setAt(book, place('cafe', 'nevsky', 'other'))).toContain('> 50')
    expect(book.filesAt(CAFE).map(({ file }) => file)).toEqual([
      'shipped.yaml',
      'all-1.yaml',
      'all-2.yaml',
      'client.yaml',
      'site.yaml',
    ])
  })

  it('applies the rules of a pack to its audience alone, and lets it replace a rule of everybody', () => {
    const own = `for: { client: cafe }\nrules:\n${rule('test.own')}${rule('test.queue', 99)}`
    const book = openRuleBook([shipped, pack('own.yaml', own)], [CAFE])
    expect(book.refused).toEqual([])
    expect(book.of(place(null, null)).rules.map(({ id }) => id)).toEqual(['test.queue'])
    expect(book.of(CAFE).rules.map(({ id }) => id)).toEqual(['test.queue', 'test.own'])
    expect(setAt(book, CAFE)).toContain('> 99')
    expect(book.of(CAFE).byItem.register.find(({ id }) => id === 'test.queue')?.file).toBe('own.yaml')
  })

  it('gives equal places one compiled set, and shares rules that do not differ', () => {
    const book = openRuleBook(
      [
        shipped,
        pack('more.yaml', `rules:\n${rule('test.more')}`),
        override('c.yaml', `for: { client: cafe }\n${limit(30)}`),
      ],
      [],
    )
    expect(book.of(CAFE)).toBe(book.of(place('cafe', 'moika')))
    expect(book.of(place('bar', 'x'))).toBe(book.of(place(null, null)))
    const [, more] = book.of(CAFE).rules
    expect(more).toBe(book.of(place(null, null)).rules[1])
  })

  it('refuses a wrong file with its place and lets everything else count', () => {
    const book = openRuleBook(
      [
        shipped,
        override('wrong.yaml', 'overrides:\n  test.queue: { hold: soon }\n'),
        override('right.yaml', limit(20)),
      ],
      [],
    )
    expect(book.refused).toMatchObject([
      {
        file: 'wrong.yaml',
        inForce: 'nothing',
        problems: [{ line: 2, column: 23, path: 'overrides.test.queue.hold' }],
      },
    ])
    expect(setAt(book, CAFE)).toContain('> 20')
  })

  it('keeps what was good of a file that is wrong now', () => {
    const good = override('own.yaml', limit(20))
    const bad = override('own.yaml', limit(20).replace('test.queue', 'test.nothing'))
    const book = openRuleBook([shipped, bad], [], new Map([['own.yaml', good]]))
    expect(book.refused).toMatchObject([
      { file: 'own.yaml', inForce: 'earlier', problems: [{ reason: 'there is no rule test.nothing to change' }] },
    ])
    expect(setAt(book, CAFE)).toContain('> 20')
    expect(openRuleBook([shipped, bad], [], new Map([['own.yaml', bad]])).refused).toMatchObject([
      { inForce: 'nothing' },
    ])
  })

  it('refuses a file that could not be read', () => {
    const gone = { ...override('gone.yaml', ''), unreadable: { ru: 'нет файла', en: 'no such file' } }
    expect(openRuleBook([shipped, gone], []).refused).toMatchObject([
      { file: 'gone.yaml', problems: [{ line: 1, column: 1, reason: 'no such file', ru: 'нет файла' }] },
    ])
  })

  it('checks what meets at a place: two packs for one audience with one rule', () => {
    const text = `for: { client: cafe }\nrules:\n${rule('test.own')}`
    const book = openRuleBook([shipped, pack('a.yaml', text), pack('b.yaml', text)], [CAFE])
    expect(book.refused).toMatchObject([
      { file: 'b.yaml', problems: [{ line: 3, reason: expect.stringContaining('test.own exists already') }] },
    ])
    expect(book.of(CAFE).rules).toHaveLength(2)
  })

  it('takes an override of a rule that only some have, and refuses it where nobody of its audience has it', () => {
    const own = pack('own.yaml', `for: { client: cafe }\nrules:\n${rule('test.own')}`)
    const change = (audience: string) =>
      override('change.yaml', `${audience}overrides:\n  test.own: { levels: { minor: { hold: 5m } } }\n`)
    const book = openRuleBook([shipped, own, change('')], [CAFE])
    expect(book.refused).toEqual([])
    expect(book.of(CAFE).rules[1]?.stages[0]?.holdMs).toBe(300_000)
    expect(openRuleBook([shipped, own, change('for: { client: bar }\n')], [CAFE]).refused).toMatchObject([
      { problems: [{ line: 3, reason: 'there is no rule test.own to change' }] },
    ])
  })

  it('refuses a faulty level of an override only where it meets a rule that lacks it, also at a place that came later', () => {
    const files = [
      shipped,
      pack('site.yaml', `for: { site: nevsky }\nrules:\n${rule('test.queue', 5).replace('minor', 'critical')}`),
      override('client.yaml', `for: { client: cafe }\n${limit(30)}`),
    ]
    const book = openRuleBook(files, [])
    expect(book.refused).toEqual([])
    expect(setAt(book, CAFE)).toContain('> 5')
    expect(book.refused).toMatchObject([
      { file: 'client.yaml', problems: [{ reason: 'the rule test.queue has no level minor' }] },
    ])
    expect(setAt(book, place('cafe', 'moika'))).toContain('> 30')
    expect(openRuleBook(files, [CAFE]).refused).toMatchObject([{ file: 'client.yaml' }])
  })

  it('tells what a file does to the rules of its audience', () => {
    const book = openRuleBook([shipped, override('c.yaml', `for: { client: cafe }\n${limit(30)}`)], [])
    const effect = book.effectOf('c.yaml')
    expect(effect.without.rules[0]?.stages[0]?.set.text).toContain('> 10')
    expect(effect.with.rules[0]?.stages[0]?.set.text).toContain('> 30')
    expect(effect.with.rules[0]?.changedBy).toEqual(['c.yaml'])
  })
})
