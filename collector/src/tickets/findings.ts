import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { DESK_FINDINGS, type DeskAgreement, type DeskFinding } from '@tillwatch/shared/api'
import { FALLBACK_ROUTE } from '../deliveries/outbox.ts'
import type { Incident } from '../incidents/incident.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { Target } from '../routing/route-book.ts'
import { IS_HERE } from './desk-places.ts'

/** Live incidents that no desk was told of are gone through up to this many. */
const UNTOLD_MAX = 1_000

const LIVE = `i.status IN ('open', 'in_work', 'waiting')`

/** Tickets of a desk (`?2`) and their incidents, of one tenant (`?1`). */
const TICKETS = `FROM incidents i CROSS JOIN tickets t
  WHERE i.tenant_id = ?1 AND i.status IN ('open', 'in_work', 'waiting', 'solved', 'closed') AND t.incident_id = i.id AND t.desk = ?2 AND ${IS_HERE}`

/** Each sort that one statement counts. */
const COUNTS: Readonly<Record<Exclude<DeskFinding, 'unheard'>, string>> = {
  refused: `SELECT count(DISTINCT i.id) AS n FROM incidents i CROSS JOIN deliveries d
    WHERE i.tenant_id = ?1 AND ${LIVE} AND d.incident_id = i.id AND d.desk = ?2 AND d.kind = 'open' AND d.state = 'failed'
      AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.incident_id = i.id AND t.desk = ?2)`,
  apart: `SELECT count(*) AS n ${TICKETS} AND t.apart_at IS NOT NULL`,
  gone: `SELECT count(*) AS n ${TICKETS} AND t.gone_at IS NOT NULL AND ${LIVE}`,
  twins: `SELECT count(*) AS n ${TICKETS} AND t.others IS NOT NULL AND ${LIVE}`,
  // What was found before it ended were twins; what its next return has taken over is one no more.
  orphans: `SELECT count(*) AS n ${TICKETS} AND t.others IS NOT NULL AND NOT (${LIVE}) AND t.searched_at >= i.solved_at
      AND NOT EXISTS (SELECT 1 FROM incidents n WHERE n.dedup_key = i.dedup_key AND n.episode > i.episode)`,
}

/** What did not agree, by desk and tenant. Inside the caller's transaction. */
export interface Findings {
  /** So many openings that left no ticket are sent again. */
  repaired(desk: string, tenantId: string, count: number, now: EpochMs): void
  /** Counts anew and keeps it. */
  count(desk: string, tenantId: string, now: EpochMs): void
  /** As they were counted last. */
  of(desk: string, tenantId: string): Omit<DeskAgreement, 'desk' | 'elsewhere'>
}

export interface FindingsOptions {
  readonly incidents: Pick<IncidentStore, 'byId'>
  readonly targetsOf: (incident: Incident) => readonly Target[]
}

/** The findings over an open connection. */
export function createFindings(database: DatabaseSync, { incidents, targetsOf }: FindingsOptions): Findings {
  const counts = Object.entries(COUNTS).map(([sort, sql]) => ({ sort, statement: database.prepare(sql) }))
  // Told nobody although the routes name a desk now: the desk is new, or the file is older than its desk.
  const selectUntold = database.prepare(
    `SELECT i.id FROM incidents i WHERE i.tenant_id = ? AND ${LIVE} AND i.untold IS NULL
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.incident_id = i.id AND d.kind = 'open' AND d.route IS NOT '${FALLBACK_ROUTE}')
      LIMIT ${UNTOLD_MAX}`,
  )
  const upsert = database.prepare(
    `INSERT INTO desk_checks (desk, tenant_id, at, repaired, found_json) VALUES (?1, ?2, ?3, ?4, coalesce(?5, '{}'))
     ON CONFLICT (desk, tenant_id) DO UPDATE SET at = excluded.at, repaired = repaired + excluded.repaired,
       found_json = coalesce(?5, found_json)`,
  )
  const select = database.prepare('SELECT at, repaired, found_json FROM desk_checks WHERE desk = ? AND tenant_id = ?')
  const sumLeft = database.prepare(
    'SELECT sum(left_there) AS n FROM tickets WHERE desk = ? AND tenant_id = ? AND left_there > 0',
  )

  const unheard = (desk: string, tenantId: string): number =>
    selectUntold.all(tenantId).filter(row => {
      const incident = incidents.byId(String(row['id']))
      return incident && targetsOf(incident).some(target => target.desk === desk && !target.dryRun)
    }).length

  return {
    repaired: (desk, tenantId, count, now) => {
      if (count > 0) upsert.run(desk, tenantId, now, count, null)
    },
    count: (desk, tenantId, now) => {
      const found = new Map<string, number>(
        counts.map(({ sort, statement }) => [sort, Number(statement.get(tenantId, desk)?.['n'])]),
      )
      found.set('unheard', unheard(desk, tenantId))
      const some = DESK_FINDINGS.flatMap(sort => (found.get(sort) ? [[sort, found.get(sort)]] : []))
      upsert.run(desk, tenantId, now, 0, JSON.stringify(Object.fromEntries(some)))
    },
    of: (desk, tenantId) => {
      const row = select.get(desk, tenantId)
      return {
        comparedAt: row ? new Date(Number(row['at'])).toISOString() : null,
        repaired: Number(row?.['repaired'] ?? 0),
        found: row ? (JSON.parse(String(row['found_json'])) as DeskAgreement['found']) : {},
        leftThere: Number(sumLeft.get(desk, tenantId)?.['n'] ?? 0),
      }
    },
  }
}
