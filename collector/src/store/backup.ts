import { createHash } from 'node:crypto'
import { createReadStream, type Dirent, existsSync } from 'node:fs'
import { chmod, copyFile, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { AppError } from '@tillwatch/shared'
import { z } from 'zod'
import { type DataDir, dataDirAt } from '../data-dir.ts'

const MANIFEST = 'manifest.json'
const FOLDERS = ['tls', 'secrets'] as const

/** A path below the backup's folder: no step up, and no beginning anew. */
const isInside = (name: string): boolean => !isAbsolute(name) && !name.split(/[\\/]/).includes('..')

/** What a backup consists of; written last, so that a folder without it is no backup. */
const manifestFile = z.object({
  version: z.literal(1),
  created_at: z.iso.datetime(),
  program: z.string(),
  schema: z.object({ state: z.number().int(), series: z.number().int() }),
  files: z.array(
    z.object({
      name: z.string().refine(isInside, 'outside of the backup'),
      bytes: z.number().int(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      mode: z.number().int().min(0).max(0o777),
    }),
  ),
})
export type BackupManifest = z.infer<typeof manifestFile>

/**
 * Copies a data folder into the new folder `target` while a collector may work on it, and checks the copy. The state goes first: a
 * series file that is ahead of it only makes repeated messages be skipped, one that is behind would miss them. Throws
 * `backup.exists`, `backup.nothing`, `backup.damaged`.
 */
export async function makeBackup(
  dir: DataDir,
  target: string,
  about: { readonly program: string; readonly createdAt: Date },
): Promise<BackupManifest> {
  if (existsSync(target)) {
    throw new AppError('backup.exists', `${target} is there already`, { nextStep: 'Name a folder that is not there.' })
  }
  if (!existsSync(dir.state)) {
    throw new AppError('backup.nothing', `${dir.path} holds no collector's data`, {
      nextStep: 'Check data_dir in the configuration.',
    })
  }
  const partial = `${resolve(target)}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true, mode: 0o700 })
  const state = await copyDatabase(dir.state, join(partial, 'state.db'))
  const series = existsSync(dir.series) ? await copyDatabase(dir.series, join(partial, 'series.db')) : 0
  for (const folder of FOLDERS) await copyFolder(join(dir.path, folder), join(partial, folder))
  const schema = { state, series }
  const manifest: BackupManifest = {
    ...{ version: 1, created_at: about.createdAt.toISOString(), program: about.program, schema },
    files: await describe(partial),
  }
  await writeFile(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
  await rename(partial, target)
  return manifest
}

/**
 * Puts a backup into a data folder that is empty or not there. Everything is checked before anything is written. Throws
 * `restore.not_empty`, `restore.no_backup`, `backup.damaged`.
 */
export async function restoreBackup(source: string, dataDir: string): Promise<BackupManifest> {
  const manifest = await readManifest(source)
  for (const file of manifest.files) {
    const path = join(source, file.name)
    if (!(await isFile(path)) || (await hashOf(path)) !== file.sha256)
      throw damaged(source, `${file.name} is not as it was`)
  }
  const taken = await readdir(dataDir).catch(() => [])
  if (taken.length > 0) {
    throw new AppError('restore.not_empty', `the data folder ${dataDir} is not empty`, {
      nextStep: 'Stop the collector, move the folder away (keep it until all is well), and restore again.',
    })
  }
  const partial = `${dataDir}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true, mode: 0o700 })
  for (const { name, mode } of manifest.files) {
    await mkdir(dirname(join(partial, name)), { recursive: true, mode: 0o700 })
    await copyFile(join(source, name), join(partial, name))
    await chmod(join(partial, name), mode)
  }
  await rm(dataDir, { recursive: true, force: true })
  await rename(partial, dataDirAt(dataDir).path)
  return manifest
}

/** The schema number of the copy, once it was found whole. The copy is one file: its log is folded in. */
async function copyDatabase(from: string, to: string): Promise<number> {
  const database = new DatabaseSync(from, { readOnly: true, timeout: 10_000 })
  try {
    // All pages in one step: a copy in many steps starts anew at every write of the collector.
    await backup(database, to, { rate: 2 ** 31 - 1 })
  } finally {
    database.close()
  }
  await chmod(to, 0o600)
  const copy = new DatabaseSync(to)
  try {
    copy.exec('PRAGMA journal_mode = DELETE')
    const { integrity_check: verdict } = copy.prepare('PRAGMA integrity_check(1)').get() as { integrity_check: string }
    if (verdict !== 'ok') throw damaged(to, verdict)
    return (copy.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
  } finally {
    copy.close()
  }
}

const damaged = (where: string, why: string) =>
  new AppError('backup.damaged', `${where} is damaged: ${why}`, {
    nextStep: 'Take another backup; see that the disk is sound.',
  })

async function copyFolder(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const entry of await filesIn(from)) {
    const path = join(to, relative(from, entry))
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await copyFile(entry, path)
    await chmod(path, (await stat(entry)).mode & 0o777)
  }
}

async function filesIn(dir: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

async function describe(dir: string): Promise<BackupManifest['files']> {
  const files: BackupManifest['files'] = []
  for (const path of (await filesIn(dir)).sort((a, b) => (a < b ? -1 : 1))) {
    const { size, mode } = await stat(path)
    files.push({ name: relative(dir, path), bytes: size, sha256: await hashOf(path), mode: mode & 0o777 })
  }
  return files
}

/** False for a link as well: a backup holds what it holds. */
const isFile = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null))?.isFile() ?? false

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

async function readManifest(source: string): Promise<BackupManifest> {
  try {
    return manifestFile.parse(JSON.parse(await readFile(join(source, MANIFEST), 'utf8')))
  } catch (cause) {
    throw new AppError('restore.no_backup', `${source} is not a backup made by this program`, {
      nextStep: `Name the folder that holds ${MANIFEST}.`,
      cause,
    })
  }
}
