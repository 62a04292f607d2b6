import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { incidentQuery } from '@tillwatch/shared/api'
import { seededRandom } from '@tillwatch/shared/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createReadServices } from './read-services.ts'
import type { Reads } from './reads.ts'
import { seedFleet } from './testing/seeded-fleet.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')
const folder = mkdtempSync(join(tmpdir(), 'tillwatch-reads-'))
const databasePath = join(folder, 'state.db')
let reads: Reads

beforeAll(() => {
  const database = openDatabase(databasePath, { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  const random = seededRandom(1)
  seedFleet(database, { tenantId: 'main', registers: 230, now: NOW, random })
  seedFleet(database, { tenantId: 'other', registers: 30, now: NOW, random })
  seedFleet(database, { tenantId: 'large', registers: 10_000, now: NOW, random })
  database.close()
  reads = createReadServices({ databasePath }).reads
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function everyPage<Row>(
  read: (after: string | undefined) => Promise<{ rows: Row[]; next: string | null; total: number }>,
): Promise<{ rows: Row[]; total: number }> {
  const rows: Row[] = []
  for (let after: string | undefined; ; ) {
    const page = await read(after)
    rows.push(...page.rows)
    if (page.next === null) return { rows, total: page.total }
    after = page.next
  }
}

describe('paging', () => {
  it('gives every row of the fleet once, in order, whatever the size of a page and the filter', async () => {
    const filter = {
      health: fc.option(fc.constantFrom('red', 'yellow', 'green', 'grey'), { nil: undefined }),
      search: fc.option(fc.constantFrom('Кафе № 1', 'ритейл', 'мира'), { nil: undefined }),
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 17, max: 200 }), fc.record(filter), async (limit, { health, search }) => {
        const query = { limit, ...(health ? { health } : {}), ...(search ? { search } : {}) } as const
        const { rows, total } = await everyPage(after =>
          reads.fleet('main', after === undefined ? query : { ...query, after }, NOW),
        )
        expect(new Set(rows.map(row => row.itemId ?? row.agentId)).size).toBe(rows.length)
        expect(rows.length).toBe(total)
        if (!health && !search) expect(rows.length).toBe(230)
        const stops = rows.map(row => (row.timeToStop ? Date.parse(row.timeToStop.at) : Number.POSITIVE_INFINITY))
        expect(stops).toEqual(stops.toSorted((a, b) => a - b))
      }),
      { numRuns: 10, seed: 5 },
    )
  })

  it('gives every incident once', async () => {
    const { rows, total } = await everyPage(after =>
      reads.incidents(
        'main',
        incidentQuery.parse({ status: 'all', limit: 4, ...(after === undefined ? {} : { after }) }),
        NOW,
      ),
    )
    expect(rows.length).toBe(23)
    expect(total).toBe(23)
    expect(new Set(rows.map(row => row.id)).size).toBe(23)
  })

  it('answers at 10 000 registers fast enough for a page that is asked for again and again', async () => {
    const times: number[] = []
    let after: string | undefined
    for (let page = 0; page < 5; page++) {
      const begun = process.threadCpuUsage()
      const answer = await reads.fleet('large', { limit: 50, ...(after === undefined ? {} : { after }) }, NOW)
      const { user, system } = process.threadCpuUsage(begun)
      times.push((user + system) / 1000)
      expect(answer.total).toBe(10_000)
      after = answer.next ?? undefined
    }
    expect((await reads.fleet('large', { limit: 50, search: 'кафе ленина ритейл' }, NOW)).total).toBeGreaterThan(100)
    const plan = await reads.replacements('large', 36, NOW)
    expect(plan.months.reduce((sum, month) => sum + month.registers, 0)).toBe(10_000)
    // Time of the processor, which other tests beside this one hardly lengthen.
    expect(Math.min(...times)).toBeLessThan(500)
  })
})

describe('health of a row', () => {
  it('turns grey when nothing was heard lately, but stays red', async () => {
    const later = NOW + 20 * 60_000
    const before = await reads.summary('main', NOW)
    const after = await reads.summary('main', later)
    expect(before.health.green).toBeGreaterThan(0)
    expect(after.health.green).toBe(0)
    expect(after.health.red).toBe(before.health.red)
    expect(after.health.yellow).toBe(before.health.yellow)
  })
})
