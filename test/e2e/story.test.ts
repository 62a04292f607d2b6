import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@tillwatch/shared'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { HEALTHY, localTime } from '../demo/story.ts'
import { createStack, type Stack, TERMINAL } from '../stack/stack.ts'
import { launchBrowser, missingForBrowser } from './browser.ts'

const ZONE = 'Europe/Moscow'
const NAME = 'Анна'
const PASSWORD = 'correct horse battery'
const TITLE = /^Чеки не уходят в ОФД 26 дней/

const { chromium, reason } = missingForBrowser()
let browser: Browser
let stack: Stack
let link: string
let page: Page
/** Whatever the page of the story complained about from its first moment to its last. */
const complaints: string[] = []

type RegisterState = Record<string, Record<string, unknown>>
const now = () => localTime(systemClock.now(), ZONE)

/** The healthy register whose drive lasts for `days` more, with some parts otherwise. */
function tell(changes: RegisterState = {}): void {
  const healthy = HEALTHY.state(now())
  const state: RegisterState = { ...healthy, fn: { ...healthy['fn'], valid_until: now().days(DRIVE_DAYS) } }
  for (const [part, values] of Object.entries(changes)) state[part] = { ...state[part], ...values }
  writeFileSync(`${stack.stateFile}.new`, JSON.stringify(state))
  renameSync(`${stack.stateFile}.new`, stack.stateFile)
}
/** Long enough for no rule to speak, short enough for the plan of replacements. */
const DRIVE_DAYS = 200

beforeAll(async () => {
  if (!chromium) return
  stack = await createStack({
    folder: mkdtempSync(join(tmpdir(), 'tillwatch-story-')),
    overrides: [fileURLToPath(new URL('../demo/demo.override.yaml', import.meta.url))],
  })
  tell()
  const starting = launchBrowser(chromium)
  await stack.startCollector()
  await stack.enrol()
  await stack.startRegister()
  await stack.startAgent()
  link = await stack.loginLink()
  browser = await starting
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await stack?.stop()
  if (stack) rmSync(stack.folder, { recursive: true, force: true })
}, 30_000)

async function openPage(): Promise<Page> {
  const tab = await browser.newContext({
    locale: 'ru-RU',
    timezoneId: ZONE,
    reducedMotion: 'reduce',
    viewport: { width: 1440, height: 900 },
  })
  const opened = await tab.newPage()
  opened.setDefaultTimeout(20_000)
  return opened
}

const told = (text: string | RegExp) => page.getByText(text).first().waitFor()
const goTo = (section: string) => page.getByRole('link', { name: section }).first().click()

/** Steps that have been told to their end; each stands on the one before. */
let toldSteps = 0
let steps = 0

/** A step of the story, told in Chromium over the built portal and real processes; nothing follows a step that failed. */
function step(title: string, work: () => Promise<void>): void {
  const place = steps++
  it(title, { timeout: 60_000 }, async (context: TestContext) => {
    if (reason) return context.skip(reason)
    expect(toldSteps, 'steps before this one').toBe(place)
    await work()
    toldSteps++
  })
}

