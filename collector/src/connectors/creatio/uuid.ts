import { createHash } from 'node:crypto'

/** Our own namespace for names of records. */
const NAMESPACE = Buffer.from('5b0f6f2a7c1d4e0f9a3b6d2e8c4f1a70', 'hex')

/** A UUID of version 5 (RFC 9562): the same name gives the same identifier, on every attempt and every machine. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name, 'utf8').digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
