import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { RoutableDesk } from '../routing/route-book.ts'

/** Among the tickets `t`: written in the installation that the desk of that name is now. */
export const IS_HERE = 't.place IS (SELECT s.place FROM desk_states s WHERE s.desk = t.desk)'

/** Which installation each desk is, and the numbers of tickets that come from another one. Inside the caller's transaction. */
export interface DeskPlaces {
  /** A tenant's tickets of a desk that were written in another installation than the desk is now, and may still change. */
  strangers(tenantId: string, desk: string): number
  /**
   * A person says that the desk only moved and kept its numbers: the tenant's tickets are where the desk is now. Ids of the incidents of those
   * that may still change.
   */
  confirm(tenantId: string, desk: string): readonly string[]
}

/**
 * Writes down which installation each desk is now. Tickets from another one are left alone until the desk is there again or a person
 * confirms that it kept its numbers: the same number may be a stranger's ticket there.
 */
export function createDeskPlaces(database: DatabaseSync, desks: readonly RoutableDesk[], now: EpochMs): DeskPlaces {
  const selectPlace = database.prepare('SELECT place FROM desk_states WHERE desk = ?')
  const keepPlace = database.prepare(
    `INSERT INTO desk_states (desk, paused, changed_at, place) VALUES (?1, 0, ?3, ?2)
     ON CONFLICT (desk) DO UPDATE SET place = excluded.place, cursor = iif(place IS NULL, cursor, NULL)`,
  )
  const adopt = database.prepare('UPDATE tickets SET place = ? WHERE desk = ? AND place IS NULL')
  const STRANGERS = `FROM incidents i CROSS JOIN tickets t
    WHERE i.tenant_id = ? AND i.status IN ('open', 'in_work', 'waiting', 'solved') AND t.incident_id = i.id AND t.desk = ?
      AND NOT (${IS_HERE})`
  const count = database.prepare(`SELECT count(*) AS n ${STRANGERS}`)
  const selectStrangers = database.prepare(`SELECT i.id ${STRANGERS}`)
  const moveAll = database.prepare(
    `UPDATE tickets AS t SET place = (SELECT s.place FROM desk_states s WHERE s.desk = t.desk)
      WHERE t.tenant_id = ? AND t.desk = ? AND NOT (${IS_HERE})`,
  )
  for (const { name, place } of desks) {
    if (place === undefined) continue
    const known = selectPlace.get(name)?.['place'] ?? null
    // What was written before places were known was written here.
    if (known === null) adopt.run(place, name)
    // How far the changes were looked through counts in one installation only.
    if (known !== place) keepPlace.run(name, place, now)
  }
  return {
    strangers: (tenantId, desk) => Number(count.get(tenantId, desk)?.['n']),
    confirm: (tenantId, desk) => {
      const moved = selectStrangers.all(tenantId, desk).map(row => String(row['id']))
      moveAll.run(tenantId, desk)
      return moved
    },
  }
}
