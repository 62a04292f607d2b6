import { readFileSync } from 'node:fs'
import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import type { ItemRulesView, RulesView } from '@tillwatch/shared/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

const shipped = ['fiscal', 'host'].map(name => ({
  file: `${name}.yaml`,
  text: readFileSync(new URL(`../../rules/packs/${name}.yaml`, import.meta.url), 'utf8'),
  kind: 'pack' as const,
  shipped: true,
}))
const override = (file: string, text: string) => ({ file, text, kind: 'override' as const, shipped: false })
const change = (audience: string, hold: string) =>
  `for: ${audience}\noverrides: { ofd.queue_age: { clear_hold: ${hold} } }\n`

let world: HttpWorld
let viewer: Browser
let foreign: Browser
beforeAll(async () => {
  world = await createHttpWorld({
    registers: 3,
    ruleFiles: [
      ...shipped,
      override('own.yaml', change('{ client: client-0 }', '7m')),
      override('other.yaml', change('{ tenant: other }', '9m')),
      override('broken.yaml', 'overrides: nonsense\n'),
      override(
        'broken-other.yaml',
        change('{ tenant: other }', 'soon').replace('soon', '5m').replace('clear_hold', 'holds'),
      ),
    ],
  })
  viewer = await world.signIn('vera', 'viewer')
  foreign = await world.signIn('frank', 'administrator', 'other')
})
afterAll(() => world.stop())

const rulesOf = async (browser: Browser) => (await browser.get('/api/rules')).json<RulesView>()

describe('rules over the API', () => {
  it('shows rules with thresholds in words, files with what they change, and refused ones with their place (R44, R76)', async () => {
    const view = await rulesOf(viewer)
    const queue = view.rules.find(({ id }) => id === 'ofd.queue_age')
    expect(queue?.levels[0]?.set.en).toMatch(/≥ \d+ hours/)
    expect(view.files.find(({ file }) => file === 'own.yaml')).toMatchObject({
      for: { tenant: 'main', client: 'client-0' },
      changes: [{ rule: 'ofd.queue_age', after: { ru: '7 минут', en: '7 minutes' } }],
    })
    expect(view.refused).toContainEqual(
      expect.objectContaining({
        file: 'broken.yaml',
        inForce: 'nothing',
        problems: [expect.objectContaining({ line: 1, column: 12 })],
      }),
    )
  })

  it('shows a tenant what is for everybody and its own, and nothing of another tenant', async () => {
    const names = ({ files }: RulesView) => files.filter(file => !file.shipped).map(({ file }) => file)
    const view = await rulesOf(foreign)
    expect(names(view)).toEqual(['other.yaml'])
    expect(JSON.stringify(view)).not.toMatch(/own\.yaml|client-0|"broken\.yaml/)
    const reloaded = await foreign.send('POST', '/api/rules/reload')
    expect(reloaded.statusCode).toBe(200)
    expect(names(reloaded.json<RulesView>())).toEqual(['other.yaml'])
  })

  it('explains an item by the files of its own place, and does not know that of another tenant', async () => {
    const { itemId } = seededIds('main', 0)
    const address = `/api/items/${encodeURIComponent(itemId)}/rules`
    const view = (await viewer.get(address)).json<ItemRulesView>()
    expect(view.place).toEqual({ tenant: 'main', client: 'client-0', site: 'site-0' })
    expect(view.files.map(({ file }) => file)).toEqual(['fiscal.yaml', 'host.yaml', 'own.yaml'])
    const expiry = view.rules.find(({ rule }) => rule === 'fn.expiry')
    expect(expiry?.facts).toContainEqual(expect.objectContaining({ name: 'fiscal.fn.valid_until', stale: false }))
    expect(expiry?.text.en).not.toBe('')
    const missing = await foreign.get(address)
    expect([missing.statusCode, missing.json<{ code: string }>().code]).toEqual([404, 'item.unknown'])
  })

  it('keeps trials to people of support, and a trial to its tenant', async () => {
    expect((await viewer.send('POST', '/api/rules/backtest', { override: 'x' })).statusCode).toBe(403)
    expect((await viewer.send('POST', '/api/rules/reload')).statusCode).toBe(403)
    const started = await foreign.send('POST', '/api/rules/backtest', { override: 'x' })
    expect(started.statusCode).toBe(202)
    expect((await foreign.get('/api/rules/backtest/none')).statusCode).toBe(404)
    const long = await foreign.send('POST', '/api/rules/backtest', { override: 'x'.repeat(20_001) })
    expect(long.statusCode).toBe(400)
  })
})