describe('the story of a register, from the first login to the solved incident', () => {
  step('R9: the one-time link makes the first administrator, and works once', async () => {
    page = await openPage()
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', error => complaints.push(error.message))
    await page.goto(link)
    await page.getByLabel('Имя').fill(NAME)
    await page.getByRole('textbox', { name: 'Новый пароль' }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Начать работу' }).click()
    await page.getByRole('heading', { name: 'Парк касс' }).waitFor()

    const stranger = await openPage()
    await stranger.goto(link)
    await stranger.getByText('Ссылка не действует').waitFor()
    expect(await stranger.getByRole('button', { name: 'Начать работу' }).isDisabled()).toBe(true)
    await stranger.context().close()
  })

  step('the fleet shows the register where it stands, healthy and with its end', async () => {
    const row = page.getByRole('row').filter({ hasText: 'ШТРИХ-ЛАЙТ-02Ф' })
    await row.waitFor()
    await row.getByText('В порядке').waitFor({ state: 'attached' })
    const text = await row.textContent()
    for (const part of ['0000000000301234', 'Кафе на Тверской', 'ул. Тверская, д. 7', 'ФН, срок', 'пусто', 'на связи'])
      expect(text).toContain(part)
  })

  step('an incident appears by itself while the page stays open', async () => {
    await goTo('Инциденты')
    await told('Открытых инцидентов нет')
    await page.evaluate('globalThis.neverReloaded = true')
    tell({
      ofd: { unsent_documents: 911, first_unsent_document: 47_305, first_unsent_at: now().hours(-26 * 24) },
      fn: { flags: ['ofd_timeout'] },
    })
    await told(TITLE)
    expect(await page.evaluate('globalThis.neverReloaded')).toBe(true)
  })

  step('its page explains what happened, how it should be, why this priority, and what to do', async () => {
    await page.getByRole('link', { name: TITLE }).click()
    await page.getByRole('heading', { name: TITLE, level: 1 }).waitFor()
    await told(/первый неотправленный чек ждёт/i)
    for (const name of ['Что случилось', 'Как должно быть', 'Почему такой приоритет', 'История'])
      expect(await page.getByRole('heading', { name }).count(), name).toBe(1)
    await told('Критический')
    expect(await page.getByRole('list').filter({ hasText: 'Открыт' }).count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Что делать' }).click()
    const runbook = page.getByRole('dialog')
    await runbook.getByText('Интернет на объекте').waitFor()
    expect(await runbook.textContent()).not.toContain('The lock lifts')
    await page.keyboard.press('Escape')
    await runbook.waitFor({ state: 'hidden' })
    await page.getByRole('img', { name: /последнее 911/ }).waitFor()
  })

  step('a person takes it and comments on it', async () => {
    await page.getByRole('button', { name: 'Взять в работу' }).click()
    await told('Инцидент у вас в работе')
    await page.getByRole('textbox', { name: 'Комментарий' }).fill('Звоню на объект')
    await page.getByRole('button', { name: 'Добавить комментарий' }).click()
    await page.getByRole('listitem').filter({ hasText: 'Звоню на объект' }).filter({ hasText: NAME }).waitFor()
  })

  step('the queue is gone, and the incident is solved before the reader’s eyes', async () => {
    tell()
    await page.getByRole('button', { name: 'Открыть снова' }).waitFor({ timeout: 40_000 })
    expect(await page.evaluate('globalThis.neverReloaded')).toBe(true)
  })

  step('the plan of replacements has the register in its month, and gives a sheet', async () => {
    await goTo('Замены ФН')
    const date = now().days(DRIVE_DAYS)
    const month = new Intl.DateTimeFormat('ru-RU', { month: 'long', timeZone: 'UTC' }).format(Date.parse(date))
    await page.getByRole('heading', { name: new RegExp(`^${month} ${date.slice(0, 4)}`, 'i') }).waitFor()
    expect(await page.getByRole('row').filter({ hasText: '0000000000301234' }).textContent()).toContain(
      date.split('-').reverse().join('.'),
    )
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Скачать XLSX' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
    expect(
      readFileSync(await download.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK')
  })

  step('the language changes at once, and a phone never scrolls sideways', async () => {
    await page.getByText('EN', { exact: true }).click()
    await page.getByRole('heading', { name: 'FN replacement' }).waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of ['/', `/terminals/${TERMINAL.agent}`, '/incidents?status=all', '/replacements', '/desks']) {
      await page.goto(stack.url + path)
      await page.locator('h1').waitFor()
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
      expect(
        await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
        path,
      ).toBe(0)
      expect(await page.evaluate('document.documentElement.lang')).toBe('en')
    }
    expect(complaints).toEqual([])
  })
})
