import type { Bilingual, CauseClass, CompiledRule, Facts, Level } from '@tillwatch/rules'
import { type FactName, factDefinition } from '@tillwatch/shared'
import type { ChartLevel, ChartScale } from './chart.ts'

/** The number that shows a cause growing. */
interface Metric {
  readonly fact: FactName
  /** What it is called where the fact is no longer what is drawn. */
  readonly name?: Bilingual
  /** How it reads in the terms of its rule: a share of another fact or of what the drive holds in percent, or without sign in minutes. */
  readonly as?: 'minutes' | 'percent of the drive' | { readonly percentOf: FactName }
  /** The rule whose measure `value` it is then. */
  readonly rule?: string
}

const METRICS: Readonly<Partial<Record<CauseClass, Metric>>> = {
  ofd: { fact: 'fiscal.ofd.unsent_documents' },
  fn_end: {
    fact: 'fiscal.fn.last_document',
    name: { ru: 'Память ФН занята', en: 'The fiscal drive is full to' },
    as: 'percent of the drive',
    rule: 'fn.documents',
  },
  shift: { fact: 'fiscal.shift.receipts' },
  disk: { fact: 'host.disk.free_bytes', as: { percentOf: 'host.disk.total_bytes' }, rule: 'disk.system' },
  clock_register: { fact: 'fiscal.register.clock_skew_ms', as: 'minutes', rule: 'clock.register' },
  clock_pc: { fact: 'host.clock.skew_ms', as: 'minutes', rule: 'clock.pc' },
  agent: { fact: 'agent.outbox.messages' },
}

/** The metric of a class of causes; null where no number tells of it. */
export const metricOf = (causeClass: string): Metric | null =>
  Object.hasOwn(METRICS, causeClass) ? (METRICS[causeClass as CauseClass] ?? null) : null

const PERCENT: Bilingual = { ru: '%', en: '%' }
const MINUTES: Bilingual = { ru: 'мин', en: 'min' }
const NO_UNIT: Bilingual = { ru: '', en: '' }

/** How the metric is drawn over these facts; null when what it is a share of is not known. */
export function scaleOf({ as }: Metric, facts: Facts): { readonly scale: ChartScale; readonly unit: Bilingual } | null {
  if (as === undefined) return { scale: { factor: 1, absolute: false }, unit: NO_UNIT }
  if (as === 'minutes') return { scale: { factor: 1 / 60_000, absolute: true }, unit: MINUTES }
  const whole = as === 'percent of the drive' ? documentsOf(facts) : facts[as.percentOf]?.value
  return typeof whole === 'number' && whole > 0
    ? { scale: { factor: 100 / whole, absolute: false }, unit: PERCENT }
    : null
}

/** Documents that a drive holds where it does not count them itself. */
const DRIVE_DOCUMENTS = 250_000

function documentsOf(facts: Facts): number {
  const [written, left] = [facts['fiscal.fn.last_document']?.value, facts['fiscal.fn.documents_left']?.value]
  return typeof written === 'number' && typeof left === 'number' && left >= 0 ? written + left : DRIVE_DOCUMENTS
}

/** A date that comes nearer: its days left are known of every moment without a reading. */
interface Term {
  readonly fact: FactName
  readonly metric: Bilingual
  readonly unit: Bilingual
  readonly levels: readonly ChartLevel[]
}

/** The date whose days left a rule looks at; null where none does. */
export function termOf(rules: readonly CompiledRule[]): Term | null {
  for (const rule of rules) {
    const measure = rule.measures.find(
      ({ name, kind, fact }) => name === 'value' && kind === 'days_left' && fact !== null,
    )
    if (!measure?.fact) continue
    const { ru, en } = factDefinition(measure.fact)
    return {
      fact: measure.fact,
      metric: { ru: `Осталось: ${ru}`, en: `Left: ${en}` },
      unit: { ru: 'дней', en: 'days' },
      levels: levelsOf({ fact: measure.fact, rule: rule.id }, [rule]),
    }
  }
  return null
}

const COMPARISON = /([a-z_][a-z0-9_.]*)\s*(?:>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)/g

const LEVEL_WORDS: Readonly<Record<Level, Bilingual>> = {
  minor: { ru: 'незначительно', en: 'minor' },
  important: { ru: 'важно', en: 'important' },
  critical: { ru: 'критично', en: 'critical' },
}
const CLEARED: Bilingual = { ru: 'норма', en: 'clear' }

/** The numbers that levels of the rules compare the metric with: each mildest line once, and where the mildest of them clears. */
export function levelsOf(metric: Metric, rules: readonly CompiledRule[]): readonly ChartLevel[] {
  return rules.flatMap(rule => {
    const name = metric.rule === undefined ? metric.fact : rule.id === metric.rule ? 'value' : null
    if (name === null) return []
    const [mildest] = rule.stages
    const cleared = mildest?.clear ? numbersIn(mildest.clear.text, name) : []
    return [
      ...rule.stages.flatMap(({ level, set }) =>
        numbersIn(set.text, name).map(value => ({ value, kind: 'set' as const, level, text: LEVEL_WORDS[level] })),
      ),
      ...cleared.map(value => ({ value, kind: 'clear' as const, level: mildest?.level ?? 'minor', text: CLEARED })),
    ].filter(({ value }, index, all) => value > 0 && all.findIndex(each => each.value === value) === index)
  })
}

const numbersIn = (text: string, name: string): readonly number[] =>
  [...text.matchAll(COMPARISON)].filter(([, compared]) => compared === name).map(([, , number]) => Number(number))

const UNITS_MS: Readonly<Record<string, number>> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 }

/** The wall-clock age that a rule looks at, and how old it is at each of its levels. */
export interface AgeLevels {
  readonly fact: FactName
  readonly levels: readonly { readonly afterMs: number; readonly level: Level }[]
}

/** The rules whose levels are ages of a fact: a moment for each level can be told where the number itself says nothing. */
export function ageLevelsOf(rules: readonly CompiledRule[]): readonly AgeLevels[] {
  return rules.flatMap(({ measures, stages }) => {
    const measure = measures.find(({ name, kind, fact }) => name === 'value' && kind === 'age_of' && fact !== null)
    const unitMs = UNITS_MS[measure?.unit ?? '']
    if (!measure?.fact || unitMs === undefined || !isByWall(measure.source)) return []
    const levels = stages.flatMap(({ level, set }) =>
      numbersIn(set.text, 'value').map(value => ({ afterMs: value * unitMs, level })),
    )
    return [{ fact: measure.fact, levels }]
  })
}

const isByWall = (source: object): boolean => !('clock' in source) || source.clock === 'wall'
