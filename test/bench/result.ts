import { cpus } from 'node:os'

/** What the figures were measured on; a figure means nothing without it. */
export interface Machine {
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
}

/** One figure. `against` names the physical limit or the baseline of `ratio`, measured or computed in the same run. */
interface Figure {
  readonly measure: string
  readonly value: number
  readonly unit: string
  readonly ratio?: number
  readonly against?: string
}

/** Takes one figure of a benchmark. */
export type Report = (figure: Figure) => void

/** One benchmark. `seconds` is how long its measuring part may last. */
export interface Bench {
  readonly seconds: number
  run(report: Report, seconds: number, say: (line: string) => void): Promise<void>
}

export const thisMachine = (): Machine => ({
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
})

/** Three significant digits: no benchmark here repeats better than that. */
export const rounded = (value: number): number => Number(value.toPrecision(3))

/** The value below which `share` of the values lie; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Milliseconds of processor time that this process has used since `began`, whoever else uses the machine. */
export function processorMs(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1_000
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
