import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import type { ChartPoint, LatestValue } from '../chart-points.ts'
import { formatDay, formatMoment, type Language } from '../format.ts'
import { useLanguage } from '../i18n/i18n.ts'
import { nowMs } from '../now.ts'

interface ChartThreshold {
  readonly value: number
  readonly tone: 'yellow' | 'red'
}

interface TimeChartProps {
  readonly points: readonly ChartPoint[]
  /** Told above the chart while no point is under the pointer. */
  readonly latest: LatestValue
  readonly fromMs: number
  readonly toMs: number
  readonly thresholds: readonly ChartThreshold[]
  readonly timeZone: string
  readonly label: string
  readonly valueText: (value: number) => string
  readonly height?: number
}

const colorOf = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Dashed lines at the levels where a rule begins to speak. */
function drawThresholds(plot: uPlot, thresholds: readonly ChartThreshold[]): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.lineWidth = 1
  ctx.setLineDash([4, 4])
  for (const { value, tone } of thresholds) {
    const y = Math.round(plot.valToPos(value, 'y', true)) + 0.5
    if (y < bbox.top || y > bbox.top + bbox.height) continue
    ctx.strokeStyle = colorOf(tone === 'red' ? '--tw-red' : '--tw-yellow-dot')
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
  }
  ctx.restore()
}

const DAY_S = 86_400
/** So few points are drawn as dots too: one alone makes no line. */
const DOTS_MAX = 60

function axes(props: TimeChartProps, language: Language): uPlot.Axis[] {
  const line = { stroke: colorOf('--tw-line'), width: 1 }
  const common = {
    stroke: colorOf('--mantine-color-dimmed'),
    font: '11px system-ui, sans-serif',
    ticks: { show: false },
  }
  const clock = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    timeZone: props.timeZone,
    hour: '2-digit',
    minute: '2-digit',
  })
  const timeText = (seconds: number, step: number) =>
    step >= DAY_S ? formatDay(language, seconds * 1000, props.toMs, props.timeZone) : clock.format(seconds * 1000)
  return [
    {
      ...common,
      grid: { show: false },
      space: 64,
      size: 30,
      values: (_, splits, _axis, _space, step) => splits.map(seconds => timeText(seconds, step)),
    },
    {
      ...common,
      grid: line,
      size: 68,
      space: 34,
      // Everything that is drawn is counted in whole numbers; halves would read as the same number twice.
      filter: (_, splits) => splits.map(split => (Number.isInteger(split) ? split : null)),
      values: (_, splits) => splits.map(split => (split === null ? '' : props.valueText(split))),
    },
  ]
}

function optionsOf(
  props: TimeChartProps,
  width: number,
  language: Language,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const accent = colorOf('--tw-accent')
  const levels = props.thresholds.map(each => each.value)
  return {
    width,
    height: props.height ?? 170,
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), props.timeZone),
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    padding: [8, 12, 0, 0],
    scales: {
      x: { time: true, range: [props.fromMs / 1000, props.toMs / 1000] },
      y: {
        range: (_plot, dataMin, dataMax) => {
          const low = Math.min(dataMin, ...levels)
          const high = Math.max(dataMax, ...levels)
          const room = Math.max((high - low) * 0.12, Math.abs(high) * 0.002, 1)
          return [low >= 0 ? Math.max(0, low - room) : low - room, high + room]
        },
      },
    },
    series: [
      {},
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      {
        stroke: accent,
        width: 1.75,
        points: { show: (_plot, _series, first, last) => last - first < DOTS_MAX, size: 6, fill: accent },
        spanGaps: false,
      },
    ],
    bands: [{ series: [2, 1], fill: `${accent}2e` }],
    axes: axes(props, language),
    hooks: {
      drawAxes: [plot => drawThresholds(plot, props.thresholds)],
      setCursor: [plot => onHover(plot.cursor.idx ?? null)],
    },
  }
}

const dataOf = (points: readonly ChartPoint[]): uPlot.AlignedData => [
  points.map(point => Date.parse(point.at) / 1000),
  points.map(point => point.min),
  points.map(point => point.max),
  points.map(point => point.mean),
]

/** A fact over time: the mean as a line, minimum to maximum as a band, thresholds dashed; the newest value, or the one under the pointer, is told above. */
export function TimeChart(props: TimeChartProps) {
  const { points, timeZone, label, valueText } = props
  const holder = useRef<HTMLDivElement>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const language = useLanguage()
  const scheme = useComputedColorScheme('light')
  const pointed = hovered === null ? undefined : points[hovered]
  const shown = pointed ? { at: pointed.at, value: pointed.mean } : props.latest

  useEffect(() => {
    const element = holder.current
    if (!element) return
    const plot = new uPlot(optionsOf(props, element.clientWidth, language, setHovered), dataOf(points), element)
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: props.height ?? 170 }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [points, language, scheme, timeZone, label])

  return (
    <>
      <div className="tw-chart-readout tw-dim" aria-hidden>
        <b className="tw-chart-value">{valueText(shown.value)}</b>{' '}
        {formatMoment(language, Date.parse(shown.at), nowMs(), timeZone)}
      </div>
      <div ref={holder} className="tw-chart" role="img" aria-label={label} />
    </>
  )
}
