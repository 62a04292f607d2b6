import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeliveryPayload } from '../deliveries/payload.ts'
import { HEALTHY, NoiseFleet, QUEUE } from '../noise/testing/noise-fleet.ts'
import { HOUSE_DESK } from '../routing/testing/house-desk.ts'

const ROUTES = `
routes:
  - { name: all, desk: desk, place: { fields: { part: "{{ component }}", level: "P{{ priority_level }}", fixed: ККТ } } }
`
let fleet: NoiseFleet
beforeEach(async () => {
  const desks = [{ ...HOUSE_DESK, records: true }]
  fleet = new NoiseFleet({ routes: [{ file: 'routes.yaml', text: ROUTES }], desks })
  fleet.site('s')
  fleet.till('a')
  await fleet.say('a', { 'agent.version': '1' }, { kind: 'pc' })
  await fleet.say('a', HEALTHY)
})
afterEach(() => fleet.close())

const opening = (): DeliveryPayload => {
  const [row] = fleet.rows<{ payload_json: string }>(`SELECT payload_json FROM deliveries WHERE kind = 'open'`)
  return JSON.parse(row?.payload_json ?? 'null') as DeliveryPayload
}

describe('a ticket of a real incident', () => {
  it('is written by the tenant’s template from the moment that it is saved', async () => {
    const name = { tenantId: 'main', kind: 'title', language: 'ru' } as const
    await fleet.part.templates.save(name, '{{ client }} {{ site }}: {{ title }}', 'anna', fleet.now)
    await fleet.say('a', QUEUE)
    const { title } = opening()
    expect(title.ru).toBe(
      `Пекарня Объект s: ${fleet.rows<{ title_ru: string }>('SELECT title_ru FROM incidents')[0]?.title_ru}`,
    )
  })

  it('is not lost because of a template: the shipped one tells it, and the incident says so', async () => {
    fleet.database.exec(`INSERT INTO ticket_templates (tenant_id, kind, language, text, author, at)
      VALUES ('main', 'body', 'ru', '{{ explanation }}{{ likely_causes[7].text }}', 'anna', 0)`)
    await fleet.say('a', QUEUE)
    const { text, subject } = opening()
    expect(text.ru).toContain('Ожидаемый результат: ')
    expect(text.ru.endsWith(`\n\n[${subject.key}]`)).toBe(true)
    const notes = fleet.rows<{ text_ru: string }>(`SELECT text_ru FROM timeline WHERE kind = 'note'`)
    expect(notes).toEqual([{ text_ru: expect.stringContaining('не подошёл, взят поставляемый. Строка 1') }])
    const { templates } = await fleet.part.templates.view('main')
    expect(templates.find(({ kind, language }) => kind === 'body' && language === 'ru')).toMatchObject({
      ...{
        author: 'anna',
        failedAt: expect.any(String),
        failure: { line: 1, reason: { ru: expect.stringContaining('здесь нет значения') } },
      },
    })
  })

  it('R28: brings the record as structured data to a desk that wants it, in its language', async () => {
    await fleet.say('a', QUEUE)
    const { record, title, subject } = opening()
    expect(record).toMatchObject({ version: 1, key: subject.key, title: title.ru, frequency_code: expect.any(String) })
  })

  it('R27: carries in the fields of its route what the incident says', async () => {
    await fleet.say('a', QUEUE)
    const { ru } = JSON.parse(
      fleet.rows<{ component_json: string }>('SELECT component_json FROM incidents')[0]?.component_json ?? '{}',
    )
    expect(opening().placement?.fields).toEqual({ part: ru, level: `P${opening().priority}`, fixed: 'ККТ' })
  })
})
