// Not the whole of the rules: every thread of series would load them at each start.
import { localDay } from '@tillwatch/rules/zone'
import type { SeriesPoint, SeriesStore } from '../store/series-store.ts'
import type { ChartSubject } from './chart.ts'
import type { EvidenceLanguage } from './evidence-file.ts'

/** More points than pixels say nothing. */
const POINTS = 400

/** Charts as pictures. Lives under the name `charts` in the thread that only reads numbers, so that drawing holds up nobody who writes. */
export interface Charts {
  /** One PNG for each language, in their order; none where there is nothing to draw. */
  draw(subject: ChartSubject, languages: readonly EvidenceLanguage[]): Promise<readonly Uint8Array[]>
}

/** Draws from a store of numbers. Rejects where the machine has no canvas for its platform. */
export function createCharts(series: Pick<SeriesStore, 'query'>): Charts {
  return {
    draw: async (subject, languages) => {
      const { itemId, fact, from, to, lastDay } = subject
      const points =
        lastDay === null ? await series.query({ itemId, fact, from, to, points: POINTS }) : daysLeft(subject, lastDay)
      if (points.length === 0) return []
      // The library is large, and many an installation lives for days without an incident.
      const { drawChart } = await import('./draw-chart.ts')
      return languages.map(language => drawChart(subject, points, language))
    },
  }
}

/** Days to the last one, as rules count them at the place: none are left of a term that is over. */
const daysLeft = ({ from, to, timezone }: ChartSubject, lastDay: number): readonly SeriesPoint[] =>
  Array.from({ length: POINTS }, (_, n) => {
    const at = from + ((to - from) * n) / (POINTS - 1)
    const value = Math.max(0, lastDay - localDay(timezone, at))
    return { at, mean: value, min: value, max: value }
  })
