import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDataDir } from '../data-dir.ts'
import { makeBackup, restoreBackup } from './backup.ts'
import { openDatabase } from './sqlite/database.ts'
import { migrate } from './sqlite/migrate.ts'
import { SERIES_MIGRATIONS } from './sqlite/series-schema.ts'
import { createFleet } from './sqlite/sqlite-fleet.ts'
import { STATE_MIGRATIONS } from './sqlite/state-schema.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tillwatch-backup-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const about = { program: '0.1.0', createdAt: new Date('2026-11-22T12:00:00Z') }

/** A data folder that a collector works on: its file stays open and keeps its newest rows in the log. */
async function dataDir() {
  const dir = openDataDir(join(root, 'data'))
  const state = openDatabase(dir.state)
  migrate(state, STATE_MIGRATIONS)
  const series = openDatabase(dir.series)
  migrate(series, SERIES_MIGRATIONS)
  series.close()
  await createFleet(state).addAgent({ id: 'till-0001', tenantId: 'main', site: null, secretHash: 'x' }, 1)
  writeFileSync(join(dir.secrets, 'desk'), 'hush', { mode: 0o600 })
  return { dir, state }
}

test('a copy taken while the collector works brings everything back, with its rights', async () => {
  const { dir, state } = await dataDir()
  const manifest = await makeBackup(dir, join(root, 'copy'), about)
  state.close()
  expect(manifest.schema).toEqual({ state: STATE_MIGRATIONS.at(-1)?.number, series: 1 })
  expect(manifest.files.map(({ name }) => name)).toEqual(['secrets/desk', 'series.db', 'state.db'])
  expect(statSync(join(root, 'copy')).mode & 0o777).toBe(0o700)
  await restoreBackup(join(root, 'copy'), join(root, 'again'))
  const restored = openDatabase(join(root, 'again', 'state.db'))
  expect((await createFleet(restored).listAgents('main')).map(({ id }) => id)).toEqual(['till-0001'])
  restored.close()
  expect(statSync(join(root, 'again', 'secrets', 'desk')).mode & 0o777).toBe(0o600)
})

test('a data folder that holds something is not written over', async () => {
  const { dir, state } = await dataDir()
  await makeBackup(dir, join(root, 'copy'), about)
  await expect(restoreBackup(join(root, 'copy'), dir.path)).rejects.toMatchObject({ code: 'restore.not_empty' })
  state.close()
})

test('a damaged backup is told before anything is written', async () => {
  const { dir, state } = await dataDir()
  state.close()
  await makeBackup(dir, join(root, 'copy'), about)
  appendFileSync(join(root, 'copy', 'state.db'), 'x')
  await expect(restoreBackup(join(root, 'copy'), join(root, 'again'))).rejects.toMatchObject({ code: 'backup.damaged' })
  expect(existsSync(join(root, 'again'))).toBe(false)
})

test('a folder that is no backup, a target that is there, a data folder without data: each is told', async () => {
  await expect(restoreBackup(root, join(root, 'again'))).rejects.toMatchObject({ code: 'restore.no_backup' })
  const empty = openDataDir(join(root, 'empty'))
  await expect(makeBackup(empty, root, about)).rejects.toMatchObject({ code: 'backup.exists' })
  await expect(makeBackup(empty, join(root, 'copy'), about)).rejects.toMatchObject({ code: 'backup.nothing' })
})

test('a folder named with a slash at its end is as good as without', async () => {
  const { dir, state } = await dataDir()
  state.close()
  await makeBackup(dir, `${join(root, 'copy')}/`, about)
  expect(existsSync(join(root, 'copy', 'manifest.json'))).toBe(true)
})

test('a backup cannot reach outside of its folder, neither by a name nor by a link', async () => {
  const { dir, state } = await dataDir()
  state.close()
  const copy = join(root, 'copy')
  await makeBackup(dir, copy, about)
  const manifest = readFileSync(join(copy, 'manifest.json'), 'utf8')
  for (const name of ['secrets/../../outside', '../outside', '/etc/passwd', 'secrets\\\\..\\\\outside']) {
    writeFileSync(join(copy, 'manifest.json'), manifest.replace('secrets/desk', name))
    await expect(restoreBackup(copy, join(root, 'again'))).rejects.toMatchObject({ code: 'restore.no_backup' })
  }
  writeFileSync(join(copy, 'manifest.json'), manifest)
  rmSync(join(copy, 'secrets', 'desk'))
  symlinkSync(join(dir.secrets, 'desk'), join(copy, 'secrets', 'desk'))
  await expect(restoreBackup(copy, join(root, 'again'))).rejects.toMatchObject({ code: 'backup.damaged' })
  expect(existsSync(join(root, 'again'))).toBe(false)
})
