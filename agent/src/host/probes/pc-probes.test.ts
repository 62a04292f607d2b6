import { type WireItem, wireItem } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { hostConfig } from '../host-config.ts'
import type { Sightings } from '../sightings.ts'
import type { RunningProcess } from '../system/process-list.ts'
import type { SystemService } from '../system/service-list.ts'
import { createAntivirusProbe, fileTimeDay } from './antivirus-probe.ts'
import { createClockProbe } from './clock-probe.ts'
import { createOfdReachProbe, ofdServers } from './ofd-reach-probe.ts'
import { createPosAppProbe, versionInPath } from './pos-app-probe.ts'
import { createRemoteAccessProbe } from './remote-access-probe.ts'
import { createServicesProbe } from './services-probe.ts'

const config = hostConfig.parse({})
const clock = new ManualClock()

/** Sees and remembers, without a disk. */
function memory(): Sightings {
  const seen = new Set<string>()
  return {
    mayTell: (mode, slot, isThere) => {
      if (isThere) seen.add(slot)
      return mode === 'on' || seen.has(slot)
    },
  }
}

const running = (
  ...processes: readonly (readonly [name: string, path?: string])[]
): (() => Promise<RunningProcess[]>) => {
  const list = processes.map(([name, path = null], index) => ({ id: index + 1, name, path }))
  return () => Promise.resolve(list)
}

const factsOf = (items: readonly WireItem[]) => {
  for (const item of items) expect(wireItem.safeParse(item).error).toBeUndefined()
  return Object.fromEntries(items.map(item => [item.slot, item.facts]))
}

test('a POS program is told from the day it was first seen, with its version and when it has stopped', async () => {
  let processes = running(['explorer.exe'])
  const probe = createPosAppProbe({
    config: config.pos_app,
    clock,
    processes: () => processes(),
    sightings: memory(),
    versionOf: () => Promise.resolve('9.2.6041.0'),
  })
  expect(await probe.read()).toEqual([])
  processes = running(
    ['iikoFront.Net.exe', process.execPath],
    ['1cv8c', '/opt/1cv8/x86_64/8.3.24.1667/1cv8c'],
    ['Frontol.exe'],
  )
  expect(factsOf(await probe.read())).toEqual({
    'pos-iikofront': { 'pos.app.name': 'iikoFront', 'pos.app.running': true, 'pos.app.version': '9.2.6041.0' },
    'pos-1c': { 'pos.app.name': '1C', 'pos.app.running': true, 'pos.app.version': '8.3.24.1667' },
    'pos-frontol': {
      'pos.app.name': 'Frontol',
      'pos.app.running': true,
      'pos.app.version': { value: null, reason: 'no_rights' },
    },
  })
  processes = running(['explorer.exe'])
  expect(factsOf(await probe.read())['pos-iikofront']).toEqual({
    'pos.app.name': 'iikoFront',
    'pos.app.running': false,
  })
  processes = () => Promise.reject(new Error('no list today'))
  expect(factsOf(await probe.read())['pos-iikofront']).toEqual({
    'pos.app.name': 'iikoFront',
    'pos.app.running': { value: null, reason: 'system_failed', raw: 'no list today' },
  })
})

test('a version in a path is that of the folder of the program alone', () => {
  expect(versionInPath('C:\\Program Files\\1cv8\\8.3.27.2214\\bin\\1cv8c.exe')).toBe('8.3.27.2214')
  expect(versionInPath('/opt/python3.12.1/bin/till')).toBeNull()
  expect(versionInPath('/srv/10.20.30/a/b/c/till')).toBeNull()
})

test('services are told from the day they were installed, and as absent only where somebody asked for them', async () => {
  let told: readonly SystemService[] | Error = [
    { name: 'Transport', state: 'running', start: 'automatic' },
    { name: 'ComProxy', state: 'absent', start: null },
  ]
  const services = () => (told instanceof Error ? Promise.reject(told) : Promise.resolve(told))
  const settings = { ...config.services, names: ['Transport', 'ComProxy'] }
  const auto = createServicesProbe({ config: settings, clock, services, sightings: memory() })
  expect(factsOf(await auto.read())).toEqual({
    'service-transport': {
      'host.service.name': 'Transport',
      'host.service.state': 'running',
      'host.service.start': 'automatic',
    },
  })
  const asked = createServicesProbe({ config: { ...settings, mode: 'on' }, clock, services, sightings: memory() })
  expect(factsOf(await asked.read())['service-comproxy']).toEqual({
    'host.service.name': 'ComProxy',
    'host.service.state': 'absent',
  })
  told = new Error('no such rights')
  expect(factsOf(await auto.read())).toEqual({
    'service-transport': {
      'host.service.name': 'Transport',
      'host.service.state': { value: null, reason: 'system_failed', raw: 'no such rights' },
    },
  })
})

