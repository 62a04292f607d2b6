import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Child, runNode, startNode, startProgram } from '../stack/child-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'tillwatch-executable-'))
const executable = join(folder, 'tillwatch-agent-linux-x64')
const supported = process.platform === 'linux' && process.arch === 'x64'
let register: Child | undefined
let ports: { tcp: string; pty?: string } = { tcp: '' }

beforeAll(async () => {
  if (!supported) return
  await runNode(['installers/package/main.ts', '--only', 'linux-x64', '--out', folder])
  register = startNode([
    'test/simulators/main.ts',
    'register',
    '--protocol',
    'shtrih-m',
    '--listen',
    'tcp://127.0.0.1:0',
    '--pty',
    join(folder, 'tty'),
  ])
  ports = JSON.parse(await register.line(/"ready":true/)) as typeof ports
}, 120_000)

afterAll(async () => {
  await register?.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Polled {
  facts: Record<string, { value: unknown; quality: string }>
  problems: unknown[]
}

/** Runs the executable with nothing of the workspace within reach: no Node on its path, an empty home. */
const run = async (args: readonly string[]): Promise<{ code: number | string; lines: readonly string[] }> => {
  const child = startProgram(executable, args, { env: { PATH: '/usr/bin:/bin', HOME: folder, XDG_STATE_HOME: folder } })
  return { code: await child.ended, lines: child.lines }
}

test('the Linux executable is one file that reads a register over serial and TCP without Node or libraries beside it', async ctx => {
  if (!supported) ctx.skip('made and run on Linux x64 only')
  expect(statSync(executable).mode & 0o111).not.toBe(0)
  for (const port of [ports.pty, ports.tcp].filter(port => port !== undefined)) {
    const { code, lines } = await run(['poll', '--driver', 'shtrih-m', '--port', port, '--json'])
    const polled = JSON.parse(lines.join('\n')) as Polled
    expect(code, port).toBe(0)
    expect(polled.problems).toEqual([])
    expect(polled.facts['fiscal.fn.serial']).toMatchObject({ value: '9960440300112233', quality: 'good' })
    expect(polled.facts['fiscal.register.link']).toMatchObject({ value: 'ok' })
  }
})

test('a packaged agent answers wrong use with 2 and a failure with 1', async ctx => {
  if (!supported) ctx.skip('made and run on Linux x64 only')
  expect((await run(['poll', '--port', ports.tcp])).code).toBe(2)
  expect((await run(['run', '--config', join(folder, 'absent.yaml')])).code).toBe(1)
})

test('checksums and licences of all libraries lie beside the executable', ctx => {
  if (!supported) ctx.skip('made and run on Linux x64 only')
  const sum = createHash('sha256').update(readFileSync(executable)).digest('hex')
  expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(`${sum}  tillwatch-agent-linux-x64\n`)
  expect(readFileSync(join(folder, 'THIRD-PARTY-LICENCES.txt'), 'utf8')).toMatch(/^mqtt [\d.]+ \(MIT\)$/m)
})
