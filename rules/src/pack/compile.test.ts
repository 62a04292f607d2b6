import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compilePack, evaluateItem, runCases, SHIPPED_PACKS } from '../index.ts'

const RULE = `rules:
  - id: test.queue
    item: register
    class: ofd
    needs: [fiscal.ofd.unsent_documents]
    title: { ru: 'Очередь {count(fiscal.ofd.unsent_documents, "чек|чека|чеков")}', en: Queue }
    expected: { ru: Пусто, en: Empty }
    component: { ru: ОФД, en: OFD }
    levels:
      minor: { set: fiscal.ofd.unsent_documents > 10, clear: fiscal.ofd.unsent_documents < 5 }
`
const problemsOf = (text: string, override?: string) => {
  const compiled = compilePack([{ file: 'a.yaml', text }], override ? [{ file: 'o.yaml', text: override }] : [])
  return compiled.ok ? [] : compiled.error
}

describe('compilePack', () => {
  it('takes a sound pack', () => expect(problemsOf(RULE)).toEqual([]))

  it.each([
    [
      'a typing error in an expression',
      RULE.replace('documents > 10', 'documents >> 10'),
      10,
      50,
      'rules[0].levels.minor.set',
      'Unexpected',
    ],
    [
      'a fact that does not exist',
      RULE.replace('set: fiscal.ofd.unsent_documents', 'set: fiscal.ofd.unsent_docs'),
      10,
      21,
      'rules[0].levels.minor.set',
      'there is no fact fiscal.ofd.unsent_docs',
    ],
    [
      'a fact that is not in needs',
      RULE.replace('set: fiscal.ofd.unsent_documents', 'set: fiscal.shift.receipts'),
      10,
      21,
      'rules[0].levels.minor.set',
      'neither in needs nor in assume',
    ],
    [
      'a condition that is no condition',
      RULE.replace('documents > 10', 'documents + 10'),
      10,
      21,
      'rules[0].levels.minor.set',
      'gives double, expected bool',
    ],
    [
      'a comparison of unlike things',
      RULE.replace('documents > 10', "documents > 'x'"),
      10,
      21,
      'rules[0].levels.minor.set',
      'no such overload',
    ],
    [
      'a wrong key',
      RULE.replace('class: ofd', 'klass: ofd'),
      4,
      5,
      'rules[0].klass',
      'there is no such key; allowed: ',
    ],
    ['a broken title', RULE.replace('count(fiscal', 'cnt(fiscal'), 6, 28, 'rules[0].title.ru', 'cnt'],
    [
      'a level without effect',
      RULE.replace('minor:', 'huge:'),
      10,
      7,
      'rules[0].levels.huge',
      'no such key; allowed: minor',
    ],
    ['text that is no YAML', 'rules: [', 1, 9, '', 'not YAML'],
  ])('names the place of %s', (_name, text, line, column, path, reason) => {
    const problem = problemsOf(text).find(one => one.reason.includes(reason))
    expect(problem).toMatchObject({ file: 'a.yaml', line, column, path })
  })

  it('wants measures compared with plain numbers, so that their moments can be foreseen', () => {
    const measured = `${RULE.replace(
      'levels:',
      `measures:
      value: { days_left: fiscal.fn.valid_until, label: { ru: д, en: d } }
    levels:`,
    )}      important: { set: value < fiscal.ofd.unsent_documents }
`
    expect(problemsOf(measured)[0]?.reason).toContain('compare value with a plain number')
  })

  it('changes thresholds and holds by an override, and says where an override is wrong', () => {
    const override =
      'overrides:\n  test.queue:\n    hold: 5s\n    clear_hold: 10s\n    levels:\n      minor: { set: fiscal.ofd.unsent_documents > 1 }\n'
    const compiled = compilePack([{ file: 'a.yaml', text: RULE }], [{ file: 'o.yaml', text: override }])
    if (!compiled.ok) throw new Error('not compiled')
    expect(compiled.value.rules[0]).toMatchObject({ clearHoldMs: 10_000, stages: [{ holdMs: 5_000 }] })
    expect(problemsOf(RULE, override.replace('test.queue', 'test.other'))[0]).toMatchObject({
      file: 'o.yaml',
      line: 3,
      reason: 'there is no rule test.other to change',
    })
    expect(problemsOf(RULE, override.replace('> 1', '> ?'))[0]).toMatchObject({ file: 'o.yaml', line: 6 })
    expect(problemsOf(RULE, override.replace('minor:', 'critical:'))[0]?.reason).toContain('has no level critical')
  })

  it('refuses the same rule twice', () => {
    const compiled = compilePack([
      { file: 'a.yaml', text: RULE },
      { file: 'b.yaml', text: RULE },
    ])
    expect(compiled.ok ? null : compiled.error[0]).toMatchObject({ file: 'b.yaml', line: 2 })
  })

  it('writes titles with Russian plurals', () => {
    const compiled = compilePack([{ file: 'a.yaml', text: RULE }])
    if (!compiled.ok) throw new Error('not compiled')
    const title = (value: number) => {
      const facts = { 'fiscal.ofd.unsent_documents': { value, at: 0, receivedAt: 0, source: 'register' as const } }
      const item = {
        id: 'r',
        kind: 'register' as const,
        facts,
        site: null,
        presence: null,
        replacementUntil: null,
        spare: false,
      }
      return evaluateItem(compiled.value, item, null, 0).conditions[0]?.title.ru
    }
    expect([21, 22, 25, 111].map(title)).toEqual([
      'Очередь 21 чек',
      'Очередь 22 чека',
      'Очередь 25 чеков',
      'Очередь 111 чеков',
    ])
  })
})

