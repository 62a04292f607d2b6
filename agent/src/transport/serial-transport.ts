import type { Clock } from '@tillwatch/shared'
import { SerialPort } from 'serialport'
import type { ByteTransport, LineSettings, TransportListener } from './byte-transport.ts'
import { portError, serialOpenError } from './port-errors.ts'
import { findPortHolder } from './port-holder.ts'

/** Longest that a driver may take to close a port; some USB drivers hang after the cable was pulled. */
const CLOSE_MS = 1_000

/**
 * A serial port through node-serialport. Opens exclusively, looks for another holder first, and leaves DTR and RTS alone
 * unless the family's settings name their levels: some registers reset or fall mute when the lines move.
 */
export function createSerialTransport(path: string, line: LineSettings, clock: Clock): ByteTransport {
  let port: SerialPort | null = null

  const close = () =>
    new Promise<void>(resolve => {
      const closing = port
      port = null
      if (!closing) return resolve()
      closing.removeAllListeners()
      closing.on('error', () => {})
      if (!closing.isOpen) return resolve()
      const cancel = clock.after(CLOSE_MS, resolve)
      closing.close(() => {
        cancel()
        resolve()
      })
    })

  return {
    kind: 'serial',
    name: path,
    baudRate: line.baudRate,
    close,

    async open(listener) {
      const holder = await findPortHolder(path)
      if (holder) throw portError('port.busy', `${path} is held by ${holder}`)
      const opening = new SerialPort({
        path,
        baudRate: line.baudRate,
        dataBits: 8,
        parity: line.parity,
        stopBits: line.stopBits,
        autoOpen: false,
        hupcl: false,
        lock: true,
        // On Windows the default would hand RTS to the driver's flow control.
        rtsMode: 'enable',
      })
      await new Promise<void>((resolve, reject) => {
        opening.open(error => (error ? reject(serialOpenError(path, error, process.platform)) : resolve()))
      })
      port = opening
      listen(opening, path, listener)
      if (line.controlLines !== 'untouched') await setLines(opening, path, line.controlLines)
    },

    write(bytes) {
      port?.write(Buffer.from(bytes))
    },
  }
}

/** A cable pulled in the middle of a read is not always reported, so whoever waits on the line gives each wait an end. */
function listen(port: SerialPort, path: string, listener: TransportListener): void {
  let lost = false
  const lose = (cause: unknown) => {
    if (lost) return
    lost = true
    listener.lost(portError('port.failed', `${path} went away`, cause))
  }
  port.on('data', (chunk: Buffer) => listener.bytes(chunk))
  port.on('error', lose)
  port.on('close', lose)
}

const setLines = (port: SerialPort, path: string, lines: { readonly dtr: boolean; readonly rts: boolean }) =>
  new Promise<void>((resolve, reject) => {
    port.set({ ...lines, brk: false }, error =>
      error ? reject(portError('port.failed', `${path}: control lines cannot be set`, error)) : resolve(),
    )
  })
