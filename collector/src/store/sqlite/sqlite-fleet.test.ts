import { type Directory, directory } from '@tillwatch/shared/api'
import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { readDirectoryView } from './directory-view.ts'
import { migrate } from './migrate.ts'
import { queriesOf } from './queries.ts'
import { createFleet } from './sqlite-fleet.ts'
import { STATE_MIGRATIONS } from './state-schema.ts'

function world() {
  const database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  const directoryView = (tenantId: string) => readDirectoryView(queriesOf(database), tenantId)
  return { database, fleet: createFleet(database), directoryView }
}

const file: Directory = {
  ...directory.parse({}),
  clients: [{ code: 'kofe', name: 'Кофе' }],
  legal_entities: [{ client: 'kofe', name: 'ООО Кофе', inn: '7709990008' }],
  sites: [
    {
      ...{ code: 'msk-1', client: 'kofe', name: 'Тверская', address: 'Москва, Тверская 1' },
      ...{ timezone: 'Europe/Moscow', hours: '10:00-23:00' },
    },
  ],
  terminals: [
    { code: 'k1', site: 'msk-1', name: 'Касса 1', agent: 'till-0001', inn: '7709990008' },
    { code: 'k2', site: 'msk-1', name: 'Касса 2', agent: 'till-0002' },
  ],
}
const newAgent = (id: string, site: string | null = null) => ({ id, tenantId: 'main', site, secretHash: 'hash' })

test('R20: what was imported is read back as it was written, and the same file again changes nothing', async () => {
  const { fleet, database, directoryView } = world()
  expect((await fleet.importDirectory('main', file, true)).created).toHaveLength(5)
  expect((await directoryView('main')).directory.sites).toEqual([])
  await fleet.importDirectory('main', file, false)
  expect((await directoryView('main')).directory).toEqual(file)
  expect(await fleet.importDirectory('main', file, false)).toMatchObject({ created: [], updated: [], unchanged: 5 })
  const hours = database.prepare('SELECT hours_json FROM sites').get() as { hours_json: string }
  expect(JSON.parse(hours.hours_json)).toMatchObject({ week: { 1: ['10:00-23:00'] } })
})

test('a file with one problem changes nothing at all', async () => {
  const { fleet, directoryView } = world()
  const [terminal] = file.terminals
  const broken = { ...file, terminals: [{ ...terminal, code: 'k3', name: 'x', site: 'nowhere' }] }
  const report = await fleet.importDirectory('main', broken, false)
  expect(report.problems).toHaveLength(1)
  expect((await directoryView('main')).directory.clients).toEqual([])
})

test('two terminals may exchange their agents in one file; the agent stands where its terminal stands', async () => {
  const { fleet, directoryView } = world()
  await fleet.addAgent(newAgent('till-0001'), 1)
  await fleet.importDirectory('main', file, false)
  expect((await fleet.listAgents('main'))[0]).toMatchObject({ id: 'till-0001', site: 'msk-1' })
  const swapped = file.terminals.map(one => ({ ...one, agent: one.agent === 'till-0001' ? 'till-0002' : 'till-0001' }))
  const report = await fleet.importDirectory('main', { ...file, terminals: swapped }, false)
  expect(report).toMatchObject({ problems: [], updated: [{ fields: ['agent'] }, { fields: ['agent'] }] })
  expect((await directoryView('main')).directory.terminals).toEqual(swapped)
})

test('an identity is added once, revoked at once, and rotated back to life', async () => {
  const { fleet } = world()
  await expect(fleet.addAgent(newAgent('till-0001', 'nowhere'), 1)).rejects.toMatchObject({ code: 'site.unknown' })
  await fleet.addAgent(newAgent('till-0001'), 1)
  await expect(fleet.addAgent(newAgent('till-0001'), 2)).rejects.toMatchObject({ code: 'agent.exists' })
  await fleet.revokeAgent('main', 'till-0001', 1000)
  expect(await fleet.credentialsOf('till-0001')).toMatchObject({ revoked: true })
  expect(await fleet.changedCredentials(1000)).toHaveLength(1)
  expect(await fleet.changedCredentials(1001)).toEqual([])
  await fleet.rotateAgent('main', 'till-0001', 'new', 2000)
  expect(await fleet.credentialsOf('till-0001')).toEqual({ tenantId: 'main', secretHash: 'new', revoked: false })
  await expect(fleet.revokeAgent('main', 'till-0009', 1)).rejects.toMatchObject({ code: 'agent.unknown' })
  await expect(fleet.revokeAgent('other', 'till-0001', 1)).rejects.toMatchObject({ code: 'agent.unknown' })
})

test('strangers are listed with their attempts, the newest of a bounded number', async () => {
  const { fleet, directoryView } = world()
  const knock = (id: string, at: number) =>
    fleet.note({ presence: [], heard: [], duplicates: [], unplaced: [], unknown: [{ id, address: '10.0.0.1', at }] })
  await knock('till-9999', 1000)
  await knock('till-9999', 2000)
  const view = await directoryView('main')
  expect(view.unknownAgents).toMatchObject([{ id: 'till-9999', attempts: 2, firstAt: '1970-01-01T00:00:01.000Z' }])
  for (let index = 0; index < 600; index++) await knock(`stranger-${index}`, 3000 + index)
  expect((await directoryView('main')).unknownAgents).toHaveLength(500)
})

test('a new run of the collector takes nobody for connected', async () => {
  const { fleet } = world()
  await fleet.addAgent(newAgent('till-0001'), 1)
  const presence = { state: 'online', connection: 'c0ffee01' } as const
  const seen = [{ agentId: 'till-0001', presence, address: '10.0.0.1', at: 5000 }]
  await fleet.note({ presence: seen, heard: [], duplicates: [], unknown: [], unplaced: [] })
  expect((await fleet.listAgents('main'))[0]).toMatchObject({ state: 'online', lastHeardAt: 5000 })
  await fleet.beginRun(6000)
  expect((await fleet.listAgents('main'))[0]).toMatchObject({ state: 'offline', lastHeardAt: 5000 })
})

test('R20: a terminal of one tenant never takes the agent away from a terminal of another', async () => {
  const { fleet, database, directoryView } = world()
  database.exec("INSERT INTO tenants (id, name, parent_id, created_at) VALUES ('other', 'Other', NULL, 1)")
  await fleet.importDirectory('main', file, false)
  const thief = { ...file, terminals: file.terminals.map(one => ({ ...one, code: `${one.code}-stolen` })) }
  // Taken as any agent id that nobody has enrolled yet: a refusal would tell that the id exists elsewhere.
  expect((await fleet.importDirectory('other', thief, false)).problems).toEqual([])
  expect((await directoryView('main')).directory.terminals).toEqual(file.terminals)
  expect((await directoryView('other')).agents).toEqual([])
})
