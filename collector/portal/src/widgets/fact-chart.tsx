import { Paper, SegmentedControl, Skeleton, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { factText } from '../fact-text.ts'
import { zoneName } from '../format.ts'
import { useLanguage } from '../i18n/i18n.ts'
import { nowMs } from '../now.ts'
import { useSeries } from '../queries.ts'
import { type ChartLevel, levelsInSight } from '../thresholds.ts'
import { useValueWords } from '../words.ts'
import { ErrorNotice } from './notice.tsx'
import { TimeChart } from './time-chart.tsx'

const HOUR_MS = 3_600_000
const RANGES = { day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const
export type ChartRange = keyof typeof RANGES

/** Choice of the period, for one chart or for all of a page. */
export function RangeSwitch({ value, onChange }: { value: ChartRange; onChange: (value: ChartRange) => void }) {
  const { t } = useTranslation()
  return (
    <SegmentedControl
      className="tw-range"
      size="xs"
      aria-label={t('chart.range')}
      value={value}
      onChange={next => onChange(next as ChartRange)}
      data={(Object.keys(RANGES) as ChartRange[]).map(range => ({ value: range, label: t(`chart.ranges.${range}`) }))}
    />
  )
}

interface FactChartProps {
  readonly itemId: string
  readonly fact: string
  readonly title: string
  readonly timeZone: string
  readonly levels: readonly ChartLevel[]
  readonly range: ChartRange
}

/** Chart of one fact of one item, with its thresholds named below. */
export function FactChart({ itemId, fact, title, timeZone, levels, range }: FactChartProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const series = useSeries(itemId, fact, RANGES[range], nowMs)
  const words = useValueWords()
  const valueText = (value: number) => factText(fact, Math.round(value), language, words)
  const points = series.data?.points ?? []
  const last = points.at(-1)
  const summary = last
    ? t('chart.summary', {
        name: title,
        last: valueText(last.mean),
        min: valueText(Math.min(...points.map(point => point.min))),
        max: valueText(Math.max(...points.map(point => point.max))),
      })
    : title
  return (
    <Paper component="section" aria-label={title}>
      <Text fw={600} fz="sm">
        {title}
      </Text>
      {series.error ? <ErrorNotice thrown={series.error} onRetry={() => void series.refetch()} /> : null}
      {series.isPending ? <Skeleton height={192} mt={4} /> : null}
      {series.data && !last ? (
        <Text c="dimmed" fz="sm" py="xl" ta="center">
          {t('chart.empty')}
          <br />
          {t('chart.emptyHint')}
        </Text>
      ) : null}
      {series.data && last ? (
        <TimeChart
          points={points}
          fromMs={series.data.fromMs}
          toMs={series.data.toMs}
          thresholds={levelsInSight(levels, last.mean)}
          timeZone={timeZone}
          label={summary}
          valueText={valueText}
        />
      ) : null}
      <Text c="dimmed" fz="xs" mt={4}>
        {levels.length > 0
          ? `${t('chart.thresholds')}: ${levels.map(level => level.label ?? valueText(level.value)).join(' · ')} · `
          : ''}
        {t('chart.zone', { zone: zoneName(timeZone, nowMs()) })}
      </Text>
    </Paper>
  )
}

/** A chart with a choice of the period of its own. */
export function RangedFactChart(props: Omit<FactChartProps, 'range'>) {
  const [range, setRange] = useState<ChartRange>('week')
  return (
    <>
      <RangeSwitch value={range} onChange={setRange} />
      <FactChart {...props} range={range} />
    </>
  )
}
