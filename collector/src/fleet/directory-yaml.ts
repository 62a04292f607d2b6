import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { ENTRY_KINDS, type EntryKind } from './entry-problems.ts'
import type { FileContent, FileEntry, FileProblem } from './file-entry.ts'

/** Entries of a directory in YAML: a list for each kind. */
export function yamlEntries(text: string): FileContent {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const entries: FileEntry[] = []
  const problems: FileProblem[] = []
  const lineOf = (node: unknown): number => lines.linePos((node as Partial<Node> | null)?.range?.[0] ?? 0).line
  const blame = (line: number, field: string | null, ru: string, en: string) =>
    void problems.push({ where: '', line, field, message: { ru, en } })

  // What follows a broken line is mostly wrong because of it: of a file that is none of ours the first says enough.
  const [broken] = document.errors
  if (broken) {
    const [said] = broken.message.split(/ at line |\n/)
    blame(broken.linePos?.[0].line ?? 1, null, `это не YAML: ${said}`, `not YAML: ${said}`)
  }
  let value: unknown = null
  try {
    if (problems.length === 0) value = document.toJS()
  } catch (thrown) {
    // An alias of nothing, or more aliases than anybody writes.
    const said = thrown instanceof Error ? thrown.message : String(thrown)
    blame(1, null, `это не YAML: ${said}`, `not YAML: ${said}`)
  }
  if (value === null) return { entries, problems }
  if (!isMap(document.contents)) {
    blame(1, null, `нужны разделы ${ENTRY_KINDS.join(', ')}`, `expected are the sections ${ENTRY_KINDS.join(', ')}`)
    return { entries, problems }
  }
  for (const pair of document.contents.items) {
    const name = nameOf(pair)
    const kind = ENTRY_KINDS.find(each => each === name)
    const list = pair.value
    if (kind === undefined) {
      const known = ENTRY_KINDS.join(', ')
      blame(lineOf(pair.key), name, `такого раздела нет; есть ${known}`, `there is no such section; known are ${known}`)
    } else if (isSeq(list)) {
      const values = (value as Record<EntryKind, readonly unknown[]>)[kind]
      for (const [index, node] of list.items.entries()) {
        const fields = values[index]
        if (isMap(node)) entries.push(entryOf(kind, fields as FileEntry['fields'], node, lineOf))
        else blame(lineOf(node), kind, 'нужна запись из полей', 'expected is an entry made of fields')
      }
    } else if (!isScalar(list) || list.value !== null)
      blame(lineOf(pair.key), kind, 'нужен список', 'expected is a list')
  }
  return { entries, problems }
}

const nameOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key)

const entryOf = (
  kind: EntryKind,
  fields: FileEntry['fields'],
  node: YAMLMap,
  lineOf: (node: unknown) => number,
): FileEntry => {
  const line = lineOf(node)
  return {
    kind,
    fields,
    line,
    placeOf: field => {
      const pair = node.items.find(each => nameOf(each) === field)
      return { line: pair ? lineOf(pair.key) : line, field }
    },
  }
}
