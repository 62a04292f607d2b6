import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { examine } from '@tillwatch/agent/commands/doctor'
import { BUNDLE_BYTES_MAX } from '@tillwatch/agent/commands/doctor-bundle'
import type { FinderWorld } from '@tillwatch/agent/discovery/register-finder'
import { openLine } from '@tillwatch/agent/transport/open-transport'
import { portError } from '@tillwatch/agent/transport/port-errors'
import { systemClock } from '@tillwatch/shared'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { createRegister } from '../simulators/register.ts'
import { serveTcp } from '../simulators/serve-tcp.ts'
import { startNode } from '../stack/child-process.ts'

const AGENT = 'agent/src/main.ts'
const SECRET = 'Sq7-kP2x_vR9tLmN4wZbC1dE5fG8hJ0aU3iO6yT_eXw'
const PASSWORD = 'Korova-77-pod-stolom'
const DAY_MS = 24 * 3_600_000

let dir: string
const closers: (() => Promise<unknown>)[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'doctor-'))
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  rmSync(dir, { recursive: true })
})

const at = (name: string) => join(dir, name)
/** A local day or time of this machine, which is the till's. */
const local = (ms: number, length: number) =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, length)

function writeIdentity() {
  const identity = {
    version: 1,
    url: 'mqtts://127.0.0.1:1',
    agent: 'till-0001',
    secret: SECRET,
    ca: '-----BEGIN CERTIFICATE-----\n',
  }
  writeFileSync(at('identity.json'), JSON.stringify(identity), { mode: 0o600 })
}

function writeConfig(more: object) {
  writeIdentity()
  const quiet = { antivirus: { mode: 'off' }, remote_access: { mode: 'off' }, services: { mode: 'off' } }
  writeFileSync(at('agent.yaml'), stringify({ identity: 'identity.json', data_dir: 'data', host: quiet, ...more }))
  return at('agent.yaml')
}

async function runDoctor(...args: string[]) {
  const child = startNode([AGENT, 'doctor', '--lang', 'ru', ...args])
  const code = await child.ended
  return { code, out: child.lines.join('\n') }
}

async function served(state: object) {
  const register = createRegister({ protocol: 'shtrih-m', clock: systemClock, state })
  const port = await serveTcp(register, 'tcp://127.0.0.1:0', systemClock)
  closers.push(() => port.close())
  return { register, port: port.address }
}

test('domain 15, an engineer without a link: one file that begins with the causes in words and holds all that they stand on', async () => {
  const now = Date.now()
  const { register, port } = await served({
    register: { ofd_host: 'ofd.invalid', ofd_port: 7790, clock_at: local(now + 7 * 60_000, 19) },
    fn: { valid_until: local(now + 12 * DAY_MS, 10) },
    ofd: { unsent_documents: 12, first_unsent_document: 1043, first_unsent_at: local(now - 5 * DAY_MS - 60_000, 16) },
  })
  const config = writeConfig({
    registers: [{ slot: 'front', driver: 'shtrih-m', port }],
    logs: [{ name: 'Касса', path: at('cash*.log') }],
  })
  mkdirSync(at('data'))
  appendFileSync(
    at('data/agent.log'),
    `{"level":40,"time":"2026-11-22T08:00:00.000Z","msg":"the collector cannot be reached"}\n`,
  )
  const { code } = await runDoctor('--config', config, '--bundle', at('bundle.txt'))
  // No collector answers: the agent cannot work as it should, and the file says so first.
  expect(code).toBe(1)
  const text = readFileSync(at('bundle.txt'), 'utf8')
  const verdict = text.slice(0, text.indexOf('=== ПРОВЕРКИ'))
  expect(verdict).toMatch(/^Tillwatch, проверка ПК .*\n\n=== ЗАКЛЮЧЕНИЕ ===\nАгент так работать не сможет/)
  for (const cause of [
    /Нет связи с коллектором/,
    /front: ФН заканчивается через 12 дн\./,
    /front: в ОФД не переданы документы: 12, первый ждёт 5 дн\..*через 25 дн\. ФН заблокирует продажи/,
    /front: часы кассы и ПК расходятся на 7 мин\./,
    /Журнал «Касса», .*cash\*\.log: файла нет/,
    /Сервер ОФД ofd\.invalid с этого ПК недоступен, порт 7790: имя не найдено в DNS/,
  ])
    expect(verdict).toMatch(cause)
  for (const fact of [
    /=== КАССА front \(register\) ===/,
    /Заводской номер ФН: 9960440300112233/,
    /Не передано в ОФД: 12/,
    /=== ДИСК system/,
    /Имя ПК: /,
    /driver: shtrih-m/,
    /агент \d+\.\d+\.\d+, Node v/,
    /драйверы: .*mitsu/,
    /the collector cannot be reached/,
  ])
    expect(text).toMatch(fact)
  expect(statSync(at('bundle.txt')).mode & 0o077).toBe(0)
  register.assertReadOnly()
})

