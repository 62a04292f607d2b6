import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import type { FactValue } from '@tillwatch/shared'
import { directory, fleetQuery } from '@tillwatch/shared/api'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fleet } from '../fleet/fleet.ts'
import { itemIdOf } from '../fleet/item-id.ts'
import { watchSites } from '../fleet/site-watch.ts'
import { createIncidentPart, type IncidentPart } from '../incidents/state-part.ts'
import type { AcceptedMessage } from '../ingest/batch.ts'
import { createLiveBus } from '../live/live-bus.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { createFleet } from '../store/sqlite/sqlite-fleet.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createReadServices } from './read-services.ts'
import type { Reads } from './reads.ts'

const NOON = Date.parse('2026-11-23T09:00:00Z') // Monday noon at the site
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') }))

let folder: string
let database: DatabaseSync
let fleet: Fleet
let part: IncidentPart
let reads: Reads
let clock: ManualClock
let seq = 0

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-daily-'))
  const databasePath = join(folder, 'state.db')
  database = openDatabase(databasePath, { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`INSERT INTO collector_runs (started_at, alive_at) VALUES (0, 0)`)
  fleet = createFleet(database)
  clock = new ManualClock()
  part = createIncidentPart(database, { packs, overrides: [], desks: [] }, clock)
  reads = createReadServices({ databasePath }).reads
  await bring({})
  for (const id of ['till-1', 'till-2']) await fleet.addAgent({ id, tenantId: 'main', site: 's', secretHash: 'x' }, 0)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

/** Brings the directory in, with more about its only site. */
async function bring(more: Record<string, unknown>) {
  const report = await fleet.importDirectory(
    'main',
    directory.parse({
      clients: [{ code: 'c', name: 'Пекарня', profile: { ffd: '1.2', ofd_host: 'ofd.example' } }],
      sites: [
        {
          code: 's',
          client: 'c',
          name: 'На Мира',
          address: 'Москва',
          timezone: 'Europe/Moscow',
          hours: '10:00-23:00',
          ...more,
        },
      ],
    }),
    false,
  )
  expect(report.problems).toEqual([])
}

const REGISTER = 'register:main:301'
const SET = {
  'fiscal.register.link': 'ok',
  'fiscal.register.ffd': '1.05',
  'fiscal.fn.serial': '9960440300112233',
  'fiscal.fn.valid_until': '2027-12-01',
  'fiscal.fn.last_document': 7,
  'fiscal.ofd.unsent_documents': 0,
}
const DISK = { 'host.disk.free_bytes': 50e9, 'host.disk.total_bytes': 100e9, 'host.disk.system': true }

async function say(
  at: number,
  kind: 'register' | 'volume' | 'pc',
  values: Record<string, FactValue>,
  agentId = 'till-1',
  tenantId = 'main',
) {
  seq++
  const facts = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, at, source: 'register' as const }]),
  )
  const place = { kind, slot: kind === 'volume' ? 'system' : 'com1', id: kind === 'register' ? '301' : null }
  const item = { itemId: itemIdOf(tenantId, agentId, place), identity: place.id, at, facts, kind, slot: place.slot }
  const message: AcceptedMessage = {
    ...{ agentId, tenantId, kind: 'telemetry', epoch: 1, seq, lost: 0, receivedAt: at },
    items: [item],
    event: null,
    refusal: null,
  }
  const { failures } = await part.evaluator.commit([message], at)
  expect(failures).toEqual([])
}
const classes = () =>
  database
    .prepare(`SELECT cause_class FROM incidents WHERE status = 'open' ORDER BY cause_class`)
    .all()
    .map(row => row['cause_class'])

