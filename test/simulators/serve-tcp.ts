import { createServer as createWebServer } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { AppError, type Clock, messageOf } from '@tillwatch/shared'
import type { Line, SimulatedRegister } from './register.ts'

/** So long a second client waits for the first one's leaving to become known. */
const SECOND_CLIENT_MS = 200

/** A register's port that clients can reach. */
export interface ServedPort {
  /** `tcp://127.0.0.1:12345` or the path of a pseudo-terminal. */
  readonly address: string
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * Listens at `tcp://host:port`; port 0 takes a free one. A register's own port takes one client at a time, as most registers
 * do: a second one is disconnected. Its vendor's web service, where there is one, answers any number on the same port: what
 * begins with an upper-case letter is a request of HTTP. Throws `listen.invalid` and `listen.failed`.
 */
export async function serveTcp(register: SimulatedRegister, url: string, clock: Clock): Promise<ServedPort> {
  const target = parseListen(url)
  const sockets = new Set<Socket>()
  const port = register.hasLine ? serveLine(register, clock) : null
  const web = register.webService && createWebServer(register.webService)
  const server = createServer({ noDelay: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    if (!web) return port?.admit(socket)
    if (!port) return void web.emit('connection', socket)
    socket.once('data', first => {
      socket.pause()
      socket.unshift(first)
      if (isUpperCaseLetter(first[0])) web.emit('connection', socket)
      else port.admit(socket)
      socket.resume()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', error =>
      reject(
        new AppError('listen.failed', `cannot listen at ${url}: ${messageOf(error)}`, {
          nextStep: 'Choose another port, or 0 for a free one.',
        }),
      ),
    )
    server.listen(target.port, target.host, resolve)
  })
  const bound = server.address()
  const boundPort = typeof bound === 'object' && bound ? bound.port : target.port
  return {
    address: `tcp://${target.host}:${boundPort}`,
    close: () =>
      new Promise(resolve => {
        port?.close()
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** The register's own port: the first client has it until it leaves. */
function serveLine(register: SimulatedRegister, clock: Clock) {
  const waiting = new Set<Socket>()
  let client: Socket | null = null
  const line: Line = register.openLine(bytes => {
    if (client?.writable) client.write(bytes)
  })
  const admitNext = () => {
    const next = [...waiting].find(socket => !socket.destroyed)
    client = next ?? null
    next?.on('data', bytes => line.receive(bytes))
  }
  return {
    admit(socket: Socket) {
      waiting.add(socket)
      socket.once('close', () => {
        waiting.delete(socket)
        if (socket !== client) return
        line.left?.()
        admitNext()
      })
      if (!client) return admitNext()
      clock.after(SECOND_CLIENT_MS, () => {
        if (socket !== client) socket.destroy()
      })
    },
    close: () => line.close(),
  }
}

const isUpperCaseLetter = (byte: number | undefined) => byte !== undefined && byte >= 0x41 && byte <= 0x5a

/** Host and port of `tcp://host:port`. Throws `listen.invalid`. */
export function parseListen(url: string): { host: string; port: number } {
  const match = /^tcp:\/\/([^:/]+):(\d{1,5})$/.exec(url)
  const port = Number(match?.[2])
  if (match?.[1] && port <= 65_535) return { host: match[1], port }
  throw new AppError('listen.invalid', `not an address to listen at: ${url}`, {
    nextStep: 'Write tcp://127.0.0.1:PORT; port 0 takes a free one.',
  })
}