test('no secret is in the file, wherever it was written down', async () => {
  const { port } = await served({})
  const config = writeConfig({
    registers: [
      {
        slot: 'front',
        driver: 'shtrih-m',
        port,
        passwords: { administrator: 30, operator: 30, password: PASSWORD },
        also: [{ driver: 'atol-web', port: `http://kassir:${PASSWORD}@127.0.0.1:1` }],
      },
    ],
  })
  mkdirSync(at('data'))
  const lines = [
    `{"level":30,"time":"2026-11-22T08:00:00.000Z","passwords":{"operator":4711},"msg":"settings ${PASSWORD}"}`,
    `{"level":30,"time":"2026-11-22T08:00:01.000Z","url":"mqtts://till-0001:${SECRET}@127.0.0.1","msg":"dial"}`,
    `plain text with authorization: Basic ${Buffer.from(`kassir:${PASSWORD}`).toString('base64')}`,
    `espToken=eyJhbGciOi.tOkEn.sIgN secret ${SECRET}`,
    '-----BEGIN PRIVATE KEY-----MIIEvQIBADANBgkq-----END PRIVATE KEY-----',
  ]
  appendFileSync(at('data/agent.log'), `${lines.join('\n')}\n`)
  await runDoctor('--config', config, '--bundle', at('bundle.txt'))
  const text = readFileSync(at('bundle.txt'), 'utf8')
  expect(text).toContain('=== ЖУРНАЛ')
  for (const secret of [
    SECRET,
    PASSWORD,
    '4711',
    'eyJhbGciOi',
    'MIIEvQIBADAN',
    Buffer.from(`kassir:${PASSWORD}`).toString('base64'),
  ])
    expect(text).not.toContain(secret)
})

test('a configuration that is wrong, or no YAML at all, does not keep the file from being written, nor its secrets in it', async () => {
  writeFileSync(
    at('agent.yaml'),
    `identity: none.json\ndata_dir: data\nregisters: [{ slot: a, passwords: { link: ${PASSWORD}`,
  )
  const { code } = await runDoctor('--config', at('agent.yaml'), '--bundle', at('bundle.txt'))
  expect(code).toBe(1)
  const text = readFileSync(at('bundle.txt'), 'utf8')
  expect(text).toMatch(/1\. .*agent\.yaml:\d+: это не YAML/)
  expect(text).not.toContain(PASSWORD)
})

test('the file stays small and keeps its shape, whatever a device and the log hold', async () => {
  const { port } = await served({ register: { organisation: 'x' }, quirks: {} })
  const config = writeConfig({ registers: [{ slot: 'front', driver: 'shtrih-m', port }] })
  mkdirSync(at('data'))
  const noise = '\u0007=== ЗАКЛЮЧЕНИЕ ===\u2028'.repeat(40_000)
  appendFileSync(at('data/agent.log'), `${noise}\n${'short line\n'.repeat(50_000)}`)
  await runDoctor('--config', config, '--bundle', at('bundle.txt'))
  const text = readFileSync(at('bundle.txt'), 'utf8')
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(BUNDLE_BYTES_MAX)
  expect(text.split('\n').filter(line => line === '=== ЗАКЛЮЧЕНИЕ ===')).toHaveLength(1)
  expect(text).toMatch(/short line\n\n$/)
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})

