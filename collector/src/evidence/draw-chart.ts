import { fileURLToPath } from 'node:url'
import { createCanvas, GlobalFonts, Path2D, type SKRSContext2D } from '@napi-rs/canvas'
import { dayStart, localDay, localTextOf } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { offsetText } from '../incidents/local-time.ts'
import type { SeriesPoint } from '../store/series-store.ts'
import type { ChartMark, ChartSubject } from './chart.ts'
import type { EvidenceLanguage } from './evidence-file.ts'

const FAMILY = 'Tillwatch Chart'
const WIDTH = 1000
const HEIGHT = 460
const PLOT = { left: 74, top: 92, right: 872, bottom: 392 } as const
const DAY_MS = 24 * 3_600_000
/** Beyond such a gap nothing was read: the line is broken there. */
const GAP_SHARE = 1 / 40

const INK = { text: '#1f2933', soft: '#66727f', grid: '#e6e9ed', open: '#f3f6fa', line: '#1c64c8', band: '#1c64c833' }
const LEVEL_INK = { minor: '#b58105', important: '#d9650b', critical: '#c62828' } as const
const CLEAR_INK = '#3c8c4a'

const WORDS = {
  now: { ru: 'сейчас', en: 'now' },
  open: { ru: 'часы работы', en: 'opening hours' },
  time: { ru: 'время объекта', en: 'time of the site' },
} as const

for (const file of [
  import.meta.resolve('@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff2'),
  import.meta.resolve('@fontsource/noto-sans/files/noto-sans-latin-600-normal.woff2'),
  import.meta.resolve('@fontsource/noto-sans/files/noto-sans-cyrillic-400-normal.woff2'),
  import.meta.resolve('@fontsource/noto-sans/files/noto-sans-cyrillic-600-normal.woff2'),
]) {
  GlobalFonts.registerFromPath(fileURLToPath(file), FAMILY)
}

/** A chart as a PNG: the metric with its range, levels of the rule, when it began, opening hours, and now. */
export function drawChart(
  subject: ChartSubject,
  points: readonly SeriesPoint[],
  language: EvidenceLanguage,
): Uint8Array {
  const canvas = createCanvas(WIDTH, HEIGHT)
  const pen = canvas.getContext('2d')
  const scaled = points.map(point => scaledPoint(subject, point))
  const top = topOf(subject, scaled)
  const x = (at: EpochMs) => PLOT.left + ((at - subject.from) / (subject.to - subject.from)) * (PLOT.right - PLOT.left)
  const y = (value: number) => PLOT.bottom - (value / top.value) * (PLOT.bottom - PLOT.top)
  const view: View = { pen, subject, language, x, y, top }
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, WIDTH, HEIGHT)
  drawHead(view)
  drawOpen(view)
  drawAxes(view)
  drawLine(view, scaled)
  drawLevels(view)
  drawMarks(view)
  drawNow(view, scaled.at(-1))
  return canvas.toBuffer('image/png')
}

interface View {
  readonly pen: SKRSContext2D
  readonly subject: ChartSubject
  readonly language: EvidenceLanguage
  readonly x: (at: EpochMs) => number
  readonly y: (value: number) => number
  readonly top: { readonly value: number; readonly step: number }
}

function scaledPoint({ scale }: ChartSubject, { at, mean, min, max }: SeriesPoint): SeriesPoint {
  const of = (value: number) => (scale.absolute ? Math.abs(value) : value) * scale.factor
  return { at, mean: of(mean), min: Math.min(of(min), of(max)), max: Math.max(of(min), of(max)) }
}

/** A round top with five lines at most: over all values, and over the levels that are near enough to tell something. */
function topOf({ levels, unit }: ChartSubject, points: readonly SeriesPoint[]): View['top'] {
  const highest = Math.max(1, ...points.map(({ max }) => max))
  const near = levels.map(({ value }) => value).filter(value => value <= highest * 4)
  const wanted = Math.max(highest, ...near) * 1.08
  const rough = wanted / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map(each => each * power).find(each => each >= rough) ?? rough
  const whole = unit.en === '' ? Math.max(1, Math.ceil(step)) : step
  const value = Math.ceil(wanted / whole) * whole
  return { value: unit.en === '%' ? Math.min(value, 100) : value, step: whole }
}

