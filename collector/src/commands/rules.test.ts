import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { registerRulesCommand } from './rules.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillwatch-rules-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function put(name: string, text: string): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, text)
  return file
}

async function run(...args: string[]) {
  const out: string[] = []
  const errors: string[] = []
  let code = -1
  const program = new Command()
    .exitOverride()
    .configureOutput({ writeErr: text => errors.push(text), writeOut: text => out.push(text) })
  registerRulesCommand(program, {
    environment: { LANG: 'en_GB.UTF-8' },
    clock: { now: () => Date.parse('2026-11-22T12:00:00Z') },
    print: text => out.push(text),
    fail: text => errors.push(text),
    exit: given => {
      code = given
    },
  })
  try {
    await program.parseAsync(['rules', ...args], { from: 'user' })
  } catch (thrown) {
    code = (thrown as { exitCode: number }).exitCode
  }
  return { code, out: out.join('\n'), errors: errors.join('\n') }
}

const PACK = `rules:
  - id: test.queue
    item: register
    class: ofd
    needs: [fiscal.ofd.unsent_documents]
    title: { ru: Очередь, en: Queue }
    expected: { ru: Пусто, en: Empty }
    component: { ru: ОФД, en: OFD }
    levels: { minor: { set: fiscal.ofd.unsent_documents > 10 } }
`
const CASES = `cases:
  - name: queue
    item: register
    start: 2026-11-22T09:00:00Z
    series: [{ at: 0m, facts: { fiscal.ofd.unsent_documents: 11 } }]
    expect: [{ at: 0m, conditions: [{ rule: test.queue, level: minor }] }]
`

describe('tillwatch rules', () => {
  it('checks and tests the shipped packs when no file is given', async () => {
    expect(await run('check')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+ rules in 4 files are sound\.$/),
    })
    const tested = await run('test', '--json')
    expect(tested.code).toBe(0)
    expect(JSON.parse(tested.out)).toMatchObject({ ok: true })
  })

  it('names file, line and column of a fault and exits 1', async () => {
    const file = await put('a.yaml', PACK.replace('documents > 10', 'documents > "x"'))
    const { code, out } = await run('check', file)
    expect(code).toBe(1)
    expect(out).toContain(`${file}:9:29: rules[0].levels.minor.set: no such overload`)
  })

  it('knows a file with overrides by its content and checks it on the packs given, or on those shipped', async () => {
    const shipped = await put('shipped.yaml', 'overrides:\n  ofd.queue_age: { hold: 5m }\n')
    expect(await run('check', shipped)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d\d+ rules in 5 files are sound, 1 override files among them\.$/),
    })
    const pack = await put('a.yaml', PACK)
    const own = await put('own.yaml', 'overrides:\n  test.nothing: { hold: 5m }\n')
    const { code, out } = await run('check', pack, own)
    expect(code).toBe(1)
    expect(out).toContain('overrides.test.nothing: there is no rule test.nothing to change')
  })

  it('runs cases against the pack beside them and shows the difference', async () => {
    await put('a.yaml', PACK)
    const cases = await put('a.cases.yaml', CASES)
    expect(await run('test', cases)).toMatchObject({ code: 0, out: 'a.cases.yaml: 1 passed, 0 failed' })
    await put('a.yaml', PACK.replace('> 10', '> 11'))
    const { code, out } = await run('test', cases)
    expect(code).toBe(1)
    expect(out).toContain(`FAIL ${cases}:6: queue @ 2026-11-22T09:00:00Z`)
    expect(out).toContain('- test.queue minor')
  })

  it('explains an item at a moment', async () => {
    const site = { timezone: 'Europe/Moscow', hours: '10:00-23:00' }
    const item = await put(
      'item.json',
      JSON.stringify({ kind: 'register', facts: { 'fiscal.fn.valid_until': '2026-12-14' }, site }),
    )
    const { code, out } = await run('explain', '--item', item, '--now', '2026-11-22T12:00:00Z', '--lang', 'ru')
    expect(code).toBe(0)
    expect(out).toContain('fn.expiry: fired (important)\n  Срок фискального накопителя заканчивается через 22 дня')
    expect(JSON.parse((await run('explain', '--item', item, '--json')).out)).toMatchObject({
      ok: true,
      now: '2026-11-22T12:00:00.000Z',
    })
  })

  it('says what is wrong with an item and what is expected', async () => {
    const item = await put('item.json', '{"kind":"till","facts":{}}')
    expect(await run('explain', '--item', item)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('kind: Invalid option'),
    })
    const none = join(folder, 'none.json')
    expect((await run('explain', '--item', none)).errors.split('\n')).toEqual([
      `cannot read ${none}: there is no such file or folder`,
      'Check the path and the right to read it.',
    ])
  })

  it('speaks the language that it is told, also of what is sound and of what is wrong', async () => {
    expect((await run('check', '--lang', 'ru')).out).toMatch(/^Правил: \d+, файлов: 4\. Всё верно\.$/)
    const file = await put('a.yaml', PACK.replace('class: ofd', 'clas: ofd'))
    const { out, code } = await run('check', file, '--lang', 'ru')
    expect(code).toBe(1)
    expect(out).toContain('такого ключа нет')
    expect(out).toContain('Ничего не загружено')
    expect((await run('explain', '--item', 'none.json', '--lang', 'ru')).errors).toContain('Проверьте путь')
  })

  it('exits 2 on wrong use and 0 on help', async () => {
    expect((await run('explain')).code).toBe(2)
    expect((await run('explain', '--item', 'x', '--now', 'soon')).code).toBe(2)
    expect((await run('check', '--bogus')).code).toBe(2)
    expect(await run('test', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('*.cases.yaml') })
  })
})
