import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const store = new URL('../../node_modules/.pnpm/', import.meta.url).pathname

/** Licences that let anybody use, change and sell the product without opening it. */
const PERMISSIVE =
  /^(MIT|MIT-0|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|Unlicense|BlueOak-1\.0\.0|Python-2\.0|CC0-1\.0|Zlib)$/
/** Build tools whose data or parser carries another licence that does not reach what we ship. */
const BUILD_ONLY: Readonly<Record<string, string>> = {
  'caniuse-lite': 'CC-BY-4.0',
  lightningcss: 'MPL-2.0',
  'lightningcss-linux-x64-gnu': 'MPL-2.0',
  'lightningcss-linux-x64-musl': 'MPL-2.0',
}

/** Fonts that pictures are written with: free to use and to ship, only not to be sold by themselves. */
const FONTS: Readonly<Record<string, string>> = { '@fontsource/noto-sans': 'OFL-1.1' }

interface Manifest {
  name?: string
  license?: string | { type: string }
}

function manifests(): Manifest[] {
  const found: Manifest[] = []
  for (const folder of readdirSync(store)) {
    const modules = join(store, folder, 'node_modules')
    // A store entry holds its own package and links to its neighbours; a link target appears under its own entry.
    for (const entry of folder === 'node_modules' ? [] : safeList(modules)) {
      const names = entry.name.startsWith('@')
        ? safeList(join(modules, entry.name)).map(inner => ({ inner, path: `${entry.name}/${inner.name}` }))
        : [{ inner: entry, path: entry.name }]
      for (const { inner, path } of names) {
        if (!inner.isDirectory()) continue
        try {
          found.push(JSON.parse(readFileSync(join(modules, path, 'package.json'), 'utf8')) as Manifest)
        } catch {
          // A folder without a manifest is not a package.
        }
      }
    }
  }
  return found
}

function safeList(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

const permissive = (license: string): boolean =>
  license
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/)
    .some(choice => choice.split(/\s+AND\s+/).every(part => PERMISSIVE.test(part)))

test('every library carries a permissive licence', () => {
  const all = manifests()
  expect(all.length).toBeGreaterThan(100)
  const wrong = all
    .map(({ name, license }) => ({
      name: name ?? '',
      license: typeof license === 'object' ? license.type : (license ?? 'none'),
    }))
    .filter(({ name, license }) => !permissive(license) && BUILD_ONLY[name] !== license && FONTS[name] !== license)
  expect(wrong).toEqual([])
})
