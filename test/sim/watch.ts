import type { DatabaseSync } from 'node:sqlite'
import { REGISTER_FAULTS } from './register.ts'
import type { Server } from './server.ts'
import type { Till } from './till.ts'
import type { Verdict } from './verdict.ts'

interface Seen {
  readonly status: string
  readonly priority: number
}

interface IncidentRow extends Seen {
  readonly id: string
  readonly itemId: string
  readonly causeClass: string
  readonly number: number
}

interface EntryRow {
  readonly id: number
  readonly incidentId: string
  readonly kind: string
  readonly ru: string
  readonly en: string
}

/** What has to stand in the audit trail when an incident comes into a status. */
const EXPLAINS: Readonly<Record<string, readonly string[]>> = {
  open: ['opened', 'reopened', 'waiting'],
  in_work: ['taken', 'reopened', 'waiting', 'comment'],
  waiting: ['waiting'],
  solved: ['solved'],
  closed: ['closed'],
}

/** Calls that move incidents. */
const WRITES = /^(evaluator\.(commit|tick)|incidents\.)/

/** Looks at the collector's books whenever something was written, and says what must never be there. */
export class Watch {
  readonly #server: Server
  readonly #tills: readonly Till[]
  readonly #verdict: Verdict
  #statements: Statements | null = null
  #version: unknown = null
  #seen = new Map<string, Seen>()
  #entries = 0
  #standing: unknown = null
  #marks = new Map<string, number>()
  #polls = new Map<string, number>()
  /** Items written before this are known: the collector's clock is never set. */
  #written = 0
  /** Registers whose till came back from an image, with the newest poll that is known of each. */
  readonly #oldImages = new Map<string, number>()

  constructor(server: Server, tills: readonly Till[], verdict: Verdict) {
    this.#server = server
    this.#tills = tills
    this.#verdict = verdict
  }

  /** The files came back from a backup: what they say is true again, however old. */
  restored(): void {
    this.#statements = null
    this.#seen = new Map()
    this.#marks = new Map()
    this.#polls = new Map()
    this.#written = 0
  }

  /** An old image of a till's disk may speak of older polls until its first new one. */
  wentBack(serial: string): void {
    const id = `register:main:${serial}`
    this.#oldImages.set(id, this.#polls.get(id) ?? 0)
    this.#polls.delete(id)
  }

  /** After a call into the stores. */
  look(call: string): void {
    if (!WRITES.test(call)) return
    const books = this.#read()
    const version = books.version.get()?.['data_version']
    if (version === this.#version) return
    this.#version = version
    if (call === 'evaluator.commit') {
      this.#lookAtMarks(books)
      this.#lookAtItems(books)
    }
    this.#lookAtIncidents(books)
  }

  /** An agent forgets only what the collector's disk has. */
  settles(agentId: string, epoch: number, mark: number): void {
    const stored = Number(this.#read().mark.get(agentId, epoch)?.['mark'] ?? 0)
    this.#verdict.expect(
      stored >= mark,
      'an agent settles only what is stored',
      () => `${agentId} settled ${epoch}/${mark}, the collector has ${stored}`,
    )
  }

  /** The statements over the files as they are now. */
  #read(): Statements {
    const { state } = this.#server.books
    if (this.#statements?.database === state) return this.#statements
    const statements = statementsOf(state)
    this.#statements = statements
    this.#version = null
    this.#standing = null
    this.#entries = Number(statements.lastEntry.get()?.['id'] ?? 0)
    this.#seen = new Map(incidentsOf(statements).map(row => [row.id, row]))
    return statements
  }

  #lookAtMarks({ marks }: Statements): void {
    for (const row of marks.all()) {
      const key = `${String(row['agent_id'])}/${String(row['epoch'])}`
      const mark = Number(row['mark'])
      const before = this.#marks.get(key) ?? 0
      this.#verdict.expect(mark >= before, 'a mark never falls', () => `${key}: ${before} → ${mark}`)
      this.#marks.set(key, mark)
    }
  }

