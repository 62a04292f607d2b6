import type { AppError } from '@tillwatch/shared'

/** Hears what an open transport has to say. Neither function may throw. */
export interface TransportListener {
  bytes(chunk: Uint8Array): void
  /** The other side went away (cable pulled, connection cut). At most once; nothing follows it. */
  lost(error: AppError): void
}

/** Bytes in, bytes out, over one serial port or one connection. */
export interface ByteTransport {
  /** A line several programs could share needs to be listened to before it is used; a connection is ours alone. */
  readonly kind: 'serial' | 'tcp'
  /** As people name it: `/dev/ttyS0`, `COM5`, `tcp://192.168.137.111:7778`. */
  readonly name: string
  /** Line rate where there is one; null where bytes cost no time worth planning. */
  readonly baudRate: number | null
  /** Rejects with an AppError `port.busy`, `port.missing`, `port.denied`, `port.silent` or `port.failed`. May be called again after `close`. */
  open(listener: TransportListener): Promise<void>
  /** Sends without waiting; what cannot be sent is reported as loss. Ignored when closed. */
  write(bytes: Uint8Array): void
  /** Always resolves, within a second, whatever state the port is in. Nothing is heard afterwards. */
  close(): Promise<void>
}

/** What a family of devices wants of RS-232 control lines: left alone, or held at given levels while the port is open. */
export type ControlLines = 'untouched' | { readonly dtr: boolean; readonly rts: boolean }

/** Settings of a serial line. Always eight data bits, no flow control. */
export interface LineSettings {
  readonly baudRate: number
  readonly parity: 'none' | 'even' | 'odd'
  readonly stopBits: 1 | 2
  readonly controlLines: ControlLines
}
