import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpokenError } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { registerImportCommand } from './import.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-import-'))
  file = join(folder, 'directory.yaml')
  writeFileSync(join(folder, 'collector.yaml'), 'broker: { tls: { names: [tills.example.ru] } }\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Imports a directory; what it prints, and how it refuses. */
async function importing(text: string, ...options: string[]) {
  writeFileSync(file, text)
  const printed: string[] = []
  const program = new Command().exitOverride()
  const print = (line: string) => void printed.push(line)
  registerImportCommand(program, { clock: new ManualClock(), print, environment: {} })
  const words = ['import', file, '--config', join(folder, 'collector.yaml'), ...options]
  const refusal = await program.parseAsync(words, { from: 'user' }).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return { printed, refusal: refusal instanceof SpokenError ? refusal.text : refusal }
}

const SOUND = `clients: [{ code: kofe, name: Кофе }]
sites: [{ code: a, client: kofe, name: Кафе, address: Москва, timezone: Europe/Moscow, hours: 24/7, class: B }]
`
const FAULTY = `clients: [{ code: kofe, name: Кофе }]
sites: [{ code: a, client: kofe, name: Кафе, address: Москва, timezone: Moscow }]
terminals:
  - { code: k1, site: a, name: Касса, inn: "7709990009" }
  - { code: k2, site: b, name: Касса }
`

test('what the file shows by itself and what it shows beside the directory are told together, by line and field', async () => {
  const { printed, refusal } = await importing(FAULTY)
  expect(printed).toEqual([
    `${file}:2: timezone: указано «Moscow», а нужно: часовой пояс IANA, например Europe/Moscow`,
    `${file}:4: inn: ИНН 7709990009 с опечаткой: контрольные цифры не сходятся`,
    `${file}:5: site: объекта b нет ни здесь, ни в справочнике`,
    'ничего не изменено',
  ])
  expect(refusal).toMatchObject({ ru: `${file} не импортирован, ошибок: 3` })
  expect((await importing(SOUND)).printed.at(-1)).toContain('новых 2')
})

test('the same in English, and as JSON', async () => {
  const { printed, refusal } = await importing(FAULTY, '--lang', 'en')
  expect(printed[1]).toBe(`${file}:4: inn: INN 7709990009 is mistyped: its check digits do not fit`)
  expect(refusal).toMatchObject({ en: `${file} was not imported: 3 problem(s)` })
  const [json = ''] = (await importing(FAULTY, '--json')).printed
  expect(JSON.parse(json)).toMatchObject({ problems: [{ line: 2, field: 'timezone' }, { line: 4 }, { line: 5 }] })
})

test('a sound file says what it makes, and the second time that nothing changes', async () => {
  expect((await importing(SOUND)).printed).toEqual([
    'новое: клиент kofe',
    'новое: объект a',
    'новых 2, меняется 0, без изменений 0: сделано',
  ])
  expect((await importing(SOUND)).printed).toEqual(['новых 0, меняется 0, без изменений 2: сделано'])
})
