/** A level at which a rule begins to speak, as a line of a chart. */
export interface ChartLevel {
  readonly value: number
  readonly tone: 'yellow' | 'red'
  /** How people call it when the number itself says little. */
  readonly label?: string
}

const GIB = 1024 ** 3
/** Documents that a drive holds by its catalogue (domain, FN facts); registers that tell what is left are judged by rules, not here. */
const FN_DOCUMENTS = 250_000

/** Defaults of the rules `disk.system` and `fn.documents`; hints for the eye, the rules decide. */
export function chartLevels(fact: string, totalBytes: number | null): readonly ChartLevel[] {
  if (fact === 'fiscal.fn.last_document') {
    return [
      { value: FN_DOCUMENTS * 0.8, tone: 'yellow' },
      { value: FN_DOCUMENTS * 0.95, tone: 'red' },
    ]
  }
  if (fact !== 'host.disk.free_bytes' || totalBytes === null) return []
  return [
    { value: totalBytes * 0.2, tone: 'yellow', label: '20 %' },
    { value: Math.max(totalBytes * 0.1, 5 * GIB), tone: 'yellow', label: '10 %' },
    { value: Math.max(totalBytes * 0.03, GIB), tone: 'red', label: '3 %' },
  ]
}

/** Lines near enough to the last value to be drawn without squeezing the curve flat. */
export const levelsInSight = (levels: readonly ChartLevel[], last: number): readonly ChartLevel[] =>
  levels.filter(level => Math.abs(level.value - last) <= Math.abs(last) * 0.35)