test('the day of the antivirus is told where the antivirus lets others know it', async () => {
  const reg = { code: 0, stdout: Buffer.from('    SignaturesLastUpdated    REG_BINARY    FF9CDD7C6727D901\r\n') }
  const look = async (...names: readonly string[]) => {
    const processes = running(...names.map(name => [name] as const))
    const probe = createAntivirusProbe({ config: config.antivirus, clock, processes, run: () => Promise.resolve(reg) })
    return factsOf(await probe.read())['pc']
  }
  expect(await look('MsMpEng.exe')).toEqual({
    'host.antivirus': ['Microsoft Defender'],
    'host.antivirus_updated_on': '2023-01-13',
  })
  expect(await look('AVP.exe', 'ekrn.exe')).toEqual({
    'host.antivirus': ['ESET', 'Kaspersky'],
    'host.antivirus_updated_on': { value: null, reason: 'not_told' },
  })
  expect(await look('explorer.exe')).toEqual({ 'host.antivirus': [] })
  expect(fileTimeDay('FF')).toBeNull()
  expect(fileTimeDay('0000000000000000')).toBeNull()
})

test('R6: remote access is told with its number, and nothing else of its files', async ({ skip }) => {
  skip(process.platform === 'win32', 'the files of Linux')
  const files: Readonly<Record<string, string>> = {
    '/etc/anydesk/system.conf': 'ad.anynet.pwd_hash=5e884898\nad.anynet.id=123456789\nad.anynet.pkey=secret\n',
    '/opt/teamviewer/config/global.conf': '[strng] SecurityPassword = "secret"\n[int32] ClientID = 987654321\n',
  }
  const probe = createRemoteAccessProbe({
    config: config.remote_access,
    clock,
    processes: running(['anydesk'], ['teamviewerd'], ['rustdesk']),
    read: path => Promise.resolve(files[path] ?? null),
  })
  expect(factsOf(await probe.read())['pc']).toEqual({
    'host.remote_access': ['AnyDesk 123456789', 'RustDesk', 'TeamViewer 987654321'],
  })
})

test('the keeping of the clock is told; what fails is unknown with its reason', async () => {
  const settings = { ...config.clock, sntp_server: 'ntp.example' }
  const right = createClockProbe({
    config: settings,
    clock,
    keeping: () => Promise.resolve({ service: 'w32time', isSynchronised: false, source: null }),
    ask: () => Promise.resolve(-1_250),
  })
  expect(factsOf(await right.read())['pc']).toEqual({
    'host.clock.service': 'w32time',
    'host.clock.synchronised': false,
    'host.clock.source': null,
    'host.clock.ntp_offset_ms': -1_250,
  })
  const wrong = createClockProbe({
    config: settings,
    clock,
    keeping: () => Promise.reject(new Error('no w32tm')),
    ask: () => Promise.reject(new Error('timeout')),
  })
  expect(factsOf(await wrong.read())['pc']).toMatchObject({
    'host.clock.synchronised': { value: null, reason: 'system_failed', raw: 'no w32tm' },
    'host.clock.ntp_offset_ms': { value: null, reason: 'no_time', raw: 'timeout' },
  })
})

const register = (slot: string, facts: WireItem['facts']): WireItem => ({
  kind: 'register',
  slot,
  id: null,
  at: '2026-11-22T09:00:00Z',
  source: 'register',
  facts,
})
const setTo = (host: WireItem['facts'][string], port: WireItem['facts'][string] = 7_777) => ({
  'fiscal.register.ofd_host': host,
  'fiscal.register.ofd_port': port,
})

test('each OFD server is tried once, for all registers that are set to it', async () => {
  const tried: string[] = []
  const probe = createOfdReachProbe({
    config: config.ofd_reach,
    clock,
    registers: () => [
      register('front', setTo('OFD.example')),
      register('bar', setTo({ value: 'ofd.example ', at: '2026-11-22T08:00:00Z' })),
      register('office', setTo('192.0.2.7', 7_790)),
      register('kiosk', { ...setTo('ofd.example'), 'fiscal.register.autonomous': true }),
      register('new', setTo({ value: null, reason: 'unsupported' })),
      register('odd', setTo('http://ofd.example/x')),
      register('odder', setTo('ofd.example', 70_000)),
    ],
    reach: (host, port) => {
      tried.push(`${host}:${port}`)
      return Promise.resolve(
        host === '192.0.2.7' ? { result: 'timeout', connectMs: null } : { result: 'ok', connectMs: 41 },
      )
    },
  })
  expect(factsOf(await probe.read())).toEqual({
    'ofd-ofd.example:7777': {
      'ofd.server.reach': 'ok',
      'ofd.server.host': 'ofd.example',
      'ofd.server.port': 7_777,
      'ofd.server.registers': ['front', 'bar'],
      'ofd.server.connect_ms': 41,
    },
    'ofd-192.0.2.7:7790': {
      'ofd.server.reach': 'timeout',
      'ofd.server.host': '192.0.2.7',
      'ofd.server.port': 7_790,
      'ofd.server.registers': ['office'],
      'ofd.server.connect_ms': { value: null, reason: 'no_connection' },
    },
  })
  expect(tried).toEqual(['ofd.example:7777', '192.0.2.7:7790'])
})

test('no number of registers makes the PC knock at every door', () => {
  const registers = Array.from({ length: 40 }, (_, n) => register(`slot-${n}`, setTo(`ofd-${n}.example`)))
  expect(ofdServers(registers)).toHaveLength(4)
})
