import type { DatabaseSync } from 'node:sqlite'
import type { Role } from '@tillwatch/rules'
import { authoritiesOf, type Recipient } from './notice.ts'

/** Where a message comes from, as far as it decides who is told. */
export interface NoticeOrigin {
  readonly tenantId: string
  readonly clientId: string | null
  readonly contract: string | null
}

/** Whom a message goes to; `via` names the role that stood in, null when the one asked for is known. */
export interface Found {
  readonly people: readonly Recipient[]
  readonly via: Role | null
}

/** Nobody is known for the role, nor for any that stands in for it. */
const NOT_FOUND: Found = { people: [], via: null }

/** How deep a tree of tenants is followed. */
const PARENTS_MAX = 8
/** People of the client itself: those whom a partner above names for the same are of his own clients. */
const OF_CLIENT: readonly Role[] = ['client_contact', 'client_account_manager']

/** Looks people up: contract, client, partner, parent partner; an empty entry goes to the next authority (domain ruling 18.34). */
export function createRecipients(database: DatabaseSync): (role: Role, origin: NoticeOrigin) => Found {
  const select = database.prepare(
    `SELECT name, email, timezone, language, contract, client_id AS clientId FROM responsibles WHERE tenant_id = ? AND role = ? ORDER BY code`,
  )
  const selectParent = database.prepare('SELECT parent_id AS parentId FROM tenants WHERE id = ?')
  const ofRole = (role: Role, { tenantId, clientId, contract }: NoticeOrigin): readonly Recipient[] => {
    let tenant: string | null = tenantId
    const depthMax = OF_CLIENT.includes(role) ? 1 : PARENTS_MAX
    for (let depth = 0; tenant !== null && depth < depthMax; depth++) {
      const rows = select.all(tenant, role) as unknown as (Recipient & {
        readonly contract: string | null
        readonly clientId: string | null
      })[]
      const levels = [
        // Numbers of contracts mean something in their own tenant alone.
        rows.filter(row => tenant === tenantId && row.contract !== null && row.contract === contract),
        rows.filter(row => row.contract === null && row.clientId !== null && row.clientId === clientId),
        rows.filter(row => row.contract === null && row.clientId === null),
      ]
      const level = levels.find(each => each.length > 0)
      if (level) return level.map(({ name, email, timezone, language }) => ({ name, email, timezone, language }))
      tenant = (selectParent.get(tenant) as { parentId: string | null } | undefined)?.parentId ?? null
    }
    return []
  }
  return (role, origin) => {
    for (const each of authoritiesOf(role)) {
      const people = ofRole(each, origin)
      if (people.length > 0) return { people, via: each === role ? null : each }
    }
    return NOT_FOUND
  }
}
