import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { systemClock } from '@tillwatch/shared'
import { SerialPort } from 'serialport'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openPseudoTerminal } from './pseudo-terminal.ts'
import { createRegister } from './register.ts'
import { servePty } from './serve-pty.ts'
import { type ServedPort, serveTcp } from './serve-tcp.ts'
import { ACK, ENQ, frameOf, NAK } from './shtrih-m/link.ts'

const folder = mkdtempSync(join(tmpdir(), 'simulated-register-'))
const link = join(folder, 'tty')
const cleanups: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  rmSync(folder, { recursive: true })
})

let register = newRegister()
beforeEach(() => {
  register = newRegister()
})

function newRegister() {
  return createRegister({ protocol: 'shtrih-m', clock: systemClock, state: { quirks: { short_status_bytes: 16 } } })
}
const closing = (port: ServedPort) => {
  cleanups.push(port.close)
  return port
}

/** Writes and waits until that many bytes came back. */
function exchange(stream: Duplex, bytes: Iterable<number>, expected: number): Promise<number[]> {
  return new Promise(resolve => {
    const got: number[] = []
    const collect = (chunk: Buffer) => {
      got.push(...chunk)
      if (got.length < expected) return
      stream.off('data', collect)
      resolve(got)
    }
    stream.on('data', collect)
    stream.write(Uint8Array.from(bytes))
  })
}

async function talk(stream: Duplex) {
  expect(await exchange(stream, [ENQ], 1)).toEqual([NAK])
  const answer = await exchange(stream, frameOf([0x10, 0x1e, 0, 0, 0]), 20)
  expect(answer.slice(0, 5)).toEqual([ACK, 0x02, 16, 0x10, 0])
  expect(await exchange(stream, [ACK, ENQ], 1)).toEqual([NAK])
}

const tcpClient = async (port: ServedPort): Promise<Socket> => {
  const socket = connect(Number(new URL(port.address).port), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

test('over TCP: clients one after another, an unfetched answer waiting for the next', async () => {
  const port = closing(await serveTcp(register, 'tcp://127.0.0.1:0', systemClock))
  const first = await tcpClient(port)
  await talk(first)
  await exchange(first, frameOf([0x10, 0x1e, 0, 0, 0]), 20)
  first.destroy()
  const second = await tcpClient(port)
  expect((await exchange(second, [ENQ], 20))[0]).toBe(ACK)
  await exchange(second, [ACK, ENQ], 1)
  await talk(second)
  second.destroy()
  expect(register.log).toHaveLength(3)
})

test('over TCP: a second client is sent away while the first is served', async () => {
  const port = closing(await serveTcp(register, 'tcp://127.0.0.1:0', systemClock))
  const first = await tcpClient(port)
  await talk(first)
  const second = await tcpClient(port)
  await once(second.resume(), 'close')
  await talk(first)
  first.destroy()
})

test('a port that is taken or no address says what to do', async () => {
  const port = closing(await serveTcp(register, 'tcp://127.0.0.1:0', systemClock))
  await expect(serveTcp(register, port.address, systemClock)).rejects.toMatchObject({ code: 'listen.failed' })
  await expect(serveTcp(register, 'localhost', systemClock)).rejects.toMatchObject({ code: 'listen.invalid' })
})

test('over a pseudo-terminal: clients open and close the port again and again', async ctx => {
  if (!(await terminalsExist())) return ctx.skip('this system has no pseudo-terminals')
  const port = closing(await servePty(register, link))
  for (let round = 0; round < 3; round++) {
    const serial = new SerialPort({ path: link, baudRate: 115_200, hupcl: false, autoOpen: false })
    await new Promise<void>((resolve, reject) => serial.open(error => (error ? reject(error) : resolve())))
    await talk(serial)
    await new Promise<void>(resolve => serial.close(() => resolve()))
  }
  expect(register.log).toHaveLength(3)
  await port.close()
  expect(existsSync(link)).toBe(false)
})

test('a pseudo-terminal passes all bytes unchanged to a program that sets nothing', async ctx => {
  if (!(await terminalsExist())) return ctx.skip('this system has no pseudo-terminals')
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const heard: number[] = []
  let enough = () => {}
  const all = new Promise<void>(resolve => {
    enough = resolve
  })
  const terminal = await openPseudoTerminal(bytes => {
    heard.push(...bytes)
    if (heard.length === every.length) enough()
  })
  const client = openSync(terminal.path, 'r+')
  writeSync(client, every)
  await all
  expect(heard).toEqual([...every])
  closeSync(client)
  terminal.close()
})

test('the link replaces one that an earlier run left, but no file', async ctx => {
  if (!(await terminalsExist())) return ctx.skip('this system has no pseudo-terminals')
  symlinkSync('/nowhere', link)
  const port = closing(await servePty(register, link))
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  await port.close()
  writeFileSync(link, 'mine')
  await expect(servePty(register, link)).rejects.toMatchObject({ code: 'pty.link' })
  rmSync(link)
})

async function terminalsExist(): Promise<boolean> {
  try {
    const terminal = await openPseudoTerminal(() => {})
    terminal.close()
    return true
  } catch {
    return false
  }
}
