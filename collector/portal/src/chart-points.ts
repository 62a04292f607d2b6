import type { FactView } from '@tillwatch/shared/api'

export interface ChartPoint {
  readonly at: string
  readonly mean: number
  readonly min: number
  readonly max: number
}

/** The newest measured value of a number, as it was told and not as the mean of anything. */
export interface LatestValue {
  readonly at: string
  readonly value: number
}

/** The newest value of a fact, when it is a number. */
export function latestOf(facts: readonly FactView[], name: string): LatestValue | null {
  const fact = facts.find(each => each.name === name)
  return typeof fact?.value === 'number' ? { at: fact.at, value: fact.value } : null
}

/** The points with the newest value at their end, so that the curve ends where the number above it says. */
export function endingIn(points: readonly ChartPoint[], latest: LatestValue | null): readonly ChartPoint[] {
  const last = points.at(-1)
  if (!latest || (last && Date.parse(last.at) >= Date.parse(latest.at))) return points
  const { at, value } = latest
  return [...points, { at, mean: value, min: value, max: value }]
}
