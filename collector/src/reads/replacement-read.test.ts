import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '@tillwatch/shared/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createReadServices } from './read-services.ts'
import { seededIds, seedFleet } from './testing/seeded-fleet.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')
const folder = mkdtempSync(join(tmpdir(), 'tillwatch-replacements-'))
const databasePath = join(folder, 'state.db')
const { itemId } = seededIds('main', 1)

beforeAll(() => {
  const database = openDatabase(databasePath, { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  seedFleet(database, { tenantId: 'main', registers: 4, now: NOW, random: seededRandom(1) })
  database.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The register's place in the plan of two months, once it tells these dates (with their confidence). */
async function planned(dates: Readonly<Record<string, readonly [date: string | null, confidence?: string]>>) {
  const facts = Object.entries(dates).map(([name, [value, raw]]) => [name, { value, ...(raw && { raw }) }])
  const database = openDatabase(databasePath, { durability: 'normal' })
  const state = JSON.stringify({ facts: Object.fromEntries(facts) })
  database.prepare('UPDATE items SET state_json = ? WHERE id = ?').run(state, itemId)
  database.close()
  const plan = await createReadServices({ databasePath }).reads.replacements('main', 2, NOW)
  return plan.months
    .flatMap(({ month, addresses }) =>
      addresses.flatMap(({ registers }) => registers.map(register => ({ month, ...register }))),
    )
    .find(register => register.itemId === itemId)
}

const FAR = ['2027-12-01'] as const

describe('what limits a drive in the plan', () => {
  it('its date, a year ahead: not in a plan of two months', async () => {
    expect(await planned({ 'fiscal.fn.valid_until': FAR })).toBeUndefined()
  })
  it('domain 19.6: the key, although the date is far', async () => {
    const key = await planned({ 'fiscal.fn.valid_until': FAR, 'fiscal.fn.key_until': ['2026-12-20', 'medium'] })
    expect(key).toMatchObject({ month: '2026-12', endsAt: '2026-12-20', limitedBy: 'key', confidence: 'medium' })
  })
  it('domain 19.6: its date, which a key flag within three days of it only confirms', async () => {
    const confirmed = await planned({
      'fiscal.fn.valid_until': ['2026-12-01'],
      'fiscal.fn.key_until': ['2026-11-28', 'low'],
    })
    expect(confirmed).toMatchObject({ endsAt: '2026-12-01', limitedBy: 'date', confidence: 'high' })
  })
  it('the documents, as sure as their forecast is', async () => {
    const documents = await planned({ 'fiscal.fn.valid_until': FAR, 'fiscal.fn.exhausted_at': ['2026-12-20', 'low'] })
    expect(documents).toMatchObject({ limitedBy: 'documents', confidence: 'low' })
  })
  it('nothing known: never dropped in silence', async () => {
    expect(await planned({})).toMatchObject({ month: 'unknown', limitedBy: 'unknown', confidence: null })
  })
})
