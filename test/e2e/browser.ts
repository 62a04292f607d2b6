import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of an installed Chromium, or null where there is none. */
export const chromiumPath = (): string | null => CHROMIUM.find(path => existsSync(path)) ?? null

const PORTAL = fileURLToPath(new URL('../../collector/portal/dist/index.html', import.meta.url))

/** What a test in a browser needs: the path of a Chromium, or null and the reason to skip. */
export function missingForBrowser(): { chromium: string; reason: null } | { chromium: null; reason: string } {
  const path = chromiumPath()
  if (!path) return { chromium: null, reason: 'no Chromium is installed' }
  if (!existsSync(PORTAL)) return { chromium: null, reason: 'the portal is not built: pnpm build' }
  return { chromium: path, reason: null }
}

/** Starts a headless Chromium that asks nothing of the network by itself. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
