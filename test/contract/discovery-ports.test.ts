import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { networkAskings } from '@tillwatch/agent/discovery/asking'
import { type LookWorld, lookAt } from '@tillwatch/agent/discovery/look'
import { openLine, parsePort } from '@tillwatch/agent/transport/open-transport'
import { AppError, systemClock } from '@tillwatch/shared'
import { SerialPort } from 'serialport'
import { afterAll, describe, expect, test } from 'vitest'
import { createRegister } from '../simulators/register.ts'
import { servePty } from '../simulators/serve-pty.ts'
import { type ServedPort, serveTcp } from '../simulators/serve-tcp.ts'
import {
  drivers,
  everySerialAsking,
  lineProbes,
  lineProtocols,
  readBy,
  titleOf,
  webProbes,
  webProtocols,
} from './discovery-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'discovery-'))
const closers: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closers.reverse()) await close()
  rmSync(folder, { recursive: true })
})

const world: LookWorld = { clock: systemClock, open: openLine, holderOf: async () => null }
const addressOf = (port: string) => {
  const address = parsePort(port)
  if (!address.ok) throw address.error
  return address.value
}
const kept = (port: ServedPort) => {
  closers.push(() => port.close())
  return port.address
}
/** What is asked where a driver's devices listen. */
const askingsOf = (driver: string, kind: 'line' | 'web') =>
  [...lineProbes, ...webProbes]
    .filter(one => one.driver.name === driver && one.probe.kind === kind)
    .flatMap(({ probe }) => probe.at?.port ?? [])
    .filter((port, index, all) => all.indexOf(port) === index)
    .flatMap(port => networkAskings(drivers, port).filter(asking => asking.kind === kind))

/** A service that offers the interface of its variant alone. */
const stateOf = (name: string, variant: number) => (name === 'atol-web' ? { quirks: { apis: [variant] } } : {})

describe('over real connections', () => {
  const ways = [
    ...lineProtocols.map(protocol => [titleOf(protocol), 'line', protocol] as const),
    ...webProtocols.map(protocol => [titleOf(protocol), 'web', protocol] as const),
  ]
  test.for(ways)('%s (%s) is recognised at its network port, and read', async ([, kind, { name, variant }]) => {
    const register = createRegister({ protocol: name, variant, clock: systemClock, state: stateOf(name, variant) })
    const served = kept(await serveTcp(register, 'tcp://127.0.0.1:0', systemClock))
    const port = kind === 'web' ? served.replace('tcp://', 'http://') : served
    const seen = await lookAt(addressOf(port), askingsOf(name, kind), world)
    expect(seen).toMatchObject({ kind: 'recognised', asking: { driver: { name }, variant } })
    expect(await readBy(name, variant, port, world)).toMatchObject({ link: 'ok', serial: expect.any(String) })
    register.assertReadOnly()
  })

  test.for([...webProtocols].map(protocol => [titleOf(protocol), protocol] as const))(
    'a service that speaks %s hears the questions for devices of bytes, and no harm is done',
    async ([, { name, variant }]) => {
      const register = createRegister({ protocol: name, variant, clock: systemClock })
      const port = kept(await serveTcp(register, 'tcp://127.0.0.1:0', systemClock))
      const foreign = everySerialAsking.filter(({ driver }) => driver?.name !== name)
      expect(['nobody', 'stranger', 'failed']).toContain((await lookAt(addressOf(port), foreign, world)).kind)
      register.assertReadOnly()
    },
  )

  test('a program that listens there and speaks something else is nobody of ours', async () => {
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.on('data', () => socket.end('220 ready\r\n'))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => new Promise(resolve => server.close(resolve)))
    const bound = server.address()
    const port = typeof bound === 'object' && bound ? bound.port : 0
    const seen = await lookAt(addressOf(`tcp://127.0.0.1:${port}`), askingsOf('shtrih-m', 'line'), world)
    expect(seen.kind).not.toBe('recognised')
  })

  test('where nobody listens nobody is', async () => {
    expect(await lookAt(addressOf('tcp://127.0.0.1:1'), askingsOf('shtrih-m', 'line'), world)).toEqual({
      kind: 'nobody',
    })
  })
})

describe('over a serial port', () => {
  const serial = lineProtocols.filter(({ name }) =>
    drivers.find(driver => driver.name === name)?.ports.includes('serial'),
  )

  test.for(serial.map(protocol => [titleOf(protocol), protocol] as const))(
    '%s is recognised among all, and read',
    async ([title, { name, variant }], ctx) => {
      const register = createRegister({ protocol: name, variant, clock: systemClock })
      const port = await terminal(register, title, ctx)
      const seen = await lookAt(addressOf(port), everySerialAsking, world)
      expect(seen).toMatchObject({ kind: 'recognised', asking: { driver: { name }, variant } })
      expect(await readBy(name, variant, port, world)).toMatchObject({ link: 'ok', serial: expect.any(String) })
      register.assertReadOnly()
    },
  )

  test('a port that another program has open is left to it', async ctx => {
    const register = createRegister({ protocol: 'shtrih-m', clock: systemClock })
    const path = await terminal(register, 'held', ctx)
    const program = new SerialPort({ path, baudRate: 115_200, autoOpen: false })
    await new Promise<void>((resolve, reject) => program.open(error => (error ? reject(error) : resolve())))
    closers.push(() => new Promise(resolve => program.close(resolve)))
    expect(await lookAt(addressOf(path), everySerialAsking, world)).toEqual({ kind: 'held', holder: null })
    expect(register.log).toEqual([])
  })
})

/** A pseudo-terminal with the register behind it, where this system has any. */
async function terminal(
  register: ReturnType<typeof createRegister>,
  title: string,
  ctx: { skip(note?: string): never },
) {
  try {
    return kept(await servePty(register, join(folder, title.replace(' ', '-'))))
  } catch (error) {
    if (error instanceof AppError && error.code === 'pty.unavailable') return ctx.skip(error.message)
    throw error
  }
}
