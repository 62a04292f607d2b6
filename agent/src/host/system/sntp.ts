import { createSocket } from 'node:dgram'
import { AppError, type Clock, type EpochMs, messageOf } from '@tillwatch/shared'

const SNTP_PORT = 123
const ANSWER_MS = 3_000
const PACKET_BYTES = 48
/** Seconds between the eras' zero, 1900, and 1970 (RFC 5905, section 6). */
const ERA_OFFSET_S = 2_208_988_800
/** Mode 3 client, version 4; mode 4 server. */
const CLIENT_V4 = 0x23
const MODE_SERVER = 4
const LEAP_UNKNOWN = 3
const STRATUM_MAX = 15

/** A time server, by name or address, with its port where it is not 123. */
export interface TimeServer {
  readonly host: string
  readonly port?: number
}

/** The request of a client: all zero but the first byte and the time of sending. */
export function sntpRequest(sentAt: EpochMs): Uint8Array {
  const packet = Buffer.alloc(PACKET_BYTES)
  packet[0] = CLIENT_V4
  writeTime(packet, 40, sentAt)
  return packet
}

/**
 * How far the server's clock is ahead of ours, in milliseconds, by its answer (RFC 5905, section 8). Throws `protocol.sntp` for what is
 * no answer to `request`, and for a server that says it does not know the time.
 */
export function sntpOffsetMs(request: Uint8Array, answer: Uint8Array, sentAt: EpochMs, receivedAt: EpochMs): number {
  const packet = Buffer.from(answer)
  const refuse = (why: string) => new AppError('protocol.sntp', `the time server's answer ${why}`)
  if (packet.length < PACKET_BYTES) throw refuse('is too short')
  const first = packet.readUInt8(0)
  const stratum = packet.readUInt8(1)
  if ((first & 7) !== MODE_SERVER) throw refuse('is not a server’s')
  if (first >> 6 === LEAP_UNKNOWN || stratum === 0 || stratum > STRATUM_MAX) throw refuse('says that it has no time')
  // The server gives our time of sending back: an answer to another request, or a forged one, does not.
  if (!packet.subarray(24, 32).equals(Buffer.from(request).subarray(40, 48))) throw refuse('is to another request')
  const [received, sent] = [readTime(packet, 32), readTime(packet, 40)]
  return Math.round((received - sentAt + (sent - receivedAt)) / 2)
}

/** Asks a time server once. Rejects with what went wrong, within three seconds. */
export function askTimeServer({ host, port = SNTP_PORT }: TimeServer, clock: Clock): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const socket = createSocket('udp4')
  const sentAt = clock.now()
  const request = sntpRequest(sentAt)
  const fail = (thrown: unknown) => reject(new AppError('sntp.failed', messageOf(thrown)))
  const cancel = clock.after(ANSWER_MS, () => fail('timeout'))
  socket.on('error', fail)
  socket.on('message', answer => {
    try {
      resolve(sntpOffsetMs(request, answer, sentAt, clock.now()))
    } catch (thrown) {
      fail(thrown)
    }
  })
  socket.connect(port, host, (...thrown: unknown[]) => (thrown[0] ? fail(thrown[0]) : socket.send(request)))
  return promise.finally(() => {
    cancel()
    socket.close()
  })
}

function writeTime(packet: Buffer, at: number, ms: EpochMs): void {
  const seconds = Math.floor(ms / 1_000)
  packet.writeUInt32BE((seconds + ERA_OFFSET_S) % 2 ** 32, at)
  packet.writeUInt32BE(Math.floor(((ms - seconds * 1_000) / 1_000) * 2 ** 32), at + 4)
}

/** The era ends in 2036: what reads as before 1970 belongs to the next one. */
function readTime(packet: Buffer, at: number): EpochMs {
  const seconds = packet.readUInt32BE(at)
  const since1970 = seconds - ERA_OFFSET_S + (seconds < ERA_OFFSET_S ? 2 ** 32 : 0)
  return since1970 * 1_000 + (packet.readUInt32BE(at + 4) / 2 ** 32) * 1_000
}
