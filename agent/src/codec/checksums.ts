/** XOR of all bytes (LRC of the Shtrih-M protocol 1). */
export const xorChecksum = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum ^ byte, 0)

/** CRC-16 with polynomial 1021, start FFFF, not reflected, no final XOR (Shtrih-M protocol 2). */
export const crc16Ccitt = (bytes: Uint8Array): number =>
  bytes.reduce((sum, byte) => {
    let next = sum ^ (byte << 8)
    for (let bit = 0; bit < 8; bit++) next = next & 0x8000 ? (next << 1) ^ 0x1021 : next << 1
    return next & 0xffff
  }, 0xffff)
