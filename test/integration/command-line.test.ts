import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const COLLECTOR = fileURLToPath(new URL('../../collector/src/main.ts', import.meta.url))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-command-line-'))
  writeFileSync(join(folder, 'collector.yaml'), 'data_dir: ./data\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Asked {
  readonly locale?: string
  /** Whoever reads standard output goes away at once. */
  readonly deaf?: boolean
}

/** `tillwatch ARGS` as a process of its own. */
async function tillwatch(args: readonly string[], { locale = 'en_US.UTF-8', deaf = false }: Asked = {}) {
  const env = { ...process.env, LC_ALL: locale }
  const child = spawn(process.execPath, [COLLECTOR, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stderr.on('data', chunk => {
    said.err += String(chunk)
  })
  if (deaf) child.stdout.destroy()
  else
    child.stdout.on('data', chunk => {
      said.out += String(chunk)
    })
  const [code] = await once(child, 'close')
  return { ...said, code }
}

test.each([
  [['rules', 'check'], 0],
  [['agent', 'list'], 0],
  [['agent', 'command', 'nobody', '{"do":"poll_now"}'], 1],
  [['--help'], 0],
])(
  'whoever reads the output of %j may go away: no stack, and the exit code is that of the command',
  async (args, expected) => {
    const { code, err } = await tillwatch(args, { deaf: true })
    expect([code, err]).toEqual([expected, expect.not.stringMatching(/EPIPE|\bat \w/)])
  },
)

test('the locale chooses the language, and --lang is above it', async () => {
  const nobody = ['agent', 'command', 'nobody', '{"do":"poll_now"}']
  const english = 'there is no agent nobody\nSee `tillwatch agent list` for the ids.\n'
  const russian = 'Такого агента нет\nВсе агенты: tillwatch agent list.\n'
  expect(await tillwatch(nobody)).toEqual({ out: '', err: english, code: 1 })
  expect(await tillwatch(nobody, { locale: 'ru_RU.UTF-8' })).toMatchObject({ err: russian })
  expect(await tillwatch([...nobody, '--lang', 'ru'])).toMatchObject({ err: russian })
  expect(await tillwatch(['agent', 'list'])).toMatchObject({ out: 'agent\tsite\tstate\theard\tversion\n' })
})

test('wrong use names the way to the help', async () => {
  const { code, err } = await tillwatch(['agent', 'add', '--bogus'])
  expect([code, err]).toEqual([2, expect.stringContaining('Add --help')])
})
