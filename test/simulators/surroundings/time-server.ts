import { createSocket } from 'node:dgram'

/** Seconds from 1900 to 1970. */
const SECONDS_1900 = 2_208_988_800n

export interface TimeServerState {
  /** How far its clock is ahead of `now`. */
  readonly aheadMs?: number
  readonly leap?: number
  readonly stratum?: number
  /** Gives back another time of sending than the client's. */
  readonly forgets?: boolean
  readonly silent?: boolean
}

/** A time server (SNTP version 4) on a free UDP port of this machine. */
export interface TimeServerFake {
  readonly port: number
  /** Packets received, as hex. */
  readonly seen: readonly string[]
  close(): Promise<void>
}

/** Serves the time of `now`, in milliseconds since 1970, plus what the state adds. */
export async function serveTime(now: () => number, state: TimeServerState = {}): Promise<TimeServerFake> {
  const { aheadMs = 0, leap = 0, stratum = 2, forgets = false, silent = false } = state
  const seen: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (packet, from) => {
    seen.push(packet.toString('hex'))
    if (silent || packet.length !== 48 || packet.readUInt8(0) !== 0x23) return
    const answer = Buffer.alloc(48)
    answer.writeUInt8((leap << 6) | (4 << 3) | 4, 0)
    answer.writeUInt8(stratum, 1)
    if (!forgets) packet.copy(answer, 24, 40, 48)
    const time = timestamp(now() + aheadMs)
    answer.writeBigUInt64BE(time, 32)
    answer.writeBigUInt64BE(time, 40)
    socket.send(answer, from.port, from.address)
  })
  await new Promise<void>(resolve => {
    socket.bind(0, '127.0.0.1', resolve)
  })
  return {
    port: socket.address().port,
    seen,
    close: () => new Promise(resolve => socket.close(() => resolve())),
  }
}

/** 32 bits of seconds since 1900, then 32 bits of their fraction. */
const timestamp = (ms: number): bigint =>
  BigInt.asUintN(64, ((BigInt(Math.floor(ms / 1_000)) + SECONDS_1900) << 32n) | ((BigInt(ms % 1_000) << 32n) / 1_000n))