const font = (pen: SKRSContext2D, size: number, weight: 400 | 600 = 400) => {
  pen.font = `${weight} ${size}px "${FAMILY}"`
}

function say(
  pen: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  { color, align = 'left' }: { readonly color: string; readonly align?: 'left' | 'right' | 'center' },
): void {
  pen.fillStyle = color
  pen.textAlign = align
  pen.fillText(text, x, y)
}

/** The text, cut with a mark to fit the width. */
function fitted(pen: SKRSContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text
  let cut = text
  while (cut.length > 1 && pen.measureText(`${cut}…`).width > width) cut = cut.slice(0, -1)
  return `${cut.trimEnd()}…`
}

function drawHead({ pen, subject, language }: View): void {
  const width = WIDTH - 2 * 24
  font(pen, 20, 600)
  say(pen, fitted(pen, subject.title[language], width), 24, 36, { color: INK.text })
  font(pen, 14)
  const metric = [subject.metric[language], subject.unit[language]].filter(Boolean).join(', ')
  say(pen, fitted(pen, [metric, subject.place].filter(Boolean).join(' · '), width), 24, 62, { color: INK.soft })
}

function drawOpen({ pen, subject, language, x }: View): void {
  pen.fillStyle = INK.open
  for (const [from, until] of subject.open ?? []) {
    pen.fillRect(x(from), PLOT.top, x(until) - x(from), PLOT.bottom - PLOT.top)
  }
  font(pen, 12)
  const zone = `${WORDS.time[language]} (${offsetText(subject.to, subject.timezone)})`
  say(pen, zone, PLOT.left, HEIGHT - 18, { color: INK.soft })
  if (!subject.open || subject.open.length === 0) return
  const right = PLOT.right
  say(pen, WORDS.open[language], right, HEIGHT - 18, { color: INK.soft, align: 'right' })
  const left = right - pen.measureText(WORDS.open[language]).width - 26
  pen.fillStyle = INK.open
  pen.fillRect(left, HEIGHT - 29, 18, 13)
  pen.strokeStyle = INK.grid
  pen.lineWidth = 1
  pen.strokeRect(left + 0.5, HEIGHT - 28.5, 17, 12)
}

function drawAxes({ pen, subject, language, x, y, top }: View): void {
  pen.strokeStyle = INK.grid
  pen.lineWidth = 1
  font(pen, 13)
  const number = new Intl.NumberFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { maximumFractionDigits: 2 })
  for (let value = 0; value <= top.value + top.step / 1_000; value += top.step) {
    line(pen, PLOT.left, y(value), PLOT.right, y(value))
    say(pen, number.format(value), PLOT.left - 10, y(value) + 5, { color: INK.soft, align: 'right' })
  }
  const { timezone, from, to } = subject
  const days = Math.max(1, Math.ceil((to - from) / DAY_MS))
  const every = Math.ceil(days / 9)
  let nth = 0
  for (let day = localDay(timezone, from) + 1; dayStart(timezone, day) <= to; day++, nth++) {
    const at = x(dayStart(timezone, day))
    // The moment of now is written there.
    if (nth % every !== 0 || at > PLOT.right - 12) continue
    line(pen, at, PLOT.top, at, PLOT.bottom + 5)
    const [, month = '', date = ''] = localTextOf(timezone, dayStart(timezone, day)).slice(0, 10).split('-')
    if (at < PLOT.right - 70) say(pen, `${date}.${month}`, at, PLOT.bottom + 22, { color: INK.soft, align: 'center' })
  }
}

function line(pen: SKRSContext2D, x1: number, y1: number, x2: number, y2: number, dash: readonly number[] = []): void {
  pen.setLineDash([...dash])
  pen.beginPath()
  pen.moveTo(x1, y1)
  pen.lineTo(x2, y2)
  pen.stroke()
  pen.setLineDash([])
}