describe('the day of the fleet (R1)', () => {
  it('names what is missing, sums it up by site and client, and shows nothing of other tenants', async () => {
    await say(NOON, 'register', { ...SET, 'fiscal.fn.last_document': null })
    const before = await reads.daily('main', NOON)
    expect(before.unchecked).toMatchObject([
      {
        ...{ itemId: REGISTER, siteCode: 's', checkedTo: '2026-11-22', agentState: 'never' },
        lacks: ['fiscal.fn.last_document', 'host.disk.free_bytes'],
      },
    ])
    expect(before.sites).toMatchObject([
      { code: 's', clientCode: 'c', day: '2026-11-23', open: true, registers: 1, checked: 0, missed: 0 },
    ])
    // Two days without a full set.
    expect((await reads.daily('main', NOON + DAY)).totals).toEqual({ registers: 1, checked: 0, missed: 1 })
    await say(NOON, 'volume', DISK)
    await say(NOON + MINUTE, 'register', SET)
    const after = await reads.daily('main', NOON + MINUTE)
    expect(after).toMatchObject({
      totals: { registers: 1, checked: 1 },
      clients: [{ code: 'c', checked: 1 }],
      unchecked: [],
    })
    // The earliest stop of its registers.
    expect(after.sites[0]?.timeToStop).toMatchObject({ reason: 'fn_date' })
    const [row] = (await reads.fleet('main', fleetQuery.parse({}), NOON)).rows
    expect(row?.siteTimeToStop).toEqual(after.sites[0]?.timeToStop)
    expect((await reads.daily('other', NOON)).totals.registers).toBe(0)
  })

  it('opens an incident at 09:00 of the next day at the site and ends it with the full set', async () => {
    await say(NOON, 'register', SET)
    // A silent PC would explain it.
    for (let minute = 0; minute < 21 * 60; minute += 10)
      await say(NOON + minute * MINUTE, 'pc', { 'host.name': 'till-1' })
    await part.evaluator.tick(NOON + 21 * 60 * MINUTE - 1, 1000)
    expect(classes()).not.toContain('daily')
    await part.evaluator.tick(NOON + 21 * 60 * MINUTE, 1000)
    expect(classes()).toContain('daily')
    await say(NOON + DAY, 'volume', DISK)
    await say(NOON + DAY + MINUTE, 'register', SET)
    await part.evaluator.tick(NOON + DAY + 30 * MINUTE, 1000)
    expect(classes()).not.toContain('daily')
  })
})

/** Another site of the client was heard for so long that the first word of a new one begins its launch. */
function watchedBefore(): void {
  database.exec(`
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone)
      SELECT 'first', tenant_id, id, 'first', 'На Ленина', 'x', 'Europe/Moscow' FROM clients WHERE code = 'c';
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at, first_heard_at)
      VALUES ('till-0', 'main', 'first', 'x', 0, 0, ${NOON - 14 * DAY})`)
}

