import { connect, createServer, type Socket } from 'node:net'

/** A network between two programs that can be made to fail. */
export interface TcpRelay {
  readonly port: number
  /** Connections that were ever taken. */
  readonly taken: number
  /** Ends every connection with a reset and takes no new one until `restore`. */
  cut(): void
  /** Connections stay, but nothing goes through in either direction until `restore`: a cable that was pulled. */
  stall(): void
  /** Says the end of what the client sends and keeps the other direction: a half-closed connection. */
  halfClose(): void
  restore(): void
  close(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
}

/** Carries everything from a new loopback port to `target` and back. */
export async function startRelay(target: { readonly host: string; readonly port: number }): Promise<TcpRelay> {
  const pairs = new Set<Pair>()
  let taken = 0
  let isCut = false
  let isStalled = false
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    if (isCut) return void client.resetAndDestroy()
    taken++
    const server = connect({ ...target, allowHalfOpen: true, noDelay: true })
    const pair = { client, server }
    pairs.add(pair)
    const drop = (): void => {
      pairs.delete(pair)
      client.destroy()
      server.destroy()
    }
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', bytes => to.write(bytes))
      from.on('end', () => to.end())
      from.on('error', drop)
      from.on('close', drop)
      if (isStalled) from.pause()
    }
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const cutAll = (): void => {
    for (const { client, server } of pairs) {
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    pairs.clear()
  }
  return {
    port,
    get taken() {
      return taken
    },
    cut() {
      isCut = true
      cutAll()
    },
    stall() {
      isStalled = true
      for (const { client, server } of pairs) {
        client.pause()
        server.pause()
      }
    },
    halfClose() {
      for (const { server } of pairs) server.end()
    },
    restore() {
      isCut = false
      isStalled = false
      for (const { client, server } of pairs) {
        client.resume()
        server.resume()
      }
    },
    close: () =>
      new Promise(resolve => {
        cutAll()
        listener.close(() => resolve())
      }),
  }
}
