import { Paper, SegmentedControl, Skeleton, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { endingIn, type LatestValue } from '../chart-points.ts'
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
const RANGES = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const
/** A history shorter than this is begun with the last hour. */
const SHORT_HISTORY_MS = 2 * HOUR_MS
export type ChartRange = keyof typeof RANGES

/** The period that shows something: the last day, or the last hour of a history that has only begun; then whatever was chosen. */
export function useChartRange(itemId: string, fact: string): [ChartRange, (range: ChartRange) => void] {
  const [chosen, choose] = useState<ChartRange | null>(null)
  const day = useSeries(itemId, fact, RANGES.day, nowMs).data
  const first = day?.points[0]
  const short = day && first && day.toMs - Date.parse(first.at) < SHORT_HISTORY_MS
  return [chosen ?? (short ? 'hour' : 'day'), choose]
}

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

function Empty() {
  const { t } = useTranslation()
  return (
    <Text c="dimmed" fz="sm" py="xl" ta="center">
      {t('chart.empty')}
      <br />
      {t('chart.emptyHint')}
    </Text>
  )
}

interface FactChartProps {
  readonly itemId: string
  readonly fact: string
  readonly title: string
  readonly timeZone: string
  readonly levels: readonly ChartLevel[]
  /** What the item says now; the end of the curve is told when it is null. */
  readonly latest: LatestValue | null
  readonly range: ChartRange
}

type Series = NonNullable<ReturnType<typeof useSeries>['data']>

/** The curve with its text for who cannot see it, or why there is none. */
function Curve({
  series,
  valueText,
  ...props
}: FactChartProps & { series: Series; valueText: (value: number) => string }) {
  const { t } = useTranslation()
  const points = endingIn(series.points, props.latest)
  const last = points.at(-1)
  if (!last) return <Empty />
  const label = t('chart.summary', {
    name: props.title,
    last: valueText(last.mean),
    min: valueText(Math.min(...points.map(point => point.min))),
    max: valueText(Math.max(...points.map(point => point.max))),
  })
  return (
    <TimeChart
      points={points}
      latest={props.latest ?? { at: last.at, value: last.mean }}
      fromMs={series.fromMs}
      toMs={Math.max(series.toMs, Date.parse(last.at))}
      thresholds={levelsInSight(props.levels, last.mean)}
      timeZone={props.timeZone}
      label={label}
      valueText={valueText}
    />
  )
}

/** Chart of one fact of one item, with its thresholds named below. */
export function FactChart(props: FactChartProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const words = useValueWords()
  const { itemId, fact, title, timeZone, levels, range } = props
  const series = useSeries(itemId, fact, RANGES[range], nowMs)
  const valueText = (value: number) => factText(fact, Math.round(value), language, words)
  const thresholds = levels.map(level => level.label ?? valueText(level.value)).join(' · ')
  return (
    <Paper component="section" aria-label={title}>
      <Text fw={600} fz="sm">
        {title}
      </Text>
      {series.error ? <ErrorNotice thrown={series.error} onRetry={() => void series.refetch()} /> : null}
      {series.isPending ? <Skeleton height={192} mt={4} /> : null}
      {series.data ? <Curve {...props} series={series.data} valueText={valueText} /> : null}
      <Text c="dimmed" fz="xs" mt={4}>
        {thresholds ? `${t('chart.thresholds')}: ${thresholds} · ` : ''}
        {t('chart.zone', { zone: zoneName(timeZone, nowMs()) })}
      </Text>
    </Paper>
  )
}

/** A chart with a choice of the period of its own. */
export function RangedFactChart(props: Omit<FactChartProps, 'range'>) {
  const [range, setRange] = useChartRange(props.itemId, props.fact)
  return (
    <>
      <RangeSwitch value={range} onChange={setRange} />
      <FactChart {...props} range={range} />
    </>
  )
}