function drawLine({ pen, subject, x, y }: View, points: readonly SeriesPoint[]): void {
  const gapMs = (subject.to - subject.from) * GAP_SHARE
  for (const run of runsOf(points, gapMs)) {
    const band = new Path2D()
    for (const [index, point] of run.entries()) {
      if (index === 0) band.moveTo(x(point.at), y(point.max))
      else band.lineTo(x(point.at), y(point.max))
    }
    for (const point of run.toReversed()) band.lineTo(x(point.at), y(point.min))
    band.closePath()
    pen.fillStyle = INK.band
    pen.fill(band)
    pen.strokeStyle = INK.line
    pen.lineWidth = 2
    pen.lineJoin = 'round'
    pen.beginPath()
    for (const [index, point] of run.entries()) {
      if (index === 0) pen.moveTo(x(point.at), y(point.mean))
      else pen.lineTo(x(point.at), y(point.mean))
    }
    pen.stroke()
  }
}

function runsOf(points: readonly SeriesPoint[], gapMs: number): readonly SeriesPoint[][] {
  const runs: SeriesPoint[][] = []
  for (const point of points) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && point.at - last.at <= gapMs) run.push(point)
    else runs.push([point])
  }
  return runs
}

/** Least distance between two labels. */
const LABEL_HEIGHT = 16

function drawLevels({ pen, subject, language, y, top }: View): void {
  const shown = subject.levels.filter(({ value }) => value <= top.value).toSorted((one, two) => two.value - one.value)
  const number = new Intl.NumberFormat(language === 'ru' ? 'ru-RU' : 'en-GB', { maximumFractionDigits: 2 })
  font(pen, 12)
  let lowest = Number.NEGATIVE_INFINITY
  for (const { value, kind, level, text } of shown) {
    const color = kind === 'clear' ? CLEAR_INK : LEVEL_INK[level]
    pen.strokeStyle = color
    pen.lineWidth = 1.5
    line(pen, PLOT.left, y(value), PLOT.right, y(value), kind === 'clear' ? [2, 4] : [7, 5])
    const at = Math.max(y(value) + 4, lowest + LABEL_HEIGHT)
    lowest = at
    say(pen, fitted(pen, `${number.format(value)} ${text[language]}`, WIDTH - PLOT.right - 14), PLOT.right + 8, at, {
      color,
    })
  }
}

function drawMarks({ pen, subject, language, x }: View): void {
  font(pen, 12)
  const taken: { readonly left: number; readonly right: number }[] = []
  // The onset is named whatever else happened near it.
  for (const { at, kind, text } of subject.marks.toSorted((one, two) => rankOf(one) - rankOf(two))) {
    const color = kind === 'onset' ? INK.text : INK.soft
    pen.strokeStyle = color
    pen.lineWidth = kind === 'onset' ? 1.5 : 1
    line(pen, x(at), PLOT.top, x(at), PLOT.bottom, kind === 'onset' ? [] : [3, 3])
    const half = pen.measureText(text[language]).width / 2
    const centre = Math.max(PLOT.left + half, Math.min(x(at), PLOT.right - 36 - half))
    const label = { left: centre - half - 4, right: centre + half + 4 }
    if (taken.some(({ left, right }) => label.left < right && left < label.right)) continue
    taken.push(label)
    say(pen, text[language], centre, PLOT.top - 6, { color, align: 'center' })
  }
}

const rankOf = ({ kind, at }: ChartMark): number => (kind === 'onset' ? 0 : at)

function drawNow({ pen, subject, language, x, y }: View, last: SeriesPoint | undefined): void {
  const at = x(subject.to)
  pen.strokeStyle = INK.soft
  pen.lineWidth = 1
  line(pen, at, PLOT.top, at, PLOT.bottom)
  font(pen, 12)
  const time = localTextOf(subject.timezone, subject.to)
  const [, month = '', date = ''] = time.slice(0, 10).split('-')
  say(pen, `${date}.${month} ${time.slice(11, 16)}`, at, PLOT.bottom + 22, { color: INK.text, align: 'center' })
  say(pen, WORDS.now[language], at, PLOT.top - 6, { color: INK.text, align: 'center' })
  if (!last) return
  pen.fillStyle = INK.line
  pen.beginPath()
  pen.arc(x(last.at), y(last.mean), 4, 0, 2 * Math.PI)
  pen.fill()
}
