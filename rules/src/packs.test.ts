import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { casesSchema } from './cases/schema.ts'
import { simulate } from './cases/simulate.ts'
import { compilePack, type RuleSet, runCases, SHIPPED_PACKS } from './index.ts'
import { readSource } from './pack/source.ts'

const read = (url: URL) => ({ file: url.pathname.split('/').at(-1) ?? '', text: readFileSync(url, 'utf8') })

function shipped(): RuleSet {
  const compiled = compilePack(SHIPPED_PACKS.map(read))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error, null, 2))
  return compiled.value
}

describe('shipped packs', () => {
  const rules = shipped()
  for (const url of SHIPPED_PACKS) {
    const cases = read(new URL(url.href.replace('.yaml', '.cases.yaml')))
    const report = runCases(rules, cases.text, cases.file)
    it(`${cases.file} is well formed`, () => expect(report.problems).toEqual([]))
    it.each(report.checks)('$name ($file:$line)', ({ diff }) => expect(diff).toEqual([]))
  }

  const seen = { raised: new Set<string>(), cleared: new Set<string>() }
  for (const url of SHIPPED_PACKS) {
    const { content } = readSource(read(new URL(url.href.replace('.yaml', '.cases.yaml'))), casesSchema)
    for (const test of content?.cases ?? []) {
      for (const { evaluation } of simulate(rules, test)) {
        for (const { kind, condition } of evaluation.transitions)
          if (kind === 'raised' || kind === 'cleared') seen[kind].add(condition.rule)
      }
    }
  }
  it.each(['raised', 'cleared'] as const)('has a case in which every rule is %s', kind =>
    expect(rules.rules.map(({ id }) => id).filter(id => !seen[kind].has(id))).toEqual([]),
  )

  it('R33, R34: names category, type, component and expected result of every ticket in both languages', () => {
    for (const { id, category, type, stages, component, expected } of rules.rules) {
      expect([category, type], id).not.toContain('')
      for (const text of [component, expected])
        expect(text.ru !== text.en && /\p{Script=Cyrillic}/u.test(text.ru), id).toBe(true)
      expect(stages.length, id).toBeGreaterThan(0)
    }
  })

  it('has a runbook in both languages for every rule', () => {
    for (const { runbook } of rules.rules) {
      const url = new URL(`../../docs/${runbook}`, import.meta.url)
      expect(existsSync(url), runbook).toBe(true)
      expect(readFileSync(url, 'utf8').match(/^# /gm), runbook).toHaveLength(2)
    }
  })
})
