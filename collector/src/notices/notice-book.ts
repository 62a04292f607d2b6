import type { DatabaseSync } from 'node:sqlite'
import { type EpochMs, NOTICES_WAITING_MAX } from '@tillwatch/shared'
import { inTransaction } from '../store/sqlite/database.ts'
import { isOptional, NETWORK_SITES, NOBODY, type Notices, type Recipient, reachableAt } from './notice.ts'
import { createRecipients } from './recipients.ts'

/** A message that may be sent now. */
export interface DueNotice {
  readonly id: number
  readonly key: string
  readonly incidentId: string | null
  readonly email: string
  readonly subject: string
  readonly body: string
  /** Attempts including this one. */
  readonly attempts: number
}

/** How an attempt ended. */
export type NoticeSettlement =
  | { readonly kind: 'sent' }
  | { readonly kind: 'again'; readonly at: EpochMs; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string }

/** The outbox of messages to people as its runner sees it. Lives in the state thread under the name `notices`; every call is one transaction. */
export interface NoticeQueue {
  /** The next message that is due, its attempt counted; null when none is. */
  begin(now: EpochMs): Promise<DueNotice | null>
  settle(id: number, settlement: NoticeSettlement, now: EpochMs): Promise<void>
  /** How many there are in each state. */
  counts(): Promise<Readonly<Record<string, number>>>
  /** Deletes a small step of settled messages older than `before`; true when more is left. */
  thinNotices(before: EpochMs): Promise<boolean>
}

interface Origin {
  clientId: string | null
  contract: string | null
  priority: number
  sites: number
}

const THIN_ROWS = 500

/** The outbox over an open connection. Without a channel messages are kept and shown, and never sent later. */
export function createNoticeBook(
  database: DatabaseSync,
  hasChannel: boolean,
): { readonly notices: Notices; readonly queue: NoticeQueue } {
  const recipientsOf = createRecipients(database)
  const selectOrigin = database.prepare(
    `SELECT i.client_id AS clientId, c.contract, i.priority,
            (SELECT count(*) FROM (SELECT 1 FROM sites s WHERE s.client_id = i.client_id LIMIT ${NETWORK_SITES})) AS sites
       FROM incidents i LEFT JOIN sla_clocks c ON c.incident_id = i.id WHERE i.id = ? AND i.tenant_id = ?`,
  )
  const countWaiting = database.prepare(`SELECT count(*) AS n FROM notices WHERE tenant_id = ? AND state = 'waiting'`)
  const insert = database.prepare(
    `INSERT INTO notices (tenant_id, incident_id, key, role, via, name, email, timezone, language, subject, body, state, next_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const stateOf = (tenantId: string, person: Recipient): string => {
    if (person === NOBODY) return 'nobody'
    if (!hasChannel) return 'no_channel'
    const { n } = countWaiting.get(tenantId) as { n: number }
    return n < NOTICES_WAITING_MAX ? 'waiting' : 'dropped'
  }
  const notices: Notices = {
    add: (draft, now) => {
      const { tenantId, incidentId, role, key, subject, text } = draft
      const found = incidentId === null ? undefined : selectOrigin.get(incidentId, tenantId)
      const origin = (found ?? { clientId: null, contract: null, priority: null, sites: 0 }) as unknown as Origin
      const whose =
        draft.clientId === undefined ? origin : { clientId: draft.clientId, contract: draft.contract ?? null }
      const { people, via } = recipientsOf(role, { tenantId, clientId: whose.clientId, contract: whose.contract })
      // Whoever need not be there is not stood in for.
      const isSkipped = isOptional(role, origin.sites) && (people.length === 0 || via !== null)
      if (isSkipped) return 'skipped'
      for (const person of people.length > 0 ? people : [NOBODY]) {
        const { name, email, timezone, language } = person
        const at = reachableAt(timezone, origin.priority, now)
        const who = [tenantId, incidentId, key, role, via, name, email, timezone, language]
        insert.run(...who, subject[language], text[language], stateOf(tenantId, person), at, now)
      }
      return people.length > 0 ? 'told' : 'nobody'
    },
  }
  return { notices, queue: createQueue(database) }
}

function createQueue(database: DatabaseSync): NoticeQueue {
  const selectDue = database.prepare(
    `SELECT id, key, incident_id AS incidentId, email, subject, body, attempts + 1 AS attempts
       FROM notices WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT 1`,
  )
  const count = database.prepare('UPDATE notices SET attempts = attempts + 1 WHERE id = ?')
  const settle = database.prepare(
    'UPDATE notices SET state = ?, next_at = ?, last_error = ?, settled_at = ? WHERE id = ?',
  )
  const selectCounts = database.prepare('SELECT state, count(*) AS n FROM notices GROUP BY state')
  const thin = database.prepare(
    `DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE state <> 'waiting' AND created_at < ? ORDER BY id LIMIT ${THIN_ROWS})`,
  )
  return {
    begin: now =>
      inTransaction(database, () => {
        const due = selectDue.get(now) as unknown as DueNotice | undefined
        if (!due) return null
        count.run(due.id)
        return { ...due }
      }),
    settle: (id, settlement, now) =>
      inTransaction(database, () => {
        if (settlement.kind === 'again') settle.run('waiting', settlement.at, settlement.error, null, id)
        else settle.run(settlement.kind, now, settlement.kind === 'failed' ? settlement.error : null, now, id)
      }),
    counts: async () =>
      Object.fromEntries((selectCounts.all() as { state: string; n: number }[]).map(({ state, n }) => [state, n])),
    thinNotices: before => inTransaction(database, () => Number(thin.run(before).changes) === THIN_ROWS),
  }
}
