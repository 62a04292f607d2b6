import type { DatabaseSync } from 'node:sqlite'
import { type EpochMs, FLOOD_TICKETS_MAX } from '@tillwatch/shared'
import { type Incident, isActive, isMass } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import { attempt } from './attempt.ts'
import type { Digest } from './flood-digest.ts'
import type { NoiseCounters } from './noise-counters.ts'
import { phrases } from './phrases.ts'
import { UNTOLD_BY_FLOOD } from './untold.ts'

const MINUTE_MS = 60_000
/** New tickets are counted over this long, and what is held waits as long (domain section 8). */
const FLOOD_MS = 10 * MINUTE_MS
/** The digest waits for the rest of the wave, yet not so long that people wonder. */
const DIGEST_MS = MINUTE_MS

/** Lets tickets out at the bounded rate. */
export interface FloodGate {
  /** An incident that desks do not know yet gets its ticket as soon as the rate allows; priority 1 at once. */
  release(incident: Incident, now: EpochMs): void
}

interface FloodParts {
  readonly store: Pick<IncidentStore, 'byId'>
  readonly keeper: Pick<IncidentKeeper, 'tell' | 'write'>
  readonly digest: Digest
  readonly counters: NoiseCounters
}

/** Holds tickets of a tenant back when too many come at once (domain 8, 18.35). Incidents and clocks start all the same. */
export function createFloodRoom(
  database: DatabaseSync,
  { store, keeper, digest, counters }: FloodParts,
): IncidentRoom & FloodGate {
  const countTickets = database.prepare('SELECT count(*) AS n FROM flood_tickets WHERE tenant_id = ? AND told_at > ?')
  const oldestTicket = database.prepare(
    'SELECT told_at AS at FROM flood_tickets WHERE tenant_id = ? AND told_at > ? ORDER BY told_at DESC LIMIT 1 OFFSET ?',
  )
  const insertTicket = database.prepare(
    'INSERT INTO flood_tickets (incident_id, told_at, tenant_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const forgetTickets = database.prepare('DELETE FROM flood_tickets WHERE tenant_id = ? AND told_at <= ?')
  const hold = database.prepare(
    `INSERT INTO flood_held (incident_id, tenant_id, held_at, release_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (incident_id) DO UPDATE SET release_at = min(release_at, excluded.release_at)`,
  )
  const isHeld = database.prepare('SELECT 1 FROM flood_held WHERE incident_id = ?')
  const postpone = database.prepare('UPDATE flood_held SET release_at = ? WHERE incident_id = ?')
  const drop = database.prepare('DELETE FROM flood_held WHERE incident_id = ?')
  const selectDue = database.prepare(
    `SELECT h.incident_id AS id, h.tenant_id AS tenantId FROM flood_held h JOIN incidents n ON n.id = h.incident_id
      WHERE h.release_at <= ? ORDER BY n.priority, h.held_at, n.number LIMIT 1`,
  )
  const selectNext = database.prepare('SELECT min(release_at) AS at FROM flood_held')

  const isFull = (tenantId: string, now: EpochMs): boolean =>
    (countTickets.get(tenantId, now - FLOOD_MS) as { n: number }).n >= FLOOD_TICKETS_MAX
  const noteTicket = (incident: Incident, now: EpochMs): void => {
    forgetTickets.run(incident.tenantId, now - FLOOD_MS)
    insertTicket.run(incident.id, now, incident.tenantId)
  }
  /** When the rate lets the next one out. */
  const freeAt = (tenantId: string, now: EpochMs): EpochMs => {
    const row = oldestTicket.get(tenantId, now - FLOOD_MS, FLOOD_TICKETS_MAX - 1)
    return row ? Number(row['at']) + FLOOD_MS : now
  }

  const letOut = (id: string, tenantId: string, now: EpochMs): boolean => {
    const incident = store.byId(id)
    const waits = incident?.untold === UNTOLD_BY_FLOOD && isActive(incident)
    if (!waits) {
      // Cleared meanwhile: it gets no ticket.
      drop.run(id)
      return false
    }
    if (incident.priority !== 1 && isFull(tenantId, now)) {
      postpone.run(freeAt(tenantId, now), id)
      return false
    }
    drop.run(id)
    keeper.tell(id, now)
    noteTicket(incident, now)
    return true
  }

  return {
    admit: ({ item, priority, isReturn }, now) => {
      if (isReturn || priority === 1 || !isFull(item.tenantId, now)) return { kind: 'open' }
      counters.add('flood_held')
      const text = phrases.heldByFlood(FLOOD_TICKETS_MAX)
      return { kind: 'untold', by: UNTOLD_BY_FLOOD, text, parentId: null }
    },
    release: (incident, now) => {
      const held = { ...incident, untold: UNTOLD_BY_FLOOD }
      keeper.write(incident, { incident: held, entries: [], events: [] }, now)
      hold.run(incident.id, incident.tenantId, now, now)
    },
    moved: ({ before, after }, now) => {
      if (isMass(after)) return
      if (after.untold === UNTOLD_BY_FLOOD) {
        if (!isActive(after)) return
        if (!isHeld.get(after.id)) {
          digest.ask(after.tenantId, now, now + DIGEST_MS)
          hold.run(after.id, after.tenantId, now, after.priority === 1 ? now : now + FLOOD_MS)
        } else if (after.priority === 1) hold.run(after.id, after.tenantId, now, now)
      } else if (before === null && after.untold === null) noteTicket(after, now)
    },
    wake: (now, hasTime, failed) => {
      const told: string[] = []
      do {
        const due = selectDue.get(now) as { id: string; tenantId: string } | undefined
        if (!due) break
        const work = () => letOut(due.id, due.tenantId, now)
        const putOff = (at: EpochMs) => postpone.run(at, due.id)
        if (attempt(database, { work, putOff, failed }, now)) told.push(due.id)
      } while (hasTime())
      digest.send(now)
      return told
    },
    nextDueAt: () => {
      const { at } = selectNext.get() as { at: number | null }
      const digestAt = digest.nextDueAt()
      return at === null || digestAt === null ? (at ?? digestAt) : Math.min(at, digestAt)
    },
  }
}
