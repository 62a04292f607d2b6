/** XOR of all bytes (LRC of the Shtrih-M protocol 1). */
export const xorChecksum = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum ^ byte, 0)
