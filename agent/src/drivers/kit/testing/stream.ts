import fc from 'fast-check'

/** Bytes between frames that begin none: none of `starts` is among them. */
export const noiseWithout = (...starts: number[]) =>
  fc.uint8Array({ maxLength: 20 }).map(bytes => bytes.map(byte => (starts.includes(byte) ? 0 : byte)))

/** Lengths of the chunks that a stream comes in. */
export const cuts = fc.array(fc.integer({ min: 0, max: 40 }))

/** The stream cut into chunks of the given lengths, the rest as one. */
export function cut(stream: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let from = 0
  for (const length of lengths) {
    chunks.push(stream.subarray(from, from + length))
    from += length
  }
  return [...chunks, stream.subarray(from)]
}

/** The bytes in chunks of one size, the last one with what is left. */
export const chunksOf = (bytes: readonly number[], size: number): number[][] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size))
