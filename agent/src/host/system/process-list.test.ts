import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { baseName, createProcessList, isNamed, linuxProcesses, windowsProcesses } from './process-list.ts'

test('this test is among the programs that run here', async ({ skip }) => {
  skip(process.platform !== 'linux', 'the list is read from /proc')
  const processes = await createProcessList(new ManualClock())()
  expect(processes.some(({ path }) => path === process.execPath)).toBe(true)
})

test('a program whose file we may not see is known by its name; what has gone meanwhile is left out', async ({
  skip,
}) => {
  skip(process.platform === 'win32', 'links need rights there')
  const root = mkdtempSync(join(tmpdir(), 'proc-'))
  try {
    for (const id of ['1', '20', '300']) mkdirSync(join(root, id))
    mkdirSync(join(root, 'sys'))
    symlinkSync('/opt/1cv8/x86_64/8.3.24.1667/1cv8c (deleted)', join(root, '1', 'exe'))
    writeFileSync(join(root, '20', 'comm'), 'iikoFront.Net.e\n')
    const processes = await linuxProcesses(root)
    expect(processes).toEqual([
      { id: 1, name: '1cv8c', path: '/opt/1cv8/x86_64/8.3.24.1667/1cv8c' },
      { id: 20, name: 'iikoFront.Net.e', path: null },
    ])
    expect(processes.map(each => isNamed(each, 'iikoFront.Net.exe'))).toEqual([false, true])
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('names are compared whole and without case', () => {
  const frontol = { id: 7, name: 'Frontol.exe', path: 'C:\\Program Files (x86)\\ATOL\\Frontol6\\BIN\\Frontol.exe' }
  expect(isNamed(frontol, 'frontol.EXE')).toBe(true)
  expect(isNamed(frontol, 'frontol')).toBe(false)
  expect(baseName(frontol.path)).toBe('Frontol.exe')
})

test('processes of Windows are told by name and id, whatever the language of the rest', async () => {
  const printed = Buffer.from(
    '"System Idle Process","0","Services","0","8 КБ"\r\n"iikoFront.Net.exe","4312","Console","1","310 552 КБ"\r\n\r\n',
  )
  expect(await windowsProcesses(() => Promise.resolve({ code: 0, stdout: printed }))).toEqual([
    { id: 0, name: 'System Idle Process', path: null },
    { id: 4_312, name: 'iikoFront.Net.exe', path: null },
  ])
  for (const silent of [
    { code: 0, stdout: Buffer.from('') },
    { code: null, stdout: printed },
  ]) {
    await expect(windowsProcesses(() => Promise.resolve(silent))).rejects.toThrow('does not tell')
  }
})
