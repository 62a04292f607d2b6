import { type Answer, ETX, STX } from './framing.ts'

/** A device's answer in its packet, in ASCII. `data`: instead of the fields, each ended by FS. */
export function answerPacket({ id, command, error, fields }: Answer, data?: string): Uint8Array {
  const text = command + error.toString(16).padStart(2, '0').toUpperCase()
  const body = [id, ...Buffer.from(text + (data ?? fields.map(field => `${field}\x1c`).join(''))), ETX]
  const checksum = body.reduce((sum, byte) => sum ^ byte, 0)
  return Uint8Array.of(STX, ...body, ...Buffer.from(checksum.toString(16).padStart(2, '0').toUpperCase()))
}
