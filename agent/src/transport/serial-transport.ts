import type { Clock } from '@tillwatch/shared'
import { SerialPort } from 'serialport'
import type { ByteTransport, LineSettings, TransportListener } from './byte-transport.ts'
import { portError, serialOpenError } from './port-errors.ts'
import { findPortHolder } from './port-holder.ts'

/** Longest that opening may take; ports over Bluetooth and damaged USB drivers hang for minutes. */
const OPEN_MS = 5_000
/** Longest that the last bytes may take to leave; a lost last ACK would keep an answer waiting in the device. */
const DRAIN_MS = 200
/** Longest that a driver may take to close a port; some USB drivers hang after the cable was pulled. */
const CLOSE_MS = 700

/**
 * A serial port through node-serialport. Opens exclusively, looks for another holder first, and moves DTR and RTS no more than
 * the system does at opening, unless the family's settings name their levels: some registers reset or fall mute when the lines
 * move. Without hang-up on close Linux leaves them as they are; Windows keeps both down while the port is open.
 */
export function createSerialTransport(path: string, line: LineSettings, clock: Clock): ByteTransport {
  let port: SerialPort | null = null

  const close = async () => {
    const closing = port
    port = null
    if (!closing) return
    closing.removeAllListeners()
    closing.on('error', () => {})
    if (closing.isOpen) await within(DRAIN_MS, clock, done => closing.drain(done))
    if (closing.isOpen) await within(CLOSE_MS, clock, done => closing.close(done))
  }

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
      })
      await opened(opening, path, clock)
      port = opening
      listen(opening, path, listener)
      if (line.controlLines !== 'untouched') await setLines(opening, path, line.controlLines)
    },

    write(bytes) {
      port?.write(Buffer.from(bytes))
    },
  }
}

/** Resolves when `act` says that it is done, or after `timeoutMs`. */
const within = (timeoutMs: number, clock: Clock, act: (done: () => void) => void) =>
  new Promise<void>(resolve => {
    const cancel = clock.after(timeoutMs, resolve)
    act(() => {
      cancel()
      resolve()
    })
  })

/** Opens the port; one that opens after its time is closed again. */
const opened = (opening: SerialPort, path: string, clock: Clock) =>
  new Promise<void>((resolve, reject) => {
    let late = false
    const cancel = clock.after(OPEN_MS, () => {
      late = true
      reject(portError('port.failed', `${path} does not open`))
    })
    opening.open(error => {
      cancel()
      if (late && !error) opening.close(() => {})
      else if (error) reject(serialOpenError(path, error, process.platform))
      else resolve()
    })
  })

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
