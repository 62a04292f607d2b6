import { createServer, type Socket } from 'node:net'
import { createSerialTransport } from '@tillwatch/agent/transport/serial-transport'
import { createTcpTransport } from '@tillwatch/agent/transport/tcp-transport'
import { AppError, systemClock } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { openPseudoTerminal, type PseudoTerminal } from '../simulators/pseudo-terminal.ts'
import { type FarEnd, transportContract } from './transport.contract.ts'

const LINE = { baudRate: 115_200, parity: 'none', stopBits: 1, controlLines: 'untouched' } as const

transportContract({
  name: 'tcp',
  async open() {
    const received: number[] = []
    let client: Socket | null = null
    const server = createServer(socket => {
      client = socket
      socket.on('data', bytes => received.push(...bytes))
      socket.on('error', () => {})
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    return {
      transport: createTcpTransport('127.0.0.1', port, systemClock),
      write: bytes => void client?.write(bytes),
      received: () => received,
      vanish: () =>
        new Promise(resolve => {
          client?.destroy()
          server.close(() => resolve())
        }),
    }
  },
  absent: () => ({ transport: createTcpTransport('127.0.0.1', 1, systemClock), code: 'port.silent' }),
})

/** Both ends of a pseudo-terminal, or why there is none. */
async function terminal(): Promise<{ pty: PseudoTerminal; received: number[] } | { missing: string }> {
  const received: number[] = []
  try {
    const pty = await openPseudoTerminal(bytes => received.push(...bytes))
    return { pty, received }
  } catch (error) {
    if (error instanceof AppError) return { missing: error.message }
    throw error
  }
}

transportContract({
  name: 'serial port',
  async open(): Promise<FarEnd | { missing: string }> {
    const opened = await terminal()
    if ('missing' in opened) return opened
    const { pty, received } = opened
    let there = true
    return {
      transport: createSerialTransport(pty.path, LINE, systemClock),
      write: bytes => pty.write(bytes),
      received: () => received,
      async vanish() {
        if (there) pty.close()
        there = false
      },
    }
  },
  absent: () => ({
    transport: createSerialTransport('/dev/tillwatch-no-such-port', LINE, systemClock),
    code: 'port.missing',
  }),
})

test('a serial port is opened by one alone: the second is told that it is busy', async ctx => {
  const opened = await terminal()
  if ('missing' in opened) return ctx.skip(opened.missing)
  const [first, second] = [0, 1].map(() => createSerialTransport(opened.pty.path, LINE, systemClock))
  const listener = { bytes() {}, lost() {} }
  await first?.open(listener)
  const failure = await second?.open(listener).catch(error => error)
  expect(failure).toMatchObject({ code: 'port.busy', retryable: true })
  await Promise.all([first?.close(), second?.close()])
  opened.pty.close()
})
