/** In the place of a length: the device says nothing. */
const SILENCE = 0
/** In the place of a length: the line is lost. */
const LOST = 255
const LENGTH_MAX = 254
/** Bytes that one of a length stands for: answers of a web service are longer than pieces of a line. */
const UNITS = { serial: 1, tcp: 1, http: 8 } as const
export type InputKind = keyof typeof UNITS
const BLANK = 0x20

/** What a device does next. */
export type Said = Uint8Array | 'silence' | 'lost'

/** Cuts an input into what a device does, piece by piece: a byte of length, then that many bytes. Null at its end. */
export function createFeed(input: Uint8Array, kind: InputKind): () => Said | null {
  let offset = 0
  return () => {
    const length = input[offset]
    if (length === undefined) return null
    offset += 1
    if (length === LOST) return 'lost'
    if (length === SILENCE) return 'silence'
    const piece = input.subarray(offset, offset + length * UNITS[kind])
    offset += piece.length
    return piece
  }
}

/** An input in which a device says these pieces; an empty one is silence. Long pieces of a line come in several, answers of a service are cut. */
export function inputOf(pieces: readonly Uint8Array[], kind: InputKind): Uint8Array {
  const unit = UNITS[kind]
  const cut = pieces.flatMap(piece => {
    if (kind === 'http' || piece.length <= LENGTH_MAX) return [piece.subarray(0, LENGTH_MAX * unit)]
    const starts = Array.from({ length: Math.ceil(piece.length / LENGTH_MAX) }, (_, index) => index * LENGTH_MAX)
    return starts.map(start => piece.subarray(start, start + LENGTH_MAX))
  })
  return Uint8Array.from(
    cut.flatMap(piece => {
      const length = Math.ceil(piece.length / unit)
      return [length, ...piece, ...Array(length * unit - piece.length).fill(BLANK)]
    }),
  )
}
