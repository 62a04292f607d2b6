import { connect, type Socket } from 'node:net'
import type { Clock } from '@tillwatch/shared'
import type { ByteTransport } from './byte-transport.ts'
import { connectError, portError } from './port-errors.ts'

/** A register on the same network answers in milliseconds; one that is off never does. */
const CONNECT_MS = 1_500
/** The other side may be slow to end its half; ours is ended by then, and the port is held no longer than this for it. */
const CLOSE_MS = 100

/** A TCP connection to a register or to a serial-to-network bridge. One connection at a time, closed with a proper end. */
export function createTcpTransport(host: string, port: number, clock: Clock): ByteTransport {
  const name = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`
  let socket: Socket | null = null

  return {
    kind: 'tcp',
    name,
    baudRate: null,

    async open(listener) {
      const opening = await connected(host, port, name, clock)
      socket = opening
      let lost = false
      const lose = (cause?: unknown) => {
        if (lost || socket !== opening) return
        lost = true
        listener.lost(portError('port.failed', `${name} closed the connection`, cause))
      }
      opening.on('data', (chunk: Buffer) => listener.bytes(chunk))
      opening.on('error', lose)
      opening.on('close', () => lose())
    },

    write(bytes) {
      socket?.write(bytes)
    },

    close: () =>
      new Promise<void>(resolve => {
        const closing = socket
        socket = null
        if (!closing || closing.destroyed) return resolve()
        closing.removeAllListeners('data')
        const finish = () => {
          cancel()
          closing.destroy()
          resolve()
        }
        const cancel = clock.after(CLOSE_MS, finish)
        closing.once('close', finish)
        closing.resume()
        closing.end()
      }),
  }
}

const connected = (host: string, port: number, name: string, clock: Clock) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    const fail = (thrown?: unknown) => {
      cancel()
      socket.destroy()
      reject(connectError(name, thrown))
    }
    const cancel = clock.after(CONNECT_MS, fail)
    socket.on('error', fail)
    socket.once('connect', () => {
      cancel()
      socket.off('error', fail)
      resolve(socket)
    })
  })
