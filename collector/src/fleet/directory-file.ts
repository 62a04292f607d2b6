import { type Directory, directory } from '@tillwatch/shared/api'
import { csvEntries } from './directory-csv.ts'
import { yamlEntries } from './directory-yaml.ts'
import { ENTRY_KINDS, type EntryKind, fieldProblems } from './entry-problems.ts'
import type { FileEntry, FilePlace, FileProblem } from './file-entry.ts'
import { type Entry, keyOf } from './import-plan.ts'

export interface DirectoryFile {
  /** The entries without a fault of their own. */
  readonly directory: Directory
  readonly problems: readonly FileProblem[]
  /** Entries left out because of a problem, as `planImport` takes them. */
  readonly faulty: ReadonlySet<string>
  /** Where the place that a remark names stands in the file. */
  placeOf(where: string): FilePlace
}

/** Entries of a directory file, YAML or CSV by its name, with every fault that the file shows by itself. */
export function readDirectoryFile(text: string, file: string): DirectoryFile {
  const { entries, problems: unread } = /\.csv$/i.test(file) ? csvEntries(text) : yamlEntries(text)
  const problems = [...unread]
  const faulty = new Set<string>()
  const places = new Map<string, FileEntry>()
  const sound = Object.fromEntries(ENTRY_KINDS.map(kind => [kind, []])) as unknown as Record<
    EntryKind,
    FileEntry['fields'][]
  >
  for (const entry of entries) {
    const { kind } = entry
    const fields = Object.fromEntries(Object.entries(entry.fields).filter(([, value]) => value !== null))
    const where = `${kind} ${keyOf(fields as unknown as Entry)}`
    places.set(where, entry)
    const wrong = fieldProblems(kind, fields)
    for (const { field, message } of wrong)
      problems.push({ where: `${where} ${field}`, message, ...entry.placeOf(field) })
    if (wrong.length > 0) faulty.add(where)
    else sound[kind].push(fields)
  }
  if (entries.length === 0 && problems.length === 0)
    problems.push({
      where: '',
      line: 1,
      field: null,
      message: { ru: 'импортировать нечего', en: 'nothing in it to import' },
    })
  return { directory: directory.parse(sound), problems, faulty, placeOf: where => placeIn(places, where) }
}

/** `sites cafe-7 hours` ends in a field; `sites cafe-7` is the entry itself. */
function placeIn(places: ReadonlyMap<string, FileEntry>, where: string): FilePlace {
  const entry = places.get(where)
  if (entry) return { line: entry.line, field: null }
  const end = where.lastIndexOf(' ')
  return places.get(where.slice(0, end))?.placeOf(where.slice(end + 1)) ?? { line: 1, field: null }
}

/** The text of a directory file: UTF-8, or Windows-1251, in which Russian Excel saves a CSV. */
export function decodeDirectoryFile(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1251').decode(bytes)
  }
}
