import { messageOf } from '@tillwatch/shared'
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, type Scalar } from 'yaml'
import type { z } from 'zod'

/** A text with the name by which problems cite it. */
export interface PackSource {
  readonly file: string
  readonly text: string
}

/** What is wrong in a file and where. Lines and columns count from 1; `path` is in the manner of `rules[2].levels.minor.set`. */
export interface PackProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly path: string
  readonly reason: string
}

export type Path = readonly (string | number)[]

/** A parsed file that can say where each of its parts stands. */
export interface SourceFile<T> {
  readonly file: string
  /** Null when the file has problems. */
  readonly content: T | null
  readonly problems: readonly PackProblem[]
  /** A problem at a part of the file, `offset` characters into its text. */
  problemAt(path: Path, reason: string, offset?: number): PackProblem
}

const pathText = (path: Path): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')

/** Offset in the text of the node at a path, or of its nearest parent that exists. */
function offsetOf(document: Document, path: Path, within: number): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (!isNode(node) || !node.range) continue
    if (length < path.length || !isScalar(node)) return node.range[0]
    const quoted = (node as Scalar).type === 'QUOTE_DOUBLE' || (node as Scalar).type === 'QUOTE_SINGLE'
    return node.range[0] + (quoted ? 1 : 0) + within
  }
  return 0
}

/** Offset of a key of the map at a path. */
function keyOffset(document: Document, path: Path, key: string): number | null {
  const map = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isMap(map)) return null
  const pair = map.items.find(item => isScalar(item.key) && item.key.value === key)
  return pair && isScalar(pair.key) && pair.key.range ? pair.key.range[0] : null
}

/** Parses YAML and checks it against a schema; every problem knows its line. */
export function readSource<T>({ file, text }: PackSource, schema: z.ZodType<T>): SourceFile<T> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const placed = (offset: number, path: Path, reason: string): PackProblem => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col), path: pathText(path), reason }
  }
  const problemAt = (path: Path, reason: string, offset = 0) => placed(offsetOf(document, path, offset), path, reason)
  const failed = (problems: PackProblem[]): SourceFile<T> => ({ file, content: null, problems, problemAt })

  if (document.errors.length > 0) {
    return failed(document.errors.map(error => placed(error.pos[0], [], `not YAML: ${error.message.split('\n')[0]}`)))
  }
  let value: unknown
  try {
    value = document.toJS()
  } catch (thrown) {
    return failed([placed(0, [], `not YAML: ${messageOf(thrown)}`)])
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { file, content: parsed.data, problems: [], problemAt }
  return failed(
    parsed.error.issues.flatMap(issue => {
      const path = issue.path.map(part => (typeof part === 'symbol' ? String(part) : part))
      if (issue.code !== 'unrecognized_keys') return [problemAt(path, issue.message)]
      return issue.keys.map(key =>
        placed(
          keyOffset(document, path, key) ?? offsetOf(document, path, 0),
          [...path, key],
          `"${key}" is not known here`,
        ),
      )
    }),
  )
}
