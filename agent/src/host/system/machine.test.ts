import { expect, test } from 'vitest'
import { createCpuLoad, machineId, prettyName, systemName } from './machine.ts'
import type { ProgramOutput } from './run-program.ts'

const times = (idle: number, user: number) => ({ times: { user, nice: 0, sys: 0, idle, irq: 0 } })

test('the load is that of the time since the last look, over all processors', () => {
  let now = [times(800, 200), times(1_000, 0)]
  const load = createCpuLoad(() => now)
  expect(load()).toBeCloseTo(0.1)
  now = [times(850, 250), times(1_050, 50)]
  expect(load()).toBe(0.5)
  expect(load()).toBeNull()
  // Counters of a machine that woke up may run back.
  now = [times(900, 200), times(1_100, 50)]
  expect(load()).toBe(0)
})

test('the system calls itself by the name for people', async () => {
  expect(prettyName('NAME="Astra Linux"\nPRETTY_NAME="Astra Linux 1.7 x86-64"\nID=astra\n')).toBe(
    'Astra Linux 1.7 x86-64',
  )
  expect(prettyName("PRETTY_NAME='ALT Workstation 10.2'\r\n")).toBe('ALT Workstation 10.2')
  expect(prettyName('PRETTY_NAME=""\n')).toBeNull()
  expect(await systemName()).toMatch(/\S/)
})

test('a machine is known by the same id each time, and no program is run for it where a file tells', async ({
  skip,
}) => {
  skip(process.platform !== 'linux', 'the files of Linux')
  const ran: string[] = []
  const run = (file: string): Promise<ProgramOutput> => {
    ran.push(file)
    return Promise.resolve({ code: 0, stdout: new Uint8Array() })
  }
  expect(await machineId(run)).toBe(await machineId(run))
  expect(ran).toEqual([])
})
