import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { systemClock } from '@tillwatch/shared'
import { afterEach, expect, test } from 'vitest'
import { createRegister } from '../register.ts'
import type { RegisterStateInput } from '../register-state.ts'
import { serveTcp } from '../serve-tcp.ts'
import { framed } from './framing.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(state: RegisterStateInput = {}) {
  const register = createRegister({ protocol: 'mercury', state, clock: systemClock })
  const server: Server = createServer(register.webService ?? undefined)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = async (command: object): Promise<unknown> =>
    (await fetch(`${base}/api.json`, { method: 'POST', body: JSON.stringify(command) })).json()
  return { register, base, ask }
}

test('a session over HTTP', async () => {
  const { ask, register } = await serve()
  expect(await ask({ command: 'GetDriverInfo' })).toMatchObject({ result: 0 })
  const opened = (await ask({ command: 'OpenSession', sessionKey: '', portName: 'USB', model: '185F' })) as {
    sessionKey: string
  }
  expect(await ask({ command: 'GetDateTime', sessionKey: opened.sessionKey })).toMatchObject({ result: 0 })
  expect(await ask({ command: 'OpenShift', sessionKey: opened.sessionKey })).toMatchObject({ result: 9997 })
  expect(register.forbidden).toBe(1)
})

test('one path and one method; nothing else is a command', async () => {
  const { base, register } = await serve()
  expect((await fetch(`${base}/status`)).status).toBe(404)
  expect((await fetch(`${base}/api.json`)).status).toBe(405)
  expect(await (await fetch(`${base}/api.json`, { method: 'POST', body: 'noise' })).json()).toMatchObject({
    result: 9996,
  })
  expect(register.log).toHaveLength(0)
})

test('a cut answer breaks off, an empty one has no body', async () => {
  const cut = await serve({ faults: { cut_every: 1 } })
  await expect(cut.ask({ command: 'GetDriverInfo' })).rejects.toThrow()
  const { base } = await serve({ register: { link: 'silent' }, quirks: { no_contact: 'empty' } })
  const body = JSON.stringify({ command: 'OpenSession', portName: 'USB', model: '185F' })
  const answer = await fetch(`${base}/api.json`, { method: 'POST', body })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
})

test('both channels share one port and one set of sessions', async () => {
  const register = createRegister({ protocol: 'mercury', state: {}, clock: systemClock })
  const port = await serveTcp(register, 'tcp://127.0.0.1:0', systemClock)
  closers.push(port.close)
  const answer = await fetch(`${port.address.replace('tcp:', 'http:')}/api.json`, {
    method: 'POST',
    body: JSON.stringify({ command: 'OpenSession', portName: 'USB', model: '185F' }),
  })
  const { sessionKey } = (await answer.json()) as { sessionKey: string }
  const writes: Buffer[] = []
  const line = register.openLine(bytes => writes.push(Buffer.from(bytes)))
  line.receive(framed(JSON.stringify({ command: 'CloseSession', sessionKey })))
  expect(JSON.parse(Buffer.concat(writes).toString('utf8', 4))).toMatchObject({ result: 0 })
})

test('a TCP client that leaves takes its late answer with it: the next one gets its own', async () => {
  const register = createRegister({ protocol: 'mercury', state: { faults: { delay_ms: 200 } }, clock: systemClock })
  const port = await serveTcp(register, 'tcp://127.0.0.1:0', systemClock)
  closers.push(port.close)
  const client = async (command: string) => {
    const socket = connect(Number(new URL(port.address).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(framed(JSON.stringify({ command })))
    return socket
  }
  const first = await client('GetDriverInfo')
  while (register.log.length === 0) await new Promise(resolve => setImmediate(resolve))
  first.destroy()
  const second = await client('GetDateTime')
  const [answer] = (await once(second, 'data')) as [Buffer]
  expect(JSON.parse(answer.toString('utf8', 4))).toMatchObject({ result: 9999 })
  second.destroy()
})
