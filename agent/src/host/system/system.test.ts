import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createProgramFile, windowsFile } from './program-file.ts'
import { valueInListing } from './registry-value.ts'
import { type ProgramOutput, type RunProgram, runProgram } from './run-program.ts'
import { systemdServices, windowsServices } from './service-list.ts'
import { systemdTime, windowsStatus, windowsTime } from './time-service.ts'

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => new Uint8Array(Buffer.from(text, encoding))
const answers =
  (given: Readonly<Record<string, Partial<ProgramOutput>>>): RunProgram =>
  (file, args) => {
    const line = [file, ...args].join(' ')
    const found = Object.entries(given).find(([wanted]) => line.includes(wanted))
    return Promise.resolve({ code: 0, stdout: new Uint8Array(), ...found?.[1] })
  }

test('a program is run without a shell, bounded, with its code and output', async ({ skip }) => {
  skip(process.platform === 'win32', 'programs of Unix')
  const { code, stdout } = await runProgram('printf', ['%s', '$HOME; `id`'])
  expect([code, Buffer.from(stdout).toString()]).toEqual([0, '$HOME; `id`'])
  expect((await runProgram('false', [])).code).toBe(1)
  expect((await runProgram('yes', [])).code).toBeNull()
  await expect(runProgram('/no/such/program', [])).rejects.toThrow('ENOENT')
})

test('services of systemd are told by their units, not by processes of that name', async () => {
  const blocks = [
    'Id=transport.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n',
    'Id=eou.service\nLoadState=loaded\nActiveState=failed\nUnitFileState=disabled\n',
    'Id=comproxy.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n',
  ]
  const run = answers({ 'systemctl show': { stdout: bytes(blocks.join('\n')) } })
  expect(await systemdServices(['transport', 'eou', 'comproxy'], run)).toEqual([
    { name: 'transport', state: 'running', start: 'automatic' },
    { name: 'eou', state: 'stopped', start: 'manual' },
    { name: 'comproxy', state: 'absent', start: null },
  ])
  const noSystemd = answers({ 'systemctl show': { code: 1 } })
  await expect(systemdServices(['transport'], noSystemd)).rejects.toThrow('systemd')
})

test('a name of a service is never a switch of the program that is asked', async () => {
  let asked: readonly string[] = []
  const run: RunProgram = (_file, args) => {
    asked = args
    return Promise.resolve({ code: 1, stdout: new Uint8Array() })
  }
  await systemdServices(['UTM Transport'], run).catch(() => undefined)
  expect(asked).toEqual(['show', expect.stringMatching(/^--property=/), '--', 'UTM-Transport.service'])
})

const started = (value: string) => ({
  stdout: bytes(`\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\…\r\n    Start    REG_DWORD    ${value}\r\n\r\n`),
})
const queried = (state: string) => ({
  stdout: bytes(
    `\r\nИмя_службы: 4 EoU \r\n        Тип                : 10  WIN32_OWN_PROCESS  \r\n        Состояние          : ${state} \r\n` +
      '                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)\r\n        Код_выхода_Win32   : 0  (0x0)\r\n',
  ),
})

test('services of Windows are told in every language of its labels, installed or not', async () => {
  const run = answers({
    'Services\\VT_inecrman': started('0x2'),
    'query VT_inecrman': queried('4  RUNNING'),
    'Services\\Transport ': started('0x4'),
    'query Transport': queried('1  STOPPED'),
    'Services\\EoU': started('0x3'),
    'query EoU': queried('2  START_PENDING'),
    'Services\\Removed': started('0x2'),
    'query Removed': { code: 1_060 },
    'Services\\Guarded': started('0x2'),
    'query Guarded': { code: 5 },
    'Services\\ComProxy': { code: 1 },
  })
  expect(await windowsServices(['VT_inecrman', 'Transport', 'EoU', 'Removed', 'Guarded', 'ComProxy'], run)).toEqual([
    { name: 'VT_inecrman', state: 'running', start: 'automatic' },
    { name: 'Transport', state: 'stopped', start: 'disabled' },
    { name: 'EoU', state: 'changing', start: 'manual' },
    { name: 'Removed', state: 'absent', start: null },
    { name: 'Guarded', state: null, start: 'automatic' },
    { name: 'ComProxy', state: 'absent', start: null },
  ])
})

test('a registry that does not answer is not "absent"', async () => {
  await expect(windowsServices(['Transport'], answers({ 'Services\\': { code: null } }))).rejects.toThrow(
    'does not answer',
  )
})

test('the file of a Windows process is asked for by its id alone', async () => {
  const found = answers({ '-Id 4312)': { stdout: bytes('\uFEFFC:\\Program Files\\Касса\\Frontol.exe\r\n') } })
  expect(await windowsFile(4_312, found)).toBe('C:\\Program Files\\Касса\\Frontol.exe')
  // Another user's process has no path for us; one that ended is an error.
  expect(await windowsFile(4_312, answers({ powershell: { stdout: bytes('\r\n') } }))).toBeNull()
  expect(await windowsFile(4_312, answers({ powershell: { code: 1 } }))).toBeNull()
})

