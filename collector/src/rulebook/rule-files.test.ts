import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RULE_FILE_BYTES_MAX, RULE_FILES_MAX } from '@tillwatch/shared'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ruleFolder } from './rule-files.ts'

let folder: string
let dir: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-rules-'))
  dir = join(folder, 'rules')
  mkdirSync(dir)
})
afterEach(() => rmSync(folder, { recursive: true }))

const put = (name: string, text: string) => writeFileSync(join(dir, name), text)
const settings = () => ({ packs: [], overrides: [], rules_dir: dir })
const own = async () => (await ruleFolder(settings()).read()).filter(({ shipped }) => !shipped)

it('reads every *.yaml of the folder in the order of names, tells packs from overrides, and leaves case files out', async () => {
  put('b.yaml', 'for: { client: x }\noverrides: {}\n')
  put('a.yaml', 'rules: []\n')
  put('a.cases.yaml', 'cases: []\n')
  put('notes.txt', 'nothing')
  expect(await own()).toMatchObject([
    { file: join('rules', 'a.yaml'), kind: 'pack' },
    { file: join('rules', 'b.yaml'), kind: 'override', text: 'for: { client: x }\noverrides: {}\n' },
  ])
  const [first] = await ruleFolder(settings()).read()
  expect(first).toMatchObject({ file: 'fiscal.yaml', shipped: true })
})

it('says of a file that is absent, too large or beyond the ceiling why it was not read', async () => {
  put('large.yaml', ' '.repeat(RULE_FILE_BYTES_MAX + 1))
  expect(await own()).toMatchObject([{ unreadable: { en: expect.stringContaining('at most') as string }, text: '' }])
  const absent = await ruleFolder({ ...settings(), packs: [join(folder, 'absent.yaml')] }).read()
  expect(absent.find(({ file }) => file.endsWith('absent.yaml'))?.unreadable?.en).toContain('there is no such file')
  for (let index = 0; index < RULE_FILES_MAX; index++) put(`many-${index}.yaml`, 'rules: []\n')
  const many = await ruleFolder(settings()).read()
  expect(many).toHaveLength(RULE_FILES_MAX + 1)
  expect(many.at(-1)).toMatchObject({
    file: dir,
    unreadable: { en: expect.stringContaining('beyond the 256') as string },
  })
  rmSync(dir, { recursive: true })
  expect(await own()).toMatchObject([
    { file: dir, unreadable: { en: expect.stringContaining('folder cannot be read') as string } },
  ])
  mkdirSync(dir)
})

it('has another stamp after a file came, was written or went', async () => {
  const stamps = [await ruleFolder(settings()).stamp()]
  put('a.yaml', 'rules: []\n')
  stamps.push(await ruleFolder(settings()).stamp())
  put('a.yaml', 'rules: [] # longer\n')
  stamps.push(await ruleFolder(settings()).stamp())
  expect(new Set(stamps).size).toBe(3)
  rmSync(join(dir, 'a.yaml'))
  expect(await ruleFolder(settings()).stamp()).toBe(stamps[0])
})
