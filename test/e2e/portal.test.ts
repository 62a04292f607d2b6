import { type MockServer, startMockServer } from '@tillwatch/portal/mock/mock-server'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, missingForBrowser } from './browser.ts'
import { PORTAL_PAGES } from './portal-shots.ts'

const { chromium, reason: missing } = missingForBrowser()

let browser: Browser | undefined
let server: MockServer | undefined

beforeAll(async () => {
  if (!chromium) return
  server = await startMockServer({ startedAtMs: Date.now(), signedIn: true })
  browser = await launchBrowser(chromium)
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

interface Opened {
  readonly page: Page
  /** Whatever the page complained about: errors, refused policies, failed requests. */
  readonly complaints: string[]
}

async function inBrowser(
  context: { skip: (reason: string) => void },
  options: BrowserContextOptions,
  use: (opened: Opened, url: string) => Promise<void>,
): Promise<void> {
  if (missing || !browser || !server) return context.skip(missing ?? 'no browser')
  const tab = await browser.newContext({
    locale: 'ru-RU',
    timezoneId: 'Europe/Moscow',
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await tab.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  try {
    await use({ page, complaints }, server.url)
  } finally {
    await tab.close()
  }
}

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address, { waitUntil: 'domcontentloaded' })
  await page.locator('h1').first().waitFor()
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** Turns to another page of the open portal, as a link in it does: nothing is loaded twice. */
async function turnTo(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate')); new Promise(requestAnimationFrame)`,
  )
  await page.locator('h1').first().waitFor()
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** Controls in sight that a screen reader meets and could not name. */
const NAMELESS = `[...document.querySelectorAll('a, button, input:not([type=hidden]), textarea, [role=tab]')]
  .filter(element => element.checkVisibility() && !element.closest('[aria-hidden="true"]'))
  .filter(element => !(element.getAttribute('aria-label') || element.textContent.trim() || element.labels?.length || element.title))
  .map(element => element.outerHTML.slice(0, 160))`

describe('the portal in a browser', () => {
  for (const [language, width, colorScheme] of [
    ['ru', 1280, 'light'],
    ['en', 390, 'dark'],
    ['ru', 390, 'light'],
  ] as const) {
    it(`opens every page without complaint, without scrolling sideways and with a name on every control (${language}, ${width} px, ${colorScheme})`, async context => {
      const locale = language === 'ru' ? 'ru-RU' : 'en-GB'
      await inBrowser(
        context,
        { viewport: { width, height: 844 }, colorScheme, locale },
        async ({ page, complaints }, url) => {
          await open(page, url)
          const headings = new Set<string | null>()
          for (const [name, path] of PORTAL_PAGES) {
            await turnTo(page, path)
            headings.add(await page.locator('h1').first().textContent())
            const excess = await page.evaluate(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            )
            expect(excess, `${name} is wider than the window by`).toBe(0)
            expect(await page.locator('h1').count(), `${name} has one heading`).toBe(1)
            expect(await page.evaluate('document.documentElement.lang')).toBe(language)
            expect(await page.evaluate(NAMELESS), name).toEqual([])
            expect(complaints, name).toEqual([])
          }
          expect(headings.size, 'different pages').toBeGreaterThan(9)
        },
      )
    })
  }

  it('is worked by keyboard: skip link, / searches, arrows walk the rows, Enter opens', async context => {
    await inBrowser(context, { viewport: { width: 1440, height: 900 } }, async ({ page }, url) => {
      await open(page, url)
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.textContent')).toBe('К содержанию')
      await page.keyboard.press('/')
      await page.keyboard.type('вторая речка')
      await page.waitForURL(/search=/)
      await page.getByText(/^Показано (\d+) из \1$/).waitFor()
      for (const row of await page.locator('tbody tr').allTextContents()) expect(row).toContain('Владивосток')
      await page.locator('[data-row]').first().focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowUp')
      expect(await page.evaluate("[...document.querySelectorAll('[data-row]')].indexOf(document.activeElement)")).toBe(
        1,
      )
      const outline = await page.evaluate("getComputedStyle(document.activeElement, '::after').outlineStyle")
      expect(outline, 'the focused row is marked').toBe('solid')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/terminals\//)
      await page.getByRole('heading', { name: 'Паспорт объекта' }).waitFor()
    })
  })

  it('switches the language at once and remembers it', async context => {
    await inBrowser(context, {}, async ({ page }, url) => {
      await open(page, `${url}/account`)
      await page.getByText('English', { exact: true }).click()
      await page.getByRole('heading', { name: 'Account' }).waitFor()
      await open(page, url)
      expect(await page.locator('h1').textContent()).toBe('Registers')
      expect(await page.evaluate('document.documentElement.lang')).toBe('en')
    })
  })

  it('loads a long list in pages and says how much is shown', async context => {
    await inBrowser(context, {}, async ({ page }, url) => {
      await open(page, url)
      expect(await page.locator('[data-row]').count()).toBe(50)
      await page.getByRole('button', { name: 'Показать ещё' }).click()
      await page.getByText('Показано 100 из 124').waitFor()
    })
  })

  it('takes an incident, comments on it and solves it', async context => {
    await inBrowser(context, { viewport: { width: 1440, height: 900 } }, async ({ page, complaints }, url) => {
      await open(page, `${url}/incidents/incident-5`)
      await page.getByRole('button', { name: 'Взять в работу' }).click()
      await page.getByText('Инцидент у вас в работе').waitFor()
      await page.getByRole('textbox', { name: 'Комментарий' }).fill('Звоню на объект')
      await page.getByRole('button', { name: 'Добавить комментарий' }).click()
      await page.getByText('Звоню на объект').first().waitFor()
      await page.getByRole('button', { name: 'Решить' }).click()
      await page.getByRole('dialog').getByRole('textbox').fill('Провайдер починил линию')
      await page.getByRole('dialog').getByRole('button', { name: 'Решить' }).click()
      await page.getByRole('button', { name: 'Открыть снова' }).waitFor()
      expect(complaints).toEqual([])
    })
  })

  it('shows the services of a PC with what asks for attention first, and a chosen one in full', async context => {
    await inBrowser(context, { viewport: { width: 390, height: 844 } }, async ({ page, complaints }, url) => {
      await open(page, `${url}/terminals/agent-002`)
      const services = page.getByRole('region', { name: 'Службы и программы ПК' })
      const rows = await services.getByRole('button').allTextContents()
      expect(rows[0]).toContain('ошибка синхронизации')
      await services.getByRole('button', { name: 'УТМ ЕГАИС 8080' }).click()
      const panel = page.getByRole('tabpanel')
      await panel.getByRole('row', { name: /Сертификат ГОСТ до 03\.03\.2027/ }).waitFor()
      const top = await page.evaluate("document.getElementById('item-panel').getBoundingClientRect().top")
      expect(top, 'the panel is in sight').toBeGreaterThanOrEqual(0)
      await page.getByRole('tab', { name: /ПК KASSA-PC/ }).click()
      await panel.getByRole('row', { name: /Удалённый доступ AnyDesk 123456789/ }).waitFor()
      expect(complaints).toEqual([])
    })
  })

  it('reminds of what is switched off, and gives commands from the page of the terminal', async context => {
    await inBrowser(context, { viewport: { width: 390, height: 844 } }, async ({ page, complaints }, url) => {
      await open(page, `${url}/terminals/agent-002`)
      const off = page.getByRole('region', { name: 'Проверки выключены' })
      await off.getByText(/Анна/).first().waitFor()
      const commands = page.getByRole('region', { name: 'Команды агенту' })
      await commands.getByRole('button', { name: 'Выключить проверку' }).click()
      const form = page.getByRole('dialog')
      const submit = form.getByRole('button', { name: 'Выключить', exact: true })
      expect(await submit.isDisabled(), 'nothing is chosen yet').toBe(true)
      await form.getByRole('combobox', { name: 'Что выключить' }).click()
      await page.getByRole('option', { name: 'часы ПК' }).click()
      await submit.click()
      await commands.getByText('выключить: часы ПК').waitFor()
      await off.getByRole('button', { name: 'Включить: антивирус' }).click()
      await commands
        .getByText(/включить: антивирус/)
        .first()
        .waitFor()
      expect(complaints).toEqual([])
    })
  })

  it('checks the directory form with the server before it saves', async context => {
    await inBrowser(context, { viewport: { width: 1440, height: 1000 } }, async ({ page, complaints }, url) => {
      await open(page, `${url}/directory`)
      await page.getByRole('button', { name: 'Изменить объект Невский' }).click()
      const form = page.getByRole('dialog')
      await form.getByLabel('Часы работы').fill('с утра до вечера')
      await form.getByRole('button', { name: 'Проверить' }).click()
      await form.getByText('пишут так: 10:00-23:00').first().waitFor()
      await form.getByLabel('Часы работы').fill('10:00-22:00')
      await form.getByRole('button', { name: 'Проверить' }).click()
      await form.getByText('Что изменится').waitFor()
      await form.getByRole('button', { name: 'Сохранить' }).click()
      await page.getByText('Справочник сохранён').waitFor()
      expect(complaints).toEqual([])
    })
  })

  it('makes, corrects and ends a contract', async context => {
    await inBrowser(context, { viewport: { width: 1440, height: 1000 } }, async ({ page, complaints }, url) => {
      await open(page, `${url}/agreements?tab=contracts`)
      await page.getByRole('button', { name: 'Добавить договор' }).click()
      const form = page.getByRole('dialog')
      await form.getByRole('button', { name: 'Записать' }).click()
      await form.getByText('Нужно заполнить').first().waitFor()
      await form.getByLabel('Номер').fill('21-2026')
      await form.getByRole('combobox', { name: 'Клиент' }).click()
      await page.getByRole('option', { name: /Аптеки/ }).click()
      await form.getByRole('button', { name: 'Добавить услугу' }).click()
      await form.getByLabel('Как её называет клиент').fill('Касса не бьёт чеки')
      await form.getByLabel('Кто отвечает').fill('Первая линия')
      await form.getByLabel('Реакция').fill('600')
      await form.getByRole('button', { name: 'Записать' }).click()
      await form.getByText('Реакция позже решения').waitFor()
      await form.getByLabel('Реакция').fill('30')
      await form.getByRole('button', { name: 'Записать' }).click()
      const contract = page.getByRole('region', { name: 'Договор 21-2026' })
      await contract.getByText('30 мин').waitFor()
      await contract.getByRole('button', { name: 'Завершить' }).click()
      await page.getByRole('dialog').getByLabel('Последний день').fill('2026-01-31')
      await page.getByRole('dialog').getByRole('button', { name: 'Завершить' }).click()
      await contract.waitFor({ state: 'detached' })
      await page.getByRole('switch', { name: 'Показать завершённые' }).click()
      await contract.getByText('завершён').waitFor()
      expect(complaints).toEqual([])
    })
  })

  it('names somebody who is told, moves him to a client and takes him out', async context => {
    await inBrowser(context, { viewport: { width: 390, height: 844 } }, async ({ page, complaints }, url) => {
      await open(page, `${url}/agreements?tab=people`)
      const line = page.getByRole('region', { name: 'третья линия' })
      await line.getByRole('button', { name: /^Добавить/ }).click()
      const form = page.getByRole('dialog')
      await form.getByLabel('Имя').fill('Третья линия')
      await form.getByLabel('Почта').fill('line3')
      await form.getByRole('button', { name: 'Записать' }).click()
      await form.getByText('Это не адрес почты').waitFor()
      await form.getByLabel('Почта').fill('line3@example.test')
      await form.getByText('клиент', { exact: true }).click()
      await form.getByRole('combobox', { name: 'Клиент' }).click()
      await page.getByRole('option', { name: /Мастер/ }).click()
      await form.getByRole('button', { name: 'Записать' }).click()
      await line.getByText('line3@example.test').waitFor()
      await line.getByText('Строительный двор').waitFor()
      await line.getByRole('button', { name: /^Убрать/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Убрать' }).click()
      await line.getByText('Никто не указан').waitFor()
      expect(complaints).toEqual([])
    })
  })

  it('follows live events without being asked', async context => {
    await inBrowser(context, {}, async ({ page }, url) => {
      await open(page, url)
      await page.getByText('Обновляется само').waitFor({ state: 'attached' })
      const asked = page.waitForRequest(request => request.url().includes('/api/fleet'))
      server?.api.publish({ topic: 'item', id: 'register-1', agentId: 'agent-001' })
      await asked
    })
  })

  it('tells a refused login what to do, and lets a right one in where it wanted to go', async context => {
    if (missing) return context.skip(missing)
    const own = await startMockServer({ startedAtMs: Date.now(), signedIn: false })
    try {
      await inBrowser(context, {}, async ({ page }) => {
        await open(page, `${own.url}/incidents`)
        await page.getByLabel('Имя').fill('Анна')
        await page.getByRole('textbox', { name: 'Пароль' }).fill('wrong horse')
        await page.getByRole('button', { name: 'Войти' }).click()
        await page.getByText('Имя или пароль не подходят').waitFor()
        await page.getByRole('textbox', { name: 'Пароль' }).fill('correct horse')
        await page.getByRole('button', { name: 'Войти' }).click()
        await page.getByRole('heading', { name: 'Инциденты' }).waitFor()
      })
      await inBrowser(context, {}, async ({ page }) => {
        await open(page, `${own.url}/invitation#token=once`)
        await page.getByLabel('Имя').fill('Анна')
        await page.getByRole('textbox', { name: 'Новый пароль' }).fill('correct horse')
        await page.getByRole('button', { name: 'Начать работу' }).click()
        await page.getByRole('heading', { name: 'Парк касс' }).waitFor()
      })
    } finally {
      await own.close()
    }
  })
})