test('a process is asked for its file until it is known, at most three times', async () => {
  const asked: number[] = []
  const fileOf = createProgramFile(id => {
    asked.push(id)
    return id === 7 ? Promise.resolve('C:\\front.exe') : Promise.reject(new Error('denied'))
  })
  const running = (id: number, path: string | null = null) => ({ id, name: 'front.exe', path })
  for (let n = 0; n < 4; n++) {
    expect(await fileOf(running(7))).toBe('C:\\front.exe')
    expect(await fileOf(running(8))).toBeNull()
    expect(await fileOf(running(9, '/opt/front'))).toBe('/opt/front')
  }
  expect(asked).toEqual([7, 8, 8, 8])
})

test('systemd tells whether its clock is right and, of its own client, by whom', async () => {
  const state = (text: string) => ({ 'timedatectl show --property=NTP': { stdout: bytes(text) } })
  const server = { 'show-timesync': { stdout: bytes('ServerName=ntp.example\nServerAddress=192.0.2.1\n') } }
  const noClient = { 'show-timesync': { code: 1 } }
  expect(await systemdTime(answers({ ...server, ...state('NTP=yes\nNTPSynchronized=yes\n') }))).toEqual({
    service: 'systemd-timesyncd',
    isSynchronised: true,
    source: 'ntp.example',
  })
  expect(await systemdTime(answers({ ...noClient, ...state('NTP=no\nNTPSynchronized=no\n') }))).toEqual({
    service: null,
    isSynchronised: false,
    source: null,
  })
  expect(await systemdTime(answers({ ...noClient, ...state('NTP=yes\nNTPSynchronized=yes\n') }))).toMatchObject({
    source: undefined,
  })
  await expect(systemdTime(answers({}))).rejects.toThrow('systemd')
})

const STATUS = [
  ['Leap Indicator', '0(no warning)'],
  ['Stratum', '4 (secondary reference - syncd by (S)NTP)'],
  ['Precision', '-23 (119.209ns per tick)'],
  ['Root Delay', '0.0312500s'],
  ['Root Dispersion', '7.7902343s'],
  ['ReferenceId', '0xC0A80001 (source IP:  192.168.0.1)'],
  ['Last Successful Sync Time', '22.11.2026 9:14:02'],
  ['Source', 'time.example,0x8'],
  ['Poll Interval', '10 (1024s)'],
] as const
const statusText = (changes: Readonly<Record<string, string>> = {}, label = (name: string) => name) =>
  `${STATUS.map(([name, value]) => `${label(name)}: ${changes[name] ?? value}`).join('\r\n')}\r\n\r\n`

test('Windows tells the same in every language of its labels', () => {
  const expected = { service: 'w32time', isSynchronised: true, source: 'time.example' }
  expect(windowsStatus(statusText())).toEqual(expected)
  const russian = Buffer.from(
    statusText({}, name => `Показатель ${name.length}`),
    'utf8',
  ).toString('latin1')
  expect(windowsStatus(russian)).toEqual(expected)
})

test('a clock of Windows that follows nobody is not synchronised, and a stopped service is no puzzle', async () => {
  const alone = { 'Leap Indicator': '3(not synchronized)', Stratum: '0 (unspecified)', Source: 'Local CMOS Clock' }
  expect(windowsStatus(statusText(alone))).toEqual({ service: 'w32time', isSynchronised: false, source: null })
  const free = {
    Stratum: '1 (primary reference - syncd by radio clock)',
    ReferenceId: '0x4C4F434C (source name:  "LOCL")',
    Source: 'Системные часы (свободный ход)',
  }
  expect(windowsStatus(statusText(free))).toEqual({ service: 'w32time', isSynchronised: false, source: null })
  const host = { ReferenceId: '0x564D5450 (source name:  "VMTP")', Source: 'VM IC Time Synchronization Provider' }
  expect(windowsStatus(statusText(host))).toEqual({ service: 'w32time', isSynchronised: true, source: null })
  const stopped = { code: 1, stdout: bytes('Следующая ошибка: служба не запущена. (0x80070426)\r\n') }
  expect(await windowsTime(answers({ w32tm: stopped }))).toEqual({
    service: 'w32time',
    isSynchronised: false,
    source: null,
  })
  await expect(windowsTime(answers({ w32tm: { code: 5, stdout: bytes('Access denied') } }))).rejects.toThrow('w32tm')
})

test('a value of the registry is found by its name, whatever stands around it', () => {
  const listing = '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\TeamViewer\r\n    ClientID    REG_DWORD    0x499602d2\r\n\r\n'
  expect(valueInListing(listing, 'clientid')).toBe('0x499602d2')
  expect(valueInListing(listing, 'Version')).toBeNull()
})

test('nothing that a program prints makes a reader throw', () => {
  const output = fc.oneof(
    fc.string(),
    fc.string().map(text => statusText({ Source: text, Stratum: text })),
  )
  fc.assert(
    fc.property(output, text => {
      windowsStatus(text)
      valueInListing(text, 'Source')
    }),
  )
})