describe('settings off the profile (R13)', () => {
  beforeEach(watchedBefore)

  it('are an incident until a person accepts what the register has', async () => {
    await say(NOON, 'register', SET)
    for (const minute of [5, 6]) await say(NOON + minute * MINUTE, 'register', SET)
    expect(classes()).toEqual(['config'])
    const accept = (tenantId: string, fact: string, by = 'Анна', minute = 7) =>
      fleet.acceptSetting(tenantId, REGISTER, { fact, by }, NOON + minute * MINUTE)
    const shown = async (tenantId = 'main') => {
      const { sites } = await reads.launches(tenantId, NOON + 8 * MINUTE)
      return sites.map(({ differing, accepted }) => ({ differing, accepted }))
    }
    const ffd = { itemId: REGISTER, agentId: 'till-1', serial: '301', fact: 'fiscal.register.ffd', value: '1.05' }
    expect(await shown()).toMatchObject([{ differing: [{ ...ffd, expected: '1.2' }], accepted: [] }])
    expect(await shown('other')).toEqual([])
    await expect(accept('other', 'fiscal.register.ffd')).rejects.toMatchObject({ code: 'item.unknown' })
    await expect(accept('main', 'fiscal.register.ofd_host')).rejects.toMatchObject({ code: 'setting.unknown' })
    await accept('main', 'fiscal.register.ffd')
    // Said again, it keeps its author and moment.
    await accept('main', 'fiscal.register.ffd', 'Борис', 8)
    const at = new Date(NOON + 7 * MINUTE).toISOString()
    expect(await shown()).toMatchObject([{ differing: [], accepted: [{ ...ffd, by: 'Анна', at }] }])
    const terminal = await reads.terminal('main', 'till-1', NOON + 8 * MINUTE)
    expect(terminal?.changes.filter(({ fact }) => fact === 'config.accepted')).toEqual([
      { itemId: REGISTER, fact: 'config.accepted', value: ['fiscal.register.ffd', '1.05', 'Анна'], at },
    ])
    for (const minute of [7, 20, 40]) await part.evaluator.tick(NOON + minute * MINUTE, 1000)
    expect(classes()).not.toContain('config')
  })

  it('R12: stay in the summary of the launch, which ends by itself', async () => {
    for (const minute of [0, 3]) await say(NOON + minute * MINUTE, 'register', SET)
    // Half of the usual five minutes.
    expect(classes()).toEqual(['config'])
    const [site] = (await reads.launches('main', NOON + DAY)).sites
    expect(site).toMatchObject({ code: 's', over: false, until: new Date(NOON + 14 * DAY).toISOString() })
    expect(site?.findings.map(({ title }) => title.ru)).toEqual(['Настройки кассы не по профилю объекта: ФФД'])
    await bring({ launch_until: '2026-11-25' })
    const [ended] = (await reads.launches('main', NOON + 5 * DAY)).sites
    expect(ended).toMatchObject({ over: true, until: '2026-11-25T21:00:00.000Z' })
    expect(ended?.findings).toHaveLength(1)
    expect((await reads.launches('other', NOON)).sites).toEqual([])
    expect((await reads.launches('main', NOON + 60 * DAY)).sites).toEqual([])
  })
})

describe('the link of a site (17.9)', () => {
  const watch = async (now: number) => {
    await clock.advance(now - clock.now())
    const log = recordingLogger()
    await watchSites({
      fleet,
      evaluator: part.evaluator,
      metrics: { itemFailures: () => {} },
      live: createLiveBus(),
      clock,
      log,
    })
    await part.evaluator.tick(now, 1000)
  }

  it('is one incident of the site while its PCs are all silent, and over when one speaks', async () => {
    const first = Math.max(NOON, clock.now())
    await say(first, 'pc', { 'host.name': 'till-1' })
    await say(first + MINUTE, 'pc', { 'host.name': 'till-2' }, 'till-2')
    for (const minute of [2, 7, 10]) await watch(first + minute * MINUTE)
    expect(classes()).toEqual([])
    await watch(first + 11 * MINUTE)
    expect(classes()).toEqual(['site_link'])
    expect(database.prepare(`SELECT item_id FROM incidents`).get()).toMatchObject({
      item_id: expect.stringMatching(/^site:/),
    })
    await say(first + 20 * MINUTE, 'pc', { 'host.name': 'till-2' }, 'till-2')
    await watch(first + 21 * MINUTE)
    await watch(first + 40 * MINUTE)
    expect(classes()).not.toContain('site_link')
    // The site is no item of a PC's page.
    expect((await reads.terminal('main', 'till-1', clock.now()))?.items.map(({ kind }) => kind)).toEqual(['pc'])
  })
})

it('the contract with the OFD comes from the directory (section 3)', async () => {
  await bring({ ofd_contract_until: '2026-11-30' })
  await say(NOON, 'register', SET)
  expect(classes()).toEqual(['ofd'])
  await bring({ ofd_contract_until: '2027-11-30' })
  await say(NOON + MINUTE, 'register', SET)
  expect(classes()).not.toContain('ofd')
})
