import type { DatabaseSync } from 'node:sqlite'
import type { Facts } from '@tillwatch/rules'
import type { ItemKind } from '@tillwatch/shared'

/** What an item shares with others by its facts. */
type GroupKind = 'ofd' | 'firmware' | 'driver' | 'pos' | 'agent_version' | 'antivirus_day'
/** Of these the members are the registers that tell them; of the others, everything on the PC. */
export const REGISTER_GROUPS: readonly string[] = ['ofd', 'firmware', 'driver']

interface ItemGroup {
  readonly kind: GroupKind
  readonly value: string
}

/** The groups of an item. A fact that is not known makes none. */
function groupsOf(kind: ItemKind, facts: Facts): readonly ItemGroup[] {
  const text = (name: string): string => {
    const value = facts[name]?.value
    return typeof value === 'string' ? value.trim() : ''
  }
  const group = (of: GroupKind, ...parts: readonly string[]): ItemGroup[] =>
    parts.every(part => part !== '') ? [{ kind: of, value: parts.join(' ') }] : []
  if (kind === 'register') {
    return [
      ...group('ofd', text('fiscal.register.ofd_inn') || text('fiscal.register.ofd_name')),
      ...group('firmware', text('fiscal.register.model'), text('fiscal.register.firmware')),
      ...group('driver', text('fiscal.driver.version')),
    ]
  }
  if (kind === 'pc') {
    return [
      ...group('agent_version', text('agent.version')),
      ...group('antivirus_day', text('host.antivirus_updated_on')),
    ]
  }
  return group('pos', text('pos.app.name'), text('pos.app.version'))
}

/** Which items share what, so that the members of a group are counted by an index and not by reading every item. */
export interface ItemGroups {
  /** Called for each evaluation of an item; writes only what changed. */
  note(
    item: { readonly id: string; readonly tenantId: string; readonly agentId: string; readonly kind: ItemKind },
    facts: Facts,
  ): void
  forget(itemId: string): void
}

/** The groups over an open connection of the state thread. */
export function createItemGroups(database: DatabaseSync): ItemGroups {
  const select = database.prepare('SELECT kind, value, agent_id FROM item_groups WHERE item_id = ? ORDER BY kind')
  const upsert = database.prepare(
    `INSERT INTO item_groups (item_id, kind, value, tenant_id, agent_id) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (item_id, kind) DO UPDATE SET value = excluded.value, agent_id = excluded.agent_id`,
  )
  const remove = database.prepare('DELETE FROM item_groups WHERE item_id = ? AND kind = ?')
  const removeAll = database.prepare('DELETE FROM item_groups WHERE item_id = ?')
  return {
    note: ({ id, tenantId, agentId, kind }, facts) => {
      const groups = groupsOf(kind, facts)
      const rows = select.all(id) as unknown as { kind: string; value: string; agent_id: string }[]
      const known = new Map(rows.map(row => [row.kind, row]))
      for (const group of groups) {
        const row = known.get(group.kind)
        known.delete(group.kind)
        if (row?.value === group.value && row.agent_id === agentId) continue
        upsert.run(id, group.kind, group.value, tenantId, agentId)
      }
      for (const gone of known.keys()) remove.run(id, gone)
    },
    forget: itemId => {
      removeAll.run(itemId)
    },
  }
}
