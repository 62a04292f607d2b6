import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compilePack, type RuleSet, runCases, SHIPPED_PACKS } from './index.ts'

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

  it('has cases for every rule', () => {
    const texts = SHIPPED_PACKS.map(url => read(new URL(url.href.replace('.yaml', '.cases.yaml'))).text).join('\n')
    expect(rules.rules.map(rule => rule.id).filter(id => !texts.includes(`rule: ${id},`))).toEqual([])
  })

  it('has a runbook in both languages for every rule', () => {
    for (const { runbook } of rules.rules) {
      const url = new URL(`../../docs/${runbook}`, import.meta.url)
      expect(existsSync(url), runbook).toBe(true)
      expect(readFileSync(url, 'utf8').match(/^# /gm), runbook).toHaveLength(2)
    }
  })
})