  /** The newest facts of a register never give way to older ones. */
  #lookAtItems({ registers }: Statements): void {
    for (const row of registers.all(this.#written)) {
      this.#written = Math.max(this.#written, Number(row['at']))
      const id = String(row['id'])
      const poll = Number(row['poll'])
      if (poll <= (this.#oldImages.get(id) ?? 0)) continue
      this.#oldImages.delete(id)
      const before = this.#polls.get(id) ?? 0
      this.#verdict.expect(
        poll >= before,
        'back-filled readings never become the present',
        () => `${id}: poll ${before} → ${poll}`,
      )
      this.#polls.set(id, poll)
    }
  }

  #lookAtIncidents(books: Statements): void {
    const read = this.#entries
    this.#entries = Number(books.lastEntry.get()?.['id'] ?? 0)
    const standing = books.standing.get()?.['text']
    if (standing === this.#standing) return
    this.#standing = standing
    const entries = books.newEntries.all(read) as unknown as EntryRow[]
    for (const row of incidentsOf(books)) {
      const before = this.#seen.get(row.id)
      this.#seen.set(row.id, row)
      if (before?.status === row.status && before.priority === row.priority) continue
      const said = entries.filter(entry => entry.incidentId === row.id && entry.ru !== '' && entry.en !== '')
      this.#explained(before, row, new Set(said.map(entry => entry.kind)))
      if (!before) this.#opened(books, row)
    }
    const doubled = books.doubled.all()
    this.#verdict.expect(doubled.length === 0, 'one open incident for one cause', () => JSON.stringify(doubled))
  }

  #explained(before: Seen | undefined, row: IncidentRow, kinds: ReadonlySet<string>): void {
    const moved = (): string =>
      `incident ${row.number}: ${before?.status ?? 'new'}/${before?.priority ?? '-'} → ${row.status}/${row.priority}, said: ${[...kinds].join(', ')}`
    if (before?.status !== row.status) {
      const explains = EXPLAINS[row.status]?.some(kind => kinds.has(kind)) ?? false
      this.#verdict.expect(explains, 'every change of status is explained', moved)
    }
    if (before && before.priority !== row.priority)
      this.#verdict.expect(kinds.has('priority'), 'every change of priority is explained', moved)
  }

  /** A new incident speaks of what its register is like now, never of what an old reading brought. */
  #opened({ pollOf }: Statements, { itemId, causeClass, number }: IncidentRow): void {
    const till = this.#tills.find(({ register }) => itemId.endsWith(`:${register.serial}`))
    if (!till || !OF_READINGS.has(causeClass)) return
    const poll = Number(pollOf.get(itemId)?.['poll'])
    const reading = till.ledger.readings.find(each => each.poll === poll)
    const causes = [...(reading?.faults ?? [])].flatMap(fault => [...REGISTER_FAULTS[fault]] as string[])
    this.#verdict.expect(
      causes.includes(causeClass),
      'no incident from back-filled data',
      () =>
        `incident ${number} (${causeClass}) opened on poll ${poll}, whose faults are: ${[...(reading?.faults ?? [])].join(', ') || 'none'}`,
    )
  }
}

/** Classes that a reading alone explains; the others come by time or by what is not there. */
const OF_READINGS: ReadonlySet<string> = new Set(Object.values(REGISTER_FAULTS).flat())

const POLL = `json_extract(state_json, '$.facts."fiscal.poll.commands".value')`

const statementsOf = (database: DatabaseSync) => ({
  database,
  version: database.prepare('PRAGMA data_version'),
  marks: database.prepare('SELECT agent_id, epoch, mark FROM marks'),
  mark: database.prepare('SELECT mark FROM marks WHERE agent_id = ? AND epoch = ?'),
  registers: database.prepare(`SELECT id, updated_at AS at, ${POLL} AS poll FROM items
      WHERE kind = 'register' AND identity IS NOT NULL AND updated_at >= ?`),
  pollOf: database.prepare(`SELECT ${POLL} AS poll FROM items WHERE id = ?`),
  lastEntry: database.prepare('SELECT max(id) AS id FROM timeline'),
  newEntries: database.prepare(
    'SELECT id, incident_id AS incidentId, kind, text_ru AS ru, text_en AS en FROM timeline WHERE id > ? ORDER BY id',
  ),
  // All that is looked at of incidents, in one text: mostly it is what it was.
  standing: database.prepare(
    "SELECT group_concat(id || ' ' || status || ' ' || priority || ' ' || dedup_key, char(10)) AS text FROM incidents",
  ),
  incidents: database.prepare(
    'SELECT id, number, status, priority, item_id AS itemId, cause_class AS causeClass FROM incidents',
  ),
  doubled: database.prepare(
    `SELECT dedup_key FROM incidents WHERE status IN ('open', 'in_work', 'waiting') GROUP BY dedup_key HAVING count(*) > 1`,
  ),
})
type Statements = ReturnType<typeof statementsOf>

const incidentsOf = ({ incidents }: Statements) => incidents.all() as unknown as readonly IncidentRow[]
