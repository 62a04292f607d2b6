import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '@tillwatch/shared'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig } from './config.ts'
import { type DataDir, openDataDir } from './data-dir.ts'
import type { RuleKeeping } from './rulebook/rule-keeper.ts'
import { openStores } from './stores.ts'

/** Real threads start here, each with all its modules and rules. */
const STARTS_THREADS = { timeout: 60_000 }

let folder: string
let dir: DataDir
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-stores-'))
  dir = openDataDir(join(folder, 'data'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const refusalOf = async (configuration = ''): Promise<AppError> => {
  const failure = await openStores(parseConfig(configuration, 'collector.yaml', folder), dir).then(
    stores => stores.stop(),
    (thrown: unknown) => thrown,
  )
  if (failure instanceof AppError) return failure
  throw new Error('the stores were expected to refuse')
}

test('a database of a newer program is refused in words, with the next step', STARTS_THREADS, async () => {
  const database = new DatabaseSync(dir.state)
  database.exec('PRAGMA user_version = 9999')
  database.close()
  expect(await refusalOf()).toMatchObject({
    code: 'store.newer',
    nextStep: expect.stringContaining('program version') as string,
  })
})

test('a file that is no database is named, with the next step', STARTS_THREADS, async () => {
  writeFileSync(dir.series, 'no database at all, whatever its name says. '.repeat(100))
  const { code, message, nextStep } = await refusalOf()
  expect(code).toBe('store.unusable')
  expect(message).toContain(dir.series)
  expect(nextStep).toContain('backup')
})

test(
  'a wrong rule pack of the customer is refused by itself; the stores open with all other rules',
  STARTS_THREADS,
  async () => {
    writeFileSync(join(folder, 'wrong.yaml'), 'pack: wrong\nrules: [nonsense]\n')
    const stores = await openStores(parseConfig('packs: [wrong.yaml, absent.yaml]', 'collector.yaml', folder), dir)
    const { files, refused } = await stores.state.service<RuleKeeping>('rulebook').state()
    await stores.stop()
    expect(files.every(({ shipped }) => shipped)).toBe(true)
    expect(files.length).toBeGreaterThan(2)
    expect(refused).toMatchObject([
      {
        file: join(folder, 'wrong.yaml'),
        inForce: 'nothing',
        problems: [
          { line: 2, column: 9 },
          { line: 1, column: 1 },
        ],
      },
      {
        file: join(folder, 'absent.yaml'),
        problems: [{ reason: expect.stringContaining('cannot be read') as string }],
      },
    ])
  },
)
