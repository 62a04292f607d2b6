/** Longest input: some holds full of answers, those of a web service above all. */
const INPUT_BYTES_MAX = 16_384
const CHANGES_MAX = 6

/** One input made of another by a few small changes: bits, bytes, cuts, repeats, and parts of a third one. */
export function mutate(corpus: readonly Uint8Array[], random: () => number): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit)
  const any = () => corpus[below(corpus.length)] ?? new Uint8Array()
  let bytes = Array.from(any())
  for (let changes = 1 + below(CHANGES_MAX); changes > 0; changes--) {
    const at = below(bytes.length + 1)
    const length = 1 + below(16)
    const change = below(6)
    if (change === 0 && at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
    else if (change === 1 && at < bytes.length) bytes[at] = below(256)
    else if (change === 2) bytes.splice(at, length)
    else if (change === 3) bytes.splice(at, 0, ...bytes.slice(at, at + length))
    else if (change === 4) bytes.splice(at, 0, ...Array.from({ length }, () => below(256)))
    else bytes = [...bytes.slice(0, at), ...Array.from(any()).slice(below(64))]
  }
  return Uint8Array.from(bytes.slice(0, INPUT_BYTES_MAX))
}
