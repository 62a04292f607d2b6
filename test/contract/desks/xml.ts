/** A piece of XML: a tag that opens, closes or does both, or the text between tags. */
const PIECE = /<\?[^>]*\?>|<(\/?)([\w.-]+:)?([\w.-]+)((?:\s+[\w.:-]+="[^"<&]*")*)\s*(\/?)>|([^<]+)/y

type Piece =
  | { readonly kind: 'open' | 'close' | 'empty'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }

/** The pieces of a document; null for what is no XML. Names lose their prefixes. */
function piecesOf(text: string): readonly Piece[] | null {
  const pieces: Piece[] = []
  PIECE.lastIndex = 0
  while (PIECE.lastIndex < text.length) {
    const found = PIECE.exec(text)
    if (!found) return null
    const [, closes, , name, , ends, content] = found
    if (content !== undefined) pieces.push({ kind: 'text', text: content })
    else if (name !== undefined) pieces.push({ kind: closes ? 'close' : ends ? 'empty' : 'open', name })
  }
  return pieces
}

/** True when every tag closes in the right place and there is no bare ampersand. */
export function isWellFormed(text: string): boolean {
  const open: string[] = []
  for (const piece of piecesOf(text) ?? [{ kind: 'close', name: '' } as const]) {
    if (piece.kind === 'text' && /&(?!#?\w+;)/.test(piece.text)) return false
    if (piece.kind === 'open') open.push(piece.name)
    if (piece.kind === 'close' && open.pop() !== piece.name) return false
  }
  return open.length === 0
}

/** Texts of the elements at a path of names, as their author meant them. */
export function valuesIn(text: string, path: readonly string[]): readonly string[] {
  const at: string[] = []
  const values: string[] = []
  for (const piece of piecesOf(text) ?? []) {
    if (piece.kind === 'open') at.push(piece.name)
    if (piece.kind === 'close') at.pop()
    if (piece.kind === 'text' && at.join('/') === path.join('/')) values.push(unescaped(piece.text))
  }
  return values
}

const unescaped = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
