import { messageOf } from '@tillwatch/shared'
import type { RuleSet } from '../engine/rule-set.ts'
import type { Condition } from '../model.ts'
import { type PackProblem, readSource } from '../pack/source.ts'
import { canSell } from '../verdict/can-sell.ts'
import { priorityOf } from '../verdict/priority.ts'
import { timeToStop } from '../verdict/time-to-stop.ts'
import { casesSchema, type Expectation, type TestCase } from './schema.ts'
import { type Snapshot, simulate } from './simulate.ts'

/** One expected moment of one case. */
export interface CaseCheck {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly ok: boolean
  /** What was expected (`-`) and what came (`+`); empty when they agree. */
  readonly diff: readonly string[]
}
export interface CaseReport {
  readonly file: string
  /** Faults of the file itself; no case is run then. */
  readonly problems: readonly PackProblem[]
  readonly checks: readonly CaseCheck[]
  readonly passed: number
  readonly failed: number
}

/** Runs a file of cases in the manner of promtool: facts over time, and what must hold at given moments. Pure. */
export function runCases(rules: RuleSet, text: string, file: string): CaseReport {
  const source = readSource({ file, text }, casesSchema)
  const checks: CaseCheck[] = []
  const problems = [...source.problems]
  for (const [index, test] of source.content?.cases.entries() ?? []) {
    const lineOf = (place: number) => source.problemAt(['cases', index, 'expect', place], '').line
    try {
      checks.push(...runCase(rules, test, file, lineOf))
    } catch (thrown) {
      problems.push(source.problemAt(['cases', index], messageOf(thrown)))
    }
  }
  const passed = checks.filter(check => check.ok).length
  return { file, problems, checks, passed, failed: checks.length - passed }
}

function runCase(rules: RuleSet, test: TestCase, file: string, lineOf: (place: number) => number): CaseCheck[] {
  const start = Date.parse(test.start)
  const checks: CaseCheck[] = []
  for (const snapshot of simulate(rules, test)) {
    for (const [place, expectation] of test.expect.entries()) {
      if (start + expectation.at !== snapshot.now) continue
      const diff = differences(expectation, snapshot)
      const name = `${test.name} @ ${new Date(snapshot.now).toISOString().replace('.000Z', 'Z')}`
      checks.push({ name, file, line: lineOf(place), ok: diff.length === 0, diff })
    }
  }
  // A step and an expectation may fall on one moment twice (a step, then a tick): the last word counts.
  return [...new Map(checks.map(check => [check.line, check])).values()]
}

const shown = ({ rule, level, stop }: Pick<Condition, 'rule' | 'level' | 'stop'>): string =>
  `${rule} ${level}${stop === 'none' ? '' : ` ${stop}`}`

function differences(expectation: Expectation, { now, item, evaluation }: Snapshot): string[] {
  const diff: string[] = []
  const wanted = new Set(expectation.conditions.map(shown))
  const actual = new Map(evaluation.conditions.map(condition => [shown(condition), condition]))
  for (const text of wanted) if (!actual.has(text)) diff.push(`- ${text}`)
  for (const [text, condition] of actual) if (!wanted.has(text)) diff.push(`+ ${text} (${condition.explanation.en})`)
  for (const one of expectation.conditions) {
    const condition = actual.get(shown(one))
    if (!condition) continue
    diff.push(...lacks(one.title, condition, 'title'), ...lacks(one.explanation, condition, 'explanation'))
  }
  for (const rule of expectation.unjudged) {
    if (!evaluation.unjudged.some(one => one.rule === rule)) diff.push(`- ${rule} unjudged`)
  }
  if (expectation.priority !== undefined) {
    const input = {
      conditions: evaluation.conditions,
      item,
      canSell: canSell(item, now),
      timeToStop: timeToStop(item, now),
    }
    const verdict = priorityOf(input, now)
    if (verdict.priority !== expectation.priority) {
      diff.push(`- priority ${expectation.priority}`, `+ priority ${verdict.reason.en}`)
    }
  }
  return diff
}

function lacks(part: string | undefined, condition: Condition, key: 'title' | 'explanation'): string[] {
  const { ru, en } = condition[key]
  if (part === undefined || ru.includes(part) || en.includes(part)) return []
  return [`- ${condition.rule} ${key} with "${part}"`, `+ ${condition.rule} ${key} "${ru}" / "${en}"`]
}
