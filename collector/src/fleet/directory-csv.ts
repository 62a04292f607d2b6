import { CsvError, type Info, parse } from 'csv-parse/sync'
import type { EntryKind } from './entry-problems.ts'
import type { FileContent, FileEntry, FileProblem } from './file-entry.ts'

/** Kinds that fit into rows; agreements and people come in YAML. */
type RowKind = Exclude<EntryKind, 'contracts' | 'responsibles'>
/** Which column tells which field of which kind. A row stands for one terminal and repeats its client, legal entity and site. */
const COLUMNS: Readonly<Record<RowKind, Readonly<Record<string, Column>>>> = {
  clients: { code: 'client_code', name: 'client_name' },
  legal_entities: { client: 'client_code', name: 'legal_entity', inn: 'inn', kpp: 'kpp' },
  sites: {
    ...{ code: 'site_code', client: 'client_code', name: 'site_name', address: 'address', timezone: 'timezone' },
    ...{ hours: 'hours', class: 'class', contact: 'contact', access: 'access' },
    ...{ region: 'region', city: 'city', provider: 'provider' },
  },
  terminals: { code: 'terminal_code', site: 'site_code', name: 'terminal_name', agent: 'agent', inn: 'inn' },
}
const NAMES = [
  ...(['client_code', 'client_name', 'inn', 'legal_entity', 'kpp', 'site_code', 'site_name', 'address'] as const),
  ...(['timezone', 'hours', 'class', 'contact', 'access', 'terminal_code', 'terminal_name', 'agent'] as const),
  ...(['region', 'city', 'provider'] as const),
]
type Column = (typeof NAMES)[number]
type Row = Partial<Record<Column, string>>

/** The column without which a row tells nothing of a kind. */
const TELLS: Readonly<Record<RowKind, Column>> = {
  clients: 'client_code',
  legal_entities: 'legal_entity',
  sites: 'site_code',
  terminals: 'terminal_code',
}
/** Kinds whose name may be left out; their code stands for it then. */
const NAMED_BY_CODE: readonly RowKind[] = ['clients', 'sites', 'terminals']

/** Entries of a directory in CSV, separated by comma or semicolon, with a row of column names first. Empty cells are not known. */
export function csvEntries(text: string): FileContent {
  const problems: FileProblem[] = []
  const blame = (line: number, field: string | null, ru: string, en: string) =>
    void problems.push({ where: '', line, field, message: { ru, en } })
  let lines: readonly Line[]
  try {
    lines = linesOf(text)
  } catch (thrown) {
    const line = thrown instanceof CsvError && typeof thrown['lines'] === 'number' ? thrown['lines'] : 1
    const said = thrown instanceof Error ? thrown.message : String(thrown)
    blame(line, null, `это не CSV: ${said}`, `not CSV: ${said}`)
    return { entries: [], problems }
  }
  const head = lines[0]?.cells ?? []
  for (const name of head.filter(each => !NAMES.some(known => known === each))) {
    const known = NAMES.join(', ')
    blame(1, name, `такого столбца нет; есть ${known}`, `there is no such column; known are ${known}`)
  }
  if (problems.length > 0) return { entries: [], problems }
  const entries = new Map<string, FileEntry>()
  for (const { cells, line } of lines.slice(1)) {
    if (cells.length !== head.length) {
      blame(
        line,
        null,
        `ячеек ${cells.length}, а столбцов ${head.length}`,
        `${cells.length} cells, but ${head.length} columns`,
      )
      continue
    }
    const row: Row = Object.fromEntries(head.map((name, index) => [name, cells[index] ?? '']))
    for (const kind of ['clients', 'legal_entities', 'sites', 'terminals'] as const) {
      if (!row[TELLS[kind]]) continue
      const entry = entryOf(kind, row, line)
      // A terminal stands in one row; what stands in many must not contradict itself.
      const key =
        kind === 'terminals' ? `${kind} ${line}` : `${kind} ${row.client_code} ${entry.fields['code'] ?? row.inn}`
      const known = entries.get(key)
      if (known === undefined) entries.set(key, entry)
      for (const field of known ? fieldsThatDiffer(known, entry) : [])
        blame(
          line,
          entry.placeOf(field).field,
          `иначе, чем в строке ${known?.line}: «${entry.fields[field] ?? ''}», а там «${known?.fields[field] ?? ''}»`,
          `otherwise than in line ${known?.line}: "${entry.fields[field] ?? ''}", there "${known?.fields[field] ?? ''}"`,
        )
    }
  }
  return { entries: [...entries.values()], problems }
}

interface Line {
  readonly cells: readonly string[]
  readonly line: number
}

/** Rows with the line in which they end. */
function linesOf(text: string): Line[] {
  const [head = ''] = text.split('\n', 1)
  const delimiter = head.includes(';') ? ';' : ','
  const options = { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true } as const
  const rows = parse(text, { ...options, delimiter }) as unknown as { record: string[]; info: Info }[]
  return rows.map(({ record, info }) => ({ cells: record, line: info.lines }))
}

function entryOf(kind: RowKind, row: Row, line: number): FileEntry {
  const columns = COLUMNS[kind]
  const told = Object.entries(columns).map(([field, column]) => [field, row[column]] as const)
  const fields: Record<string, string | undefined> = Object.fromEntries(told.filter(([, value]) => value))
  if (NAMED_BY_CODE.includes(kind)) fields['name'] ??= fields['code']
  return { kind, fields, line, placeOf: field => ({ line, field: columns[field] ?? field }) }
}

const fieldsThatDiffer = (known: FileEntry, entry: FileEntry): string[] =>
  Object.keys({ ...known.fields, ...entry.fields }).filter(field => known.fields[field] !== entry.fields[field])