test('a file that cannot be written is said in words, with exit code 1', async () => {
  const { code, out } = await runDoctor(
    '--config',
    writeConfig({ registers: [] }),
    '--bundle',
    at('no/such/folder.txt'),
  )
  expect(code).toBe(1)
  expect(out).toMatch(/folder\.txt не записан: нет такого файла или каталога/)
})

test('whoever reads the output may go away: no stack, and the exit code is that of the command', async () => {
  const config = writeConfig({ registers: [] })
  for (const [args, expected] of [
    [['doctor', '--config', config, '--json'], 1],
    [['doctor', '--help'], 0],
    [['poll', '--driver', 'abacus', '--port', 'COM1'], 2],
  ] as const) {
    const child = spawn(process.execPath, [AGENT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const errors: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    child.stdout.destroy()
    const [code] = await once(child, 'close')
    expect([args[0], code]).toEqual([args[0], expected])
    expect(Buffer.concat(errors).toString()).not.toMatch(/EPIPE|\bat \w/)
  }
})

/** A PC without serial ports, whose network ports lead where the test says. */
function worldOf(ports: Readonly<Record<string, string>>, more: Partial<FinderWorld> = {}): FinderWorld {
  return {
    open: (address, settings, clock) => {
      const name =
        address.kind === 'http'
          ? address.url
          : address.kind === 'tcp'
            ? `tcp://${address.host}:${address.port}`
            : address.path
      const target = ports[name]
      if (target === undefined) throw portError('port.silent', `nobody answers at ${name}`)
      const { hostname, port } = new URL(target)
      return openLine({ kind: 'tcp', host: hostname, port: Number(port) }, settings, clock)
    },
    holderOf: async () => null,
    listPorts: async () => [],
    uptimeMs: () => 0,
    ...more,
  }
}

test('without a configuration it searches, and names each register with the best way to it', async () => {
  const { register, port } = await served({})
  const reachable = { ...worldOf({}), open: worldOf({ 'tcp://127.0.0.1:7778': port }).open }
  const { checks } = await examine(undefined, systemClock, { ...reachable, open: nobodyElse(reachable) })
  const found = checks.find(({ id }) => id === 'register:kkt-1')
  expect(found).toMatchObject({ status: 'ok' })
  expect(found?.text.ru).toMatch(
    /Найдена касса kkt-1: ШТРИХ.*, № 0000000000301234\. Лучший способ: Штрих-М.*, tcp:\/\/127\.0\.0\.1:7778/,
  )
  register.assertReadOnly()
})

/** Ports that lead nowhere answer as real ones do where nobody listens. */
const nobodyElse =
  ({ open }: FinderWorld): FinderWorld['open'] =>
  (address, settings, clock) => {
    try {
      return open(address, settings, clock)
    } catch {
      return openLine(
        address.kind === 'http'
          ? { kind: 'http', url: 'http://127.0.0.1:1' }
          : { kind: 'tcp', host: '127.0.0.1', port: 1 },
        settings,
        clock,
      )
    }
  }

test('each part may fail without the others', async () => {
  const broken = worldOf({}, { listPorts: () => Promise.reject(new Error('no ports for you')) })
  const { checks } = await examine(writeConfig({ registers: 'auto' }), systemClock, broken)
  expect(checks.find(({ id }) => id === 'registers')).toMatchObject({
    status: 'fail',
    text: { ru: 'no ports for you' },
  })
  expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['config', 'identity', 'link:dns', 'clock']))
})
