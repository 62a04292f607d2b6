import type { Bilingual, Level } from '@tillwatch/rules'
import type { EpochMs, FactName } from '@tillwatch/shared'

/** How a stored number becomes the one that rules look at. */
export interface ChartScale {
  readonly factor: number
  /** Ahead and behind are equally wrong. */
  readonly absolute: boolean
}

/** A level of a rule as a line across the chart. */
export interface ChartLevel {
  readonly value: number
  readonly kind: 'set' | 'clear'
  readonly level: Level
  readonly text: Bilingual
}

/** A moment as a line down the chart: when the fault began, when an age reached a level of its rule. */
export interface ChartMark {
  readonly at: EpochMs
  readonly kind: 'onset' | 'level'
  readonly text: Bilingual
}

/** What is to be drawn; plain data, because it crosses into the thread that draws. */
export interface ChartSubject {
  readonly itemId: string
  readonly fact: FactName
  readonly scale: ChartScale
  readonly title: Bilingual
  readonly place: string
  readonly metric: Bilingual
  /** Unit behind the numbers of the axis; empty for counts. */
  readonly unit: Bilingual
  readonly timezone: string
  readonly from: EpochMs
  /** The moment at which it is made. */
  readonly to: EpochMs
  readonly levels: readonly ChartLevel[]
  readonly marks: readonly ChartMark[]
  /** The last day of a term whose days left are drawn, as a number of days; null where readings of the fact are. */
  readonly lastDay: number | null
  /** When the site was open; null while its hours are not known. */
  readonly open: readonly (readonly [EpochMs, EpochMs])[] | null
}
