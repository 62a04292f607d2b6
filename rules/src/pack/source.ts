import { encodingProblem, messageOf, schemaProblems, schemaProblemText } from '@tillwatch/shared'
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
  /** The reason in Russian, where it is known. */
  readonly ru?: string
}

export type Path = readonly (string | number)[]

/** A parsed file that can say where each of its parts stands. */
export interface SourceFile<T> {
  readonly file: string
  /** Null when the file has problems. */
  readonly content: T | null
  /** What the text says, fitting or not; undefined when it is no YAML. */
  readonly value: unknown
  readonly problems: readonly PackProblem[]
  /** A problem at a part of the file, `offset` characters into its text. */
  problemAt(path: Path, reason: string, offset?: number, ru?: string): PackProblem
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
  const placed = (offset: number, path: Path, reason: string, ru?: string): PackProblem => {
    const { line, col } = lines.linePos(offset)
    const place = { file, line: Math.max(1, line), column: Math.max(1, col), path: pathText(path) }
    return { ...place, reason, ...(ru === undefined ? {} : { ru }) }
  }
  const problemAt = (path: Path, reason: string, offset = 0, ru?: string) =>
    placed(offsetOf(document, path, offset), path, reason, ru)
  let value: unknown
  const failed = (problems: PackProblem[]): SourceFile<T> => ({ file, content: null, value, problems, problemAt })

  const unreadable = encodingProblem(text)
  if (unreadable) return failed([placed(0, [], unreadable.en, unreadable.ru)])
  // What follows a broken line is mostly wrong because of it.
  const [broken] = document.errors
  if (broken) {
    const said = broken.message.split('\n')[0]
    return failed([placed(broken.pos[0], [], `not YAML: ${said}`, `это не YAML: ${said}`)])
  }
  try {
    value = document.toJS() ?? {}
  } catch (thrown) {
    return failed([placed(0, [], `not YAML: ${messageOf(thrown)}`)])
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { file, content: parsed.data, value, problems: [], problemAt }
  return failed(
    schemaProblems(schema, value, parsed.error).map(problem => {
      const path = problem.path.map(part => (typeof part === 'symbol' ? String(part) : part))
      const { en, ru } = schemaProblemText(problem)
      const offset = problem.isStrayKey ? keyOffset(document, path.slice(0, -1), String(path.at(-1))) : null
      return placed(offset ?? offsetOf(document, path, 0), path, en, ru)
    }),
  )
}
