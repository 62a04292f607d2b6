import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { doctorText, verdictOf } from './doctor-check.ts'
import { checkFiles } from './doctor-files.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'doctor-files-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const SECRET = 'S'.repeat(43)
const identity = (more: object = {}) =>
  JSON.stringify({
    version: 1,
    url: 'mqtts://127.0.0.1:8883',
    agent: 'till-0001',
    secret: SECRET,
    ca: '-----BEGIN CERTIFICATE-----\n',
    ...more,
  })

function looked(config: string | null, identityText: string | null) {
  if (config !== null) writeFileSync(join(dir, 'agent.yaml'), config)
  if (identityText !== null) writeFileSync(join(dir, 'identity.json'), identityText, { mode: 0o600 })
  return checkFiles(join(dir, 'agent.yaml')).checks
}

const GOOD = 'identity: identity.json\ndata_dir: data\n'
const BAD = `identity: 5
data_dri: data
host: { interval_s: soon }
log: { level: loud }
registers:
  - { slot: a, driver: shtrih-m, port: nowhere }
  - { slot: a, driver: abacus, port: COM5, baud: 1.5 }
`
/** Words of our own errors and of the schema library in English. */
const ENGLISH = /\b(invalid|expected|allowed|missing|cannot|file|such|number|text|make|give|correct|not|option)\b/i

test.each([
  ['no config file', null, null],
  ['a config that is not YAML', 'identity: [', null],
  ['a config with wrong keys', BAD, null],
  ['no identity', GOOD, null],
  ['an identity that is not JSON', GOOD, '{'],
  ['an identity that is a list', GOOD, '[]'],
  ['a wrong identity', GOOD, identity({ url: 'http://x', secret: 'short', agent: 'A', ca: 'x', version: 2 })],
])('R2: %s is told in Russian to a Russian reader, with the next step', (_what, config, identityText) => {
  const checks = looked(config, identityText)
  const text = doctorText(checks, 'ru').replaceAll(dir, '')
  expect(text).toMatch(/→ [А-Я]/)
  expect(text.replaceAll(/agent\.yaml|identity\.json/g, '')).not.toMatch(ENGLISH)
  expect(doctorText(checks, 'en')).not.toMatch(/[А-Яа-я]/)
  expect(text).not.toContain(SECRET)
})

test('every wrong line of the config is a line of its own, with what is allowed', () => {
  const text = doctorText(looked(BAD, null), 'ru')
  expect(text).toMatch(/agent\.yaml:2: data_dri: такого ключа нет; допустимо: identity, data_dir, registers/)
  expect(text).toMatch(/agent\.yaml:4: log\.level: .*допустимо: debug, info, warn, error/)
  const register = '{ slot: a, driver: shtrih-m, port: /dev/ttyS0 }'
  const twice = doctorText(looked(`${GOOD}registers: [${register}, ${register}]\n`, null), 'ru')
  expect(twice).toContain('слот «a» уже занят кассой 1')
})

test('an identity that others can read is a remark, and the agent works', ({ skip }) => {
  skip(process.platform === 'win32', 'Windows has no such rights')
  looked(GOOD, identity())
  chmodSync(join(dir, 'identity.json'), 0o644)
  const checks = checkFiles(join(dir, 'agent.yaml')).checks
  expect(checks.filter(({ status }) => status === 'warn')).toMatchObject([
    { id: 'identity.rights', text: { ru: expect.stringContaining('chmod 600') } },
  ])
  expect(verdictOf(checks).ru).toBe('Работать будет, но есть замечания: 1')
})
