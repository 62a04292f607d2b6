import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startMockServer } from '@tillwatch/portal/mock/mock-server'
import type { Browser } from 'playwright-core'
import { chromiumPath, launchBrowser } from './browser.ts'

/** Pages of the portal with data in them, for pictures and for the test that opens each. */
export const PORTAL_PAGES = [
  ['fleet', '/'],
  ['day', '/day'],
  ['terminal', '/terminals/agent-002'],
  ['incidents', '/incidents'],
  ['incident', '/incidents/incident-2'],
  ['mass', '/incidents/incident-mass'],
  ['priorities', '/priorities'],
  ['overrides', '/priorities?tab=overrides'],
  ['critical', '/priorities?tab=critical'],
  ['problems', '/problems'],
  ['problem', '/problems/problem-1'],
  ['measures', '/problems?tab=measures'],
  ['months', '/problems?tab=months'],
  ['knowledge', '/knowledge'],
  ['maintenance', '/maintenance'],
  ['replacements', '/replacements?months=6'],
  ['rules', '/rules'],
  ['agreements', '/agreements'],
  ['contracts', '/agreements?tab=contracts'],
  ['people', '/agreements?tab=people'],
  ['calendars', '/agreements?tab=calendars'],
  ['notices', '/agreements?tab=notices'],
  ['directory', '/directory'],
  ['directory-gaps', '/directory?tab=gaps'],
  ['directory-agents', '/directory?tab=agents'],
  ['directory-unknown', '/directory?tab=unknown'],
  ['desks', '/desks'],
  ['desk-messages', '/desks?desk=email'],
  ['templates', '/templates'],
  ['users', '/users'],
  ['account', '/account'],
  ['not-found', '/nowhere'],
] as const

interface Look {
  readonly language: 'ru' | 'en'
  readonly scheme: 'dark' | 'light'
  readonly width: number
}

async function shoot(
  browser: Browser,
  url: string,
  look: Look,
  only: string | undefined,
  folder: string,
): Promise<void> {
  const phone = look.width < 600
  const context = await browser.newContext({
    viewport: { width: look.width, height: phone ? 844 : 900 },
    colorScheme: look.scheme,
    locale: look.language === 'ru' ? 'ru-RU' : 'en-GB',
    timezoneId: 'Europe/Moscow',
  })
  const page = await context.newPage()
  for (const [name, path] of PORTAL_PAGES) {
    if (only && !only.split(',').includes(name)) continue
    await page.goto(url + path, { waitUntil: 'domcontentloaded' })
    await page.locator('h1, .tw-alone').first().waitFor()
    await page.locator('[aria-busy="true"], .mantine-Skeleton-root').first().waitFor({ state: 'detached' })
    await page.screenshot({
      path: join(folder, `${name}-${look.language}-${look.scheme}-${look.width}.png`),
      fullPage: name !== 'fleet' && name !== 'replacements',
    })
  }
  await context.close()
}

/** `node test/e2e/portal-shots.ts FOLDER [PAGE,PAGE]`: every page in both languages, both schemes, wide and on a phone. */
async function main(folder: string, only: string | undefined): Promise<void> {
  const executablePath = chromiumPath()
  if (!executablePath) throw new Error('no Chromium found: apt-get install chromium')
  await mkdir(folder, { recursive: true })
  const server = await startMockServer({ startedAtMs: Date.now(), signedIn: true })
  const browser = await launchBrowser(executablePath)
  for (const language of ['ru', 'en'] as const) {
    for (const scheme of ['light', 'dark'] as const) {
      for (const width of [1440, 390]) await shoot(browser, server.url, { language, scheme, width }, only, folder)
    }
  }
  await browser.close()
  await server.close()
}

if (import.meta.main) {
  const [folder, only] = process.argv.slice(2)
  if (!folder) {
    console.error('usage: node test/e2e/portal-shots.ts FOLDER [PAGE,PAGE]')
    process.exitCode = 2
  } else await main(folder, only)
}
