import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ACK, frameOf } from './shtrih-m/link.ts'

const SHIFT = [0xff, 0x40, 0x1e, 0, 0, 0]
const MAIN = join(import.meta.dirname, 'main.ts')
let folder = ''
let stateFile = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulate-'))
  stateFile = join(folder, 'state.json')
})
const children: ChildProcessWithoutNullStreams[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

function simulate(...parameters: string[]) {
  const child = spawn(process.execPath, [MAIN, 'register', ...parameters])
  children.push(child)
  const errors = { text: '' }
  child.stderr.on('data', chunk => {
    errors.text += chunk
  })
  return { child, errors }
}

async function readiness(child: ChildProcessWithoutNullStreams) {
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return JSON.parse(line) as { ready: boolean; tcp: string; pty?: string }
}

/** A client that sends frames and acknowledges the answers; an answer of so many bytes, ACK included. */
function clientOf(address: string) {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  return {
    async ask(payload: number[], length: number): Promise<number[]> {
      socket.write(frameOf(payload))
      const got: number[] = []
      while (got.length < length) got.push(...((await once(socket, 'data')) as [Buffer])[0])
      socket.write(Uint8Array.of(ACK))
      return got
    },
    close: () => socket.destroy(),
  }
}

async function exitOf(...parameters: string[]) {
  const { child, errors } = simulate(...parameters)
  const [code] = (await once(child, 'close')) as [number]
  return { code, text: errors.text }
}

test('it serves, logs each command, and ends on SIGTERM with its link gone', async () => {
  const link = join(folder, 'tty')
  const logFile = join(folder, 'commands.jsonl')
  const { child } = simulate('--protocol', 'shtrih-m', '--listen', 'tcp://127.0.0.1:0', '--pty', link, '--log', logFile)
  const ready = await readiness(child)
  expect(ready.ready).toBe(true)
  if (ready.pty !== undefined) expect(existsSync(link)).toBe(true)
  const client = clientOf(ready.tcp)
  expect((await client.ask(SHIFT, 12)).slice(3, 6)).toEqual([0xff, 0x40, 0])
  client.close()
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(existsSync(link)).toBe(false)
  expect(JSON.parse(readFileSync(logFile, 'utf8'))).toMatchObject({
    opcode: 'FF40',
    forbidden: false,
    answer_code: '00',
  })
})

test('a changed state file changes the register; a wrong one is told and changes nothing', async () => {
  writeFileSync(stateFile, JSON.stringify({ shift: { number: 5 } }))
  const { child, errors } = simulate('--protocol', 'shtrih-m', '--state', stateFile)
  const { tcp } = await readiness(child)
  const client = clientOf(tcp)
  const shiftNumber = async () => (await client.ask(SHIFT, 12))[7]
  expect(await shiftNumber()).toBe(5)
  writeFileSync(stateFile, '{ "shift": { "numbr": 6 } }')
  await expect
    .poll(() => errors.text)
    .toContain(`${stateFile}: shift.numbr: no such key; allowed: state, number, receipts`)
  expect(await shiftNumber()).toBe(5)
  writeFileSync(stateFile, '{ "shift": { "number": 7 } }')
  await expect.poll(shiftNumber).toBe(7)
  client.close()
})

test('wrong use ends with 2, a failure with 1, each with the next step', { timeout: 30_000 }, async () => {
  writeFileSync(stateFile, '{ "fn": { "seriall": "1" } }')
  const [nothing, nobody, nowhere, wrong, help] = await Promise.all([
    exitOf(),
    exitOf('--protocol', 'nobody'),
    exitOf('--protocol', 'shtrih-m', '--listen', 'here'),
    exitOf('--protocol', 'shtrih-m', '--state', stateFile),
    exitOf('--help'),
  ])
  expect([nothing.code, nobody.code, nowhere.code, wrong.code, help.code]).toEqual([2, 2, 2, 1, 0])
  expect(nobody.text).toContain('shtrih-m variant 1')
  expect(nowhere.text).toContain('tcp://127.0.0.1:PORT')
  expect(wrong.text).toContain(`${stateFile}: fn.seriall: no such key; allowed: serial, firmware`)
})
