import { AppError } from '@tillwatch/shared'
import { type Directory, directory } from '@tillwatch/shared/api'
import { parse as parseCsv } from 'csv-parse/sync'
import { parseDocument } from 'yaml'

/**
 * A directory file, YAML or CSV by its name, as a checked directory. A CSV has one row for each terminal with columns `client_code,
 * client_name, inn, legal_entity, kpp, site_code, site_name, address, timezone, hours, class, contact, access, terminal_code,
 * terminal_name, agent`, separated by comma or semicolon. Throws `import.invalid` naming every place that is wrong.
 */
export function parseDirectoryFile(text: string, file: string): Directory {
  const value = /\.csv$/i.test(file) ? fromCsv(text, file) : fromYaml(text, file)
  const parsed = directory.safeParse(value)
  if (parsed.success && Object.values(parsed.data).every(rows => rows.length === 0))
    throw invalid(file, ['there is nothing in it to import'])
  if (parsed.success) return parsed.data
  throw invalid(
    file,
    parsed.error.issues.map(issue => `${issue.path.join('.') || 'the file'}: ${issue.message}`),
  )
}

/** The text of a directory file: UTF-8, or Windows-1251, in which Russian Excel saves a CSV. */
export function decodeDirectoryFile(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1251').decode(bytes)
  }
}

const invalid = (file: string, problems: readonly string[]) =>
  new AppError('import.invalid', `${file} cannot be imported:\n  ${problems.join('\n  ')}`, {
    nextStep: 'Correct the named places and import again; nothing was changed.',
    context: { file, problems },
  })

function fromYaml(text: string, file: string): unknown {
  const document = parseDocument(text)
  if (document.errors.length > 0)
    throw invalid(
      file,
      document.errors.map(error => error.message),
    )
  return document.toJS() ?? {}
}

const COLUMNS = [
  ...['client_code', 'client_name', 'inn', 'legal_entity', 'kpp', 'site_code', 'site_name', 'address', 'timezone'],
  ...['hours', 'class', 'contact', 'access', 'terminal_code', 'terminal_name', 'agent'],
] as const
type Row = Partial<Record<(typeof COLUMNS)[number], string>>

function fromCsv(text: string, file: string): unknown {
  let rows: Row[]
  const delimiter = text.slice(0, text.indexOf('\n')).includes(';') ? ';' : ','
  try {
    rows = parseCsv(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, delimiter })
  } catch (thrown) {
    throw invalid(file, [thrown instanceof Error ? thrown.message : String(thrown)])
  }
  const strange = Object.keys(rows[0] ?? {}).filter(name => !COLUMNS.includes(name as (typeof COLUMNS)[number]))
  if (strange.length > 0) throw invalid(file, [`unknown columns ${strange.join(', ')}; allowed: ${COLUMNS.join(', ')}`])
  const problems: string[] = []
  const clients = new Map<string, object>()
  const entities = new Map<string, object>()
  const sites = new Map<string, object>()
  const terminals: object[] = []
  /** The same client, entity or site stands in many rows; they must not contradict one another. */
  const put = (map: Map<string, object>, key: string, entry: object, line: number) => {
    const known = map.get(key)
    if (known && JSON.stringify(known) !== JSON.stringify(entry))
      problems.push(`line ${line}: ${key} is described otherwise than in a line before`)
    map.set(key, known ?? entry)
  }
  for (const [index, row] of rows.entries()) {
    const line = index + 2
    const client = row.client_code ?? ''
    if (client) put(clients, `client ${client}`, filled({ code: client, name: row.client_name ?? client }), line)
    if (row.inn && row.legal_entity) {
      const entity = { client, name: row.legal_entity, inn: row.inn, kpp: row.kpp }
      put(entities, `legal entity ${row.inn}`, filled(entity), line)
    }
    if (row.site_code) put(sites, `site ${row.site_code}`, siteIn(row), line)
    if (row.terminal_code) {
      const { terminal_code: code, site_code: site, terminal_name: name, agent, inn } = row
      terminals.push(filled({ code, site, name: name || code, agent, inn }))
    }
  }
  if (problems.length > 0) throw invalid(file, problems)
  return {
    clients: [...clients.values()],
    legal_entities: [...entities.values()],
    sites: [...sites.values()],
    terminals,
  }
}

const siteIn = (row: Row): object =>
  filled({
    ...{ code: row.site_code, client: row.client_code, name: row.site_name || row.site_code, address: row.address },
    ...{ timezone: row.timezone, hours: row.hours, class: row.class, contact: row.contact, access: row.access },
  })

/** Empty cells are values that are not known. */
const filled = (entry: object): object =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined && value !== ''))
