import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { AppError, type Logger } from '@tillwatch/shared'
import type { ListenAddress } from '../config.ts'
import type { BrokerTls } from './authority.ts'
import { createPacketMeter } from './packet-meter.ts'

export interface TlsListenerOptions {
  readonly listen: ListenAddress
  readonly tls: BrokerTls
  readonly connectionsMax: number
  readonly handshakeTimeoutMs: number
  readonly refused: (reason: string) => void
  readonly log: Logger
}

/** The TLS port of the broker. */
export interface TlsListener {
  /** The port that was bound. Rejects with `broker.listen`. */
  open(onSocket: (socket: TLSSocket) => void): Promise<number>
  /** Ends every connection, one that never finished its handshake too. */
  close(): Promise<void>
}

export function createTlsListener(options: TlsListenerOptions): TlsListener {
  const { refused, log, handshakeTimeoutMs: handshakeTimeout } = options
  const server = createServer({ ...options.tls, minVersion: 'TLSv1.2', handshakeTimeout })
  const sockets = new Set<Socket>()
  server.maxConnections = options.connectionsMax
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('drop', () => refused('connections_max'))
  /** One connection that cannot be accepted (no more file handles) ends nothing but itself. */
  const acceptFailed = (error: Error) => {
    refused('accept')
    log.warn({ problem: error.message }, 'a connection could not be accepted')
  }
  server.on('tlsClientError', error => {
    refused('tls')
    log.debug({ problem: error.message }, 'TLS handshake failed')
  })
  return {
    open: async onSocket => {
      const { host, port } = options.listen
      server.on('secureConnection', onSocket)
      await new Promise<void>((resolve, reject) => {
        const fail = (cause: Error) =>
          reject(
            new AppError('broker.listen', `the broker cannot listen on ${host}:${port}: ${cause.message}`, {
              nextStep: 'Free the port or set another one under broker.listen.',
              cause,
            }),
          )
        server.once('error', fail)
        server.listen(port, host, () => {
          server.removeListener('error', fail)
          server.on('error', acceptFailed)
          resolve()
        })
      })
      const bound = server.address()
      const boundPort = typeof bound === 'object' && bound ? bound.port : port
      log.info({ host, port: boundPort }, 'broker listens')
      return boundPort
    },
    close: async () => {
      const closed = new Promise<void>(resolve => (server.listening ? server.close(() => resolve()) : resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/**
 * Cuts a connection at the header of a packet that is longer than `maxBytes` allows at that moment. The broker takes bytes through
 * `read` alone, so there the lengths are followed, before any parser collects a body.
 */
export function limitPackets(
  socket: TLSSocket,
  maxBytes: () => number,
  refused: (verdict: 'too_long' | 'not_mqtt') => void,
): void {
  const meter = createPacketMeter(maxBytes)
  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    const chunk: Buffer | null = read(size)
    const verdict = chunk ? meter.feed(chunk) : 'ok'
    if (verdict === 'ok') return chunk
    refused(verdict)
    socket.destroy()
    return null
  }
}
