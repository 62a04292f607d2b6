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
 * Listens at `tcp://host:port`; port 0 takes a free one. One client at a time, as most registers do: a second one is
 * disconnected. Throws `listen.invalid` and `listen.failed`.
 */
export async function serveTcp(register: SimulatedRegister, url: string, clock: Clock): Promise<ServedPort> {
  const target = parseListen(url)
  let client: Socket | null = null
  const line: Line = register.openLine(bytes => {
    if (client?.writable) client.write(bytes)
  })
  const sockets = new Set<Socket>()
  const admitNext = () => {
    const next = [...sockets].find(socket => !socket.destroyed)
    client = next ?? null
    next?.on('data', bytes => line.receive(bytes))
  }
  const server = createServer({ noDelay: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      sockets.delete(socket)
      if (socket === client) admitNext()
    })
    if (!client) return admitNext()
    clock.after(SECOND_CLIENT_MS, () => {
      if (socket !== client) socket.destroy()
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
  const port = typeof bound === 'object' && bound ? bound.port : target.port
  return {
    address: `tcp://${target.host}:${port}`,
    close: () =>
      new Promise(resolve => {
        line.close()
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** Host and port of `tcp://host:port`. Throws `listen.invalid`. */
export function parseListen(url: string): { host: string; port: number } {
  const match = /^tcp:\/\/([^:/]+):(\d{1,5})$/.exec(url)
  const port = Number(match?.[2])
  if (match?.[1] && port <= 65_535) return { host: match[1], port }
  throw new AppError('listen.invalid', `not an address to listen at: ${url}`, {
    nextStep: 'Write tcp://127.0.0.1:PORT; port 0 takes a free one.',
  })
}
