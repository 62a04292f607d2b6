import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@tillwatch/shared'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from './config.ts'
import { loadIdentity } from './identity.ts'
import { AGENT_VERSION } from './version.ts'

const EXAMPLE = fileURLToPath(new URL('../config.example.yaml', import.meta.url))
const SECRET = 'S'.repeat(43)
const IDENTITY = {
  version: 1,
  url: 'mqtts://127.0.0.1:8883',
  agent: 'till-0001',
  secret: SECRET,
  ca: '-----BEGIN CERTIFICATE-----\n',
}

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'agent-config-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function write(name: string, text: string, mode = 0o600): string {
  const file = join(dir, name)
  writeFileSync(file, text, { mode })
  return file
}

function thrownBy(run: () => unknown): AppError {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

test('the example that we ship is a valid config, with registers found and with the lists that it shows', () => {
  expect(loadConfig(EXAMPLE).registers).toBe('auto')
  const listed = readFileSync(EXAMPLE, 'utf8')
    .replace(/^registers: auto$|^logs: \[\]$/gm, '')
    .replace(/^# (registers:|logs:| {2}.*)$/gm, '$1')
  expect(loadConfig(write('listed.yaml', listed))).toMatchObject({
    registers: [{ slot: 'front', driver: 'shtrih-m', also: [{ port: 'tcp://192.168.137.111:7778' }] }],
    logs: [{ name: 'POS', path: 'C:/POS/logs/pos*.log', encoding: 'utf-8', time_zone: 'Europe/Moscow' }],
  })
})

test('what is left out takes its default, and paths are relative to the file', () => {
  const config = loadConfig(write('agent.yaml', 'identity: identity.json\ndata_dir: data\n'))
  expect(config).toMatchObject({
    identity: join(dir, 'identity.json'),
    data_dir: join(dir, 'data'),
    registers: 'auto',
    discovery: { also: [], never: [] },
    host: { interval_s: 300 },
    logs: [],
    heartbeat: { interval_s: 60 },
  })
})

test('every wrong key is named at once with file, line, path, reason and what is allowed', () => {
  const file = write(
    'agent.yaml',
    `identity: identity.json
data_dri: data
host: { interval_s: 5, colour: red }
log: { level: loud }
registers:
  - { slot: a, driver: shtrih-m, port: /dev/ttyS0, interval_s: soon }
  - { slot: a, driver: abacus, port: nowhere }
`,
  )
  const lines = thrownBy(() => loadConfig(file)).message.split('\n')
  const about = (path: string) =>
    lines.find(line => line.includes(`: ${path}: `)) ?? `nothing about ${path} in\n${lines.join('\n')}`
  expect(about('data_dir')).toContain('is missing')
  expect(about('data_dri')).toMatch(/:2: .*no such key; allowed: identity, data_dir, registers/)
  expect(about('host.interval_s')).toMatch(/:3: .*allowed: a whole number from 15 to 3600/)
  expect(about('host.colour')).toMatch(/no such key; allowed: interval_s/)
  expect(about('log.level')).toMatch(/:4: .*allowed: debug, info, warn, error/)
  expect(about('registers[0].interval_s')).toMatch(/:6: /)
  expect(about('registers[1].driver')).toMatch(/:7: .*allowed: .*shtrih-m/)
  expect(about('registers[1].port')).toMatch(/tcp:\/\//)
})

test('registers are found unless they are listed, and an empty list means none', () => {
  const registersOf = (line: string) => loadConfig(write('agent.yaml', `identity: i\ndata_dir: d\n${line}\n`)).registers
  expect(registersOf('')).toBe('auto')
  expect(registersOf('registers: auto')).toBe('auto')
  expect(registersOf('registers: []')).toEqual([])
  const error = thrownBy(() => registersOf('registers: none'))
  expect(error.message).toMatch(/:3: registers: .*allowed: auto or a list/)
})

test('a host to look at is named without a port, so that nothing else of it is touched', () => {
  const file = write('agent.yaml', 'identity: i\ndata_dir: d\ndiscovery: { also: ["192.168.1.20:22", 192.168.1.21] }\n')
  expect(thrownBy(() => loadConfig(file)).message).toMatch(
    /discovery\.also\[0\]: a host name or address without a port/,
  )
})

test('two registers cannot have one slot', () => {
  const register = '{ slot: a, driver: shtrih-m, port: /dev/ttyS0 }'
  const file = write('agent.yaml', `identity: i\ndata_dir: d\nregisters: [${register}, ${register}]\n`)
  expect(thrownBy(() => loadConfig(file)).message).toMatch(/registers\[1\]\.slot: slot "a" is taken by register 1/)
})

test.each([
  ['text that is not YAML', 'identity: [', /:\d+: not YAML/],
  ['an empty file', '', /identity: is missing/],
  ['a list', '- 1', /does not fit; allowed: keys identity/],
  ['a file with many wrong lines', 'a: [}\nb: [}\nc: {]\n', /^[^\n]+not YAML[^\n]+$/],
  [
    'a driver that there is none of',
    'identity: i\ndata_dir: d\nregisters: [{ slot: a, driver: foo, port: COM1 }]\n',
    /driver: the value does not fit; allowed: shtrih-m, [^|"]*$/,
  ],
])('%s is said in words', (_what, text, message) => {
  const error = thrownBy(() => loadConfig(write('agent.yaml', text)))
  expect(error).toMatchObject({ code: 'config.invalid', nextStep: expect.any(String) })
  expect(error.message).toMatch(message)
})

test('a file that is not there tells the next step', () => {
  expect(thrownBy(() => loadConfig(join(dir, 'none.yaml')))).toMatchObject({ code: 'config.unreadable' })
})

test('an identity is read; one that others can read is warned about', ({ skip }) => {
  expect(loadIdentity(write('identity.json', JSON.stringify(IDENTITY)))).toEqual({ identity: IDENTITY, warning: null })
  skip(process.platform === 'win32', 'Windows has no such rights')
  expect(loadIdentity(write('open.json', JSON.stringify(IDENTITY), 0o644)).warning?.en).toContain('chmod 600')
})

test.each([
  ['a broken file', `{"secret": "${SECRET}"`, 'is not JSON'],
  [
    'a wrong address',
    JSON.stringify({ ...IDENTITY, url: 'http://x' }),
    'url: expected an address as mqtts://host:port',
  ],
  ['another version', JSON.stringify({ ...IDENTITY, version: 2 }), 'version: expected 1'],
  [
    'a short secret',
    JSON.stringify({ ...IDENTITY, secret: 'short-secret' }),
    'secret: expected 43 characters of base64url',
  ],
])('%s is refused in words that hold no part of the secret', (_what, text, reason) => {
  const error = thrownBy(() => loadIdentity(write('identity.json', text)))
  expect(error.code).toBe('identity.invalid')
  expect(error.message).toContain(reason)
  expect(error.message).not.toMatch(/SSS|short-secret/)
})

test('the version in the code is that of the package', () => {
  const file = fileURLToPath(new URL('../package.json', import.meta.url))
  expect(JSON.parse(readFileSync(file, 'utf8')).version).toBe(AGENT_VERSION)
})
