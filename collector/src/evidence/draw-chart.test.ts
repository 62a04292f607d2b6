import { GlobalFonts, loadImage } from '@napi-rs/canvas'
import { expect, test } from 'vitest'
import type { ChartSubject } from './chart.ts'
import { createCharts } from './charts.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-11-22T15:40:00Z')
const both = (text: string) => ({ ru: text, en: text })
const subject: ChartSubject = {
  itemId: 'register:main:1',
  fact: 'fiscal.ofd.unsent_documents',
  scale: { factor: 1, absolute: false },
  title: { ru: 'Чеки не уходят в ОФД 3 дня', en: 'Receipts have not reached the OFD for 3 days' },
  place: 'Кафе',
  metric: { ru: 'Не передано в ОФД', en: 'Unsent documents' },
  unit: both(''),
  timezone: 'Asia/Vladivostok',
  from: NOW - 7 * DAY,
  to: NOW,
  levels: [{ value: 50, kind: 'set', level: 'minor', text: both('minor') }],
  marks: [{ at: NOW - 3 * DAY, kind: 'onset', text: both('onset') }],
  lastDay: null,
  open: [[NOW - DAY, NOW - DAY / 2]],
}
const chartsOf = (values: readonly number[]) =>
  createCharts({
    query: async () =>
      values.map((mean, n) => ({ at: NOW - (values.length - n) * 3_600_000, mean, min: mean - 1, max: mean + 1 })),
  })

test('R32: a chart is a picture in every language that is asked for', async () => {
  const pictures = await chartsOf([1, 5, 80, 200]).draw(subject, ['ru', 'en'])
  const [ru, en] = await Promise.all(pictures.map(bytes => loadImage(Buffer.from(bytes))))
  expect([ru?.width, ru?.height, en?.width]).toEqual([1000, 460, 1000])
  expect(Buffer.compare(pictures[0] ?? Buffer.alloc(0), pictures[1] ?? Buffer.alloc(0))).not.toBe(0)
  expect(GlobalFonts.has('Tillwatch Chart')).toBe(true)
})

test('what is drawn are the readings of that item and fact, within the time that is shown', async () => {
  const asked: object[] = []
  const charts = createCharts({
    query: async range => {
      asked.push(range)
      return []
    },
  })
  await charts.draw(subject, ['ru'])
  const { itemId, fact, from, to } = subject
  expect(asked).toEqual([expect.objectContaining({ itemId, fact, from, to })])
})

test('days left are drawn without a reading', async () => {
  const lastDay = Math.floor(NOW / DAY) + 8
  expect(await chartsOf([]).draw({ ...subject, lastDay }, ['ru'])).toHaveLength(1)
})

test.each([
  ['one reading', [3]],
  ['nothing but zero', [0, 0, 0]],
  ['numbers below zero', [-5, -1]],
  ['numbers of a disk', [2e11, 1.9e11]],
])('%s can be drawn', async (_what, values) => {
  const more = { levels: [], marks: [], open: null }
  expect(await chartsOf(values).draw({ ...subject, ...more }, ['ru'])).toHaveLength(1)
})

test('without a reading there is nothing to draw', async () => {
  expect(await chartsOf([]).draw(subject, ['ru'])).toEqual([])
})
