import type { Condition } from '@tillwatch/rules'
import { assert } from '@tillwatch/shared'
import { joined } from './phrases.ts'

const SEVERITY = { minor: 1, important: 2, critical: 3 } as const
const STOP = { none: 0, imminent: 1, stopped: 2 } as const

/** The condition that says most about a class: nearest to a stop, then most severe, then first seen. */
export function leading(conditions: readonly Condition[]): Condition {
  const [first] = [...conditions].sort(
    (a, b) => STOP[b.stop] - STOP[a.stop] || SEVERITY[b.level] - SEVERITY[a.level] || a.onsetAt - b.onsetAt,
  )
  assert(first, 'a leading condition of none')
  return first
}

/** What an incident shows of its conditions. */
export function faceOf(conditions: readonly Condition[]) {
  const { title, expected, component, runbook } = leading(conditions)
  return { title, expected, component, runbook, explanation: joined(conditions.map(each => each.explanation)) }
}

/** Orders one condition against itself at another time: the level counts before the nearness of a stop. */
export const severityOf = (condition: Condition): number => SEVERITY[condition.level] * 10 + STOP[condition.stop]
