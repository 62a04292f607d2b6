import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** A proxy that opens tunnels, on loopback. */
export interface ConnectProxy {
  readonly url: string
  /** Where tunnels were to lead and what was shown for it: all that a proxy gets to see. */
  readonly asked: { readonly to: string; readonly auth: string | undefined }[]
  /** `silent`: never answers. `refuses_and_stays`: keeps the connection open after that. */
  mood: 'open' | 'refuses' | 'refuses_and_stays' | 'silent'
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>
  stop(): Promise<void>
}

/** Starts one; whatever name is asked for, tunnels lead to this port of this machine. */
export async function startConnectProxy(port: number): Promise<ConnectProxy> {
  const open = new Set<Socket>()
  const server = createServer((_request, response) => response.writeHead(proxy.mood === 'open' ? 405 : 407).end())
  server.on('connection', socket => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
  })
  server.on('connect', (request, socket) => {
    proxy.asked.push({ to: request.url ?? '', auth: request.headers['proxy-authorization'] })
    socket.on('end', () => socket.destroy())
    if (proxy.mood === 'silent') return void socket.resume()
    if (proxy.mood === 'refuses_and_stays')
      return void socket.write('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    if (proxy.mood === 'refuses') return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.pipe(socket)
      socket.pipe(target)
    })
    target.on('error', () => socket.destroy())
    target.on('close', () => socket.destroy())
    socket.on('close', () => target.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>(resolve => {
      for (const socket of open) socket.destroy()
      server.close(() => resolve())
    })
  const { port: own } = server.address() as AddressInfo
  const proxy: ConnectProxy = { url: `http://127.0.0.1:${own}`, asked: [], mood: 'open', open, stop }
  return proxy
}

/** Speaks TLS for a server that does not: its port, and how to stop it. */
export async function startTlsFront(
  pair: { readonly key: string; readonly cert: string },
  url: string,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createTlsServer(pair, socket => {
    sockets.add(socket)
    const target = connect(Number(new URL(url).port), '127.0.0.1')
    socket.pipe(target).pipe(socket)
    for (const [one, other] of [[socket, target] as const, [target, socket] as const]) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>(resolve => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  return { port: (server.address() as AddressInfo).port, stop }
}
