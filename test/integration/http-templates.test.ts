import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import type { TemplatePreview, TicketTemplatesView } from '@tillwatch/shared/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let administrator: Browser
let stranger: Browser

beforeAll(async () => {
  world = await createHttpWorld({ registers: 30 })
  administrator = await world.signIn('anna', 'administrator')
  stranger = await world.signIn('mallory', 'administrator', 'other')
})
afterAll(() => world.stop())

const { incidentId } = seededIds('main', 10)
const PATH = '/api/ticket-templates'
const viewed = async (browser = administrator) => (await browser.get(PATH)).json() as TicketTemplatesView
const titleOf = async (browser = administrator) =>
  (await viewed(browser)).templates.find(({ kind, language }) => kind === 'title' && language === 'ru')
const save = (text: string | null, kind = 'title') => administrator.send('PUT', `${PATH}/${kind}/ru`, { text })
const preview = async (text: string, more: object = {}, browser = administrator) =>
  browser.send('POST', `${PATH}/preview`, { kind: 'title', language: 'ru', text, ...more })
const previewed = async (...args: Parameters<typeof preview>) => (await preview(...args)).json() as TemplatePreview

describe('templates of tickets', () => {
  it('are the shipped ones until somebody writes others, and every field is explained', async () => {
    const { templates, fields } = await viewed()
    expect(templates.map(({ kind, language, author }) => [kind, language, author])).toEqual([
      ['title', 'ru', null],
      ['title', 'en', null],
      ['body', 'ru', null],
      ['body', 'en', null],
    ])
    expect(fields.find(({ name }) => name === 'client')).toMatchObject({ mandatory: true, about: { ru: 'клиент' } })
  })

  it('are saved with their author, kept, and given back for the shipped one', async () => {
    expect((await save('{{ client }}: {{ title }}')).statusCode).toBe(204)
    expect(await titleOf()).toMatchObject({ text: '{{ client }}: {{ title }}', author: 'anna' })
    expect((await save(null)).statusCode).toBe(204)
    expect(await titleOf()).toMatchObject({ text: '{{ title }}', author: null, savedAt: null })
    const history = (await administrator.get(`${PATH}/title/ru/history`)).json()
    expect(history.map(({ text }: { text: string | null }) => text)).toEqual([null, '{{ client }}: {{ title }}'])
  })

  it('R27: are refused with line and reason, and nothing is kept', async () => {
    const refused = await save('{{ title }}\n{{ nobody }}')
    expect(refused.statusCode).toBe(422)
    expect(refused.json()).toMatchObject({ code: 'template.invalid', message: expect.stringContaining('line 2: ') })
    expect((await save('{{ title }}', 'body')).json().message).toContain('{{ priority_reason }}')
    expect(await titleOf()).toMatchObject({ author: null })
    expect((await administrator.send('PUT', `${PATH}/title/de`, { text: 'x' })).statusCode).toBe(400)
  })

  it('are shown on the sample and on a real incident, right or wrong', async () => {
    expect(await previewed('№{{ number }}')).toEqual({ text: '№128', problems: [] })
    const { text } = await previewed('{{ explanation }}', { kind: 'body', incidentId })
    expect(text).toMatch(/\n\n\[[^\]]+\|ofd\|1\]$/)
    expect(await previewed('{% if %}')).toMatchObject({ text: null, problems: [{ line: 1 }] })
  })

  it('another tenant sees neither the templates nor the incidents', async () => {
    await save('{{ client }}: {{ title }}')
    expect(await titleOf(stranger)).toMatchObject({ text: '{{ title }}', author: null })
    expect((await stranger.get(`${PATH}/title/ru/history`)).json()).toEqual([])
    expect((await preview('{{ title }}', { incidentId }, stranger)).json()).toMatchObject({ code: 'incident.unknown' })
  })
})