describe('cases', () => {
  const rules = compilePack(SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') })))
  if (!rules.ok) throw new Error('shipped packs do not compile')
  const text = readFileSync(new URL('fiscal.cases.yaml', SHIPPED_PACKS[0]), 'utf8')

  it('fail where a threshold of a rule is broken, and say what came instead', () => {
    const broken = SHIPPED_PACKS.map(url => ({
      file: url.pathname,
      text: readFileSync(url, 'utf8').replace('set: value >= 72', 'set: value >= 71'),
    }))
    const compiled = compilePack(broken)
    if (!compiled.ok) throw new Error('not compiled')
    const failed = runCases(compiled.value, text, 'fiscal.cases.yaml').checks.filter(check => !check.ok)
    expect(failed.length).toBeGreaterThan(0)
    expect(failed[0]?.diff.join('\n')).toContain('- ofd.queue_age minor')
    expect(failed[0]?.diff.join('\n')).toContain('+ ofd.queue_age important')
    expect(failed[0]?.line).toBeGreaterThan(10)
  })

  it('say where their file is wrong', () => {
    const report = runCases(
      rules.value,
      'cases:\n  - name: x\n    item: register\n    start: tomorrow\n    series: []\n    expect: []\n',
      'x.yaml',
    )
    expect(report.problems.map(problem => `${problem.line} ${problem.path}`)).toContain('4 cases[0].start')
  })
})

describe('the manual', () => {
  const manual = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const blocks = [...manual.matchAll(/```yaml\n([\s\S]*?)```/g)].map(match => match[1] ?? '')

  it('shows a pack, an override and cases that work', () => {
    const [pack = '', override = '', cases = ''] = ['rules:', 'overrides:', 'cases:'].map(key =>
      blocks.find(block => block.startsWith(key)),
    )
    const compiled = compilePack([{ file: 'README.md', text: pack }])
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
    const report = runCases(compiled.value, cases, 'README.md')
    expect(report.problems).toEqual([])
    expect(report.checks.flatMap(check => check.diff)).toEqual([])
    expect(report.passed).toBeGreaterThan(1)
    const changed = compilePack([{ file: 'README.md', text: pack }], [{ file: 'README.md', text: override }])
    expect(changed.ok).toBe(true)
  })
})
