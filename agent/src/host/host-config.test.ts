import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { hostConfig } from './host-config.ts'
import { PROBE_NAMES } from './host-probe.ts'
import { createHostProbes } from './probes.ts'

test('the example shows every probe as it is when nothing is said of it', () => {
  const text = readFileSync(fileURLToPath(new URL('../../config.example.yaml', import.meta.url)), 'utf8')
  const shown = (parse(text) as { host: unknown }).host
  expect(shown).toEqual(hostConfig.parse({}))
})

test('every probe has its key and can be switched off; the PC itself is always looked at', () => {
  const names = (config: object) =>
    createHostProbes({
      config: hostConfig.parse(config),
      dataDir: '/none',
      clock: new ManualClock(),
      logger: recordingLogger(),
      agentFacts: () => ({}),
      registers: () => [],
    }).all.map(({ name }) => name)
  expect(names({})).toEqual(PROBE_NAMES)
  const off = PROBE_NAMES.filter(name => name !== 'system').map(name => [name, { mode: 'off' }])
  expect(names(Object.fromEntries(off))).toEqual(['system'])
})

test.each([
  ['a password in an address', { egais_utm: { addresses: ['http://admin:admin@localhost:8080'] } }],
  ['a query in an address', { egais_utm: { addresses: ['http://localhost:8080/?token=x'] } }],
  ['no address at all', { egais_utm: { addresses: ['localhost:8080'] } }],
  ['a time server with a port', { clock: { sntp_server: 'time.example:123' } }],
  ['an address of another kind', { ts_piot: { addresses: ['file:///etc/passwd'] } }],
  ['a service name that is a switch', { services: { names: ['--help'] } }],
  ['a service name with a quote', { services: { names: ["x' or Name='y"] } }],
  ['a program without processes', { pos_app: { programs: [{ name: 'Till', processes: [] }] } }],
  ['a key that is not there', { chz_lm: { token: 'x' } }],
])('%s is refused', (_what, config) => {
  expect(hostConfig.safeParse(config).success).toBe(false)
})

test('R6: what was refused is not repeated, for it may hold a password', () => {
  const { error } = hostConfig.safeParse({ chz_lm: { addresses: ['http://admin:p4ss@localhost:5995'] } })
  expect(JSON.stringify(error?.issues)).not.toContain('p4ss')
})
