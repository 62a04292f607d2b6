import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '@tillwatch/shared'
import type { AgentRow, Fleet } from '../../fleet/fleet.ts'
import { inTransaction } from './database.ts'
import { queriesOf } from './queries.ts'
import type { FleetTables } from './tables/fleet-tables.ts'
import type { IncidentsTables } from './tables/incidents-tables.ts'

const unknown = (agentId: string) =>
  new AppError('agent.unknown', `there is no agent ${agentId}`, {
    nextStep: 'See `tillwatch agent list` for the ids.',
    context: { agentId },
  })

/** Identities of agents over the relational file. */
export function createAgentStore(
  database: DatabaseSync,
): Pick<Fleet, 'addAgent' | 'listAgents' | 'revokeAgent' | 'rotateAgent'> {
  const queries = queriesOf<FleetTables & Pick<IncidentsTables, 'items'>>(database)
  const change = async (tenantId: string, agentId: string, values: object) => {
    const { numUpdatedRows } = await queries
      .updateTable('agents')
      .set(values)
      .where('id', '=', agentId)
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw unknown(agentId)
  }
  return {
    addAgent: (agent, now) =>
      inTransaction(database, async () => {
        const site = agent.site === null ? null : await siteOf(agent.tenantId, agent.site)
        const taken = await queries.selectFrom('agents').where('id', '=', agent.id).select('id').executeTakeFirst()
        if (taken) {
          throw new AppError('agent.exists', `an agent ${agent.id} is there already`, {
            nextStep: `Choose another id with --id, or give it a new secret: tillwatch agent rotate ${agent.id} --out FILE`,
          })
        }
        const dates = { created_at: now, credentials_changed_at: now }
        await queries
          .insertInto('agents')
          .values({ id: agent.id, tenant_id: agent.tenantId, site_id: site, secret_hash: agent.secretHash, ...dates })
          .execute()
        await queries.deleteFrom('unknown_agents').where('id', '=', agent.id).execute()
      }),
    listAgents: async (tenantId): Promise<readonly AgentRow[]> => {
      const rows = await queries
        .selectFrom('agents as a')
        .leftJoin('sites as s', 's.id', 'a.site_id')
        .where('a.tenant_id', '=', tenantId)
        .select(['a.id', 's.code as site', 'a.state', 'a.last_heard_at', 'a.version', 'a.revoked_at'])
        .orderBy('a.id')
        .execute()
      return rows.map(({ last_heard_at: lastHeardAt, revoked_at: revokedAt, ...row }) => ({
        ...row,
        lastHeardAt,
        revokedAt,
      }))
    },
    revokeAgent: async (tenantId, agentId, now) => {
      const row = await queries.selectFrom('agents').where('id', '=', agentId).select('revoked_at').executeTakeFirst()
      await change(tenantId, agentId, { revoked_at: row?.revoked_at ?? now, credentials_changed_at: now })
      // What it watched leaves the service: the incidents of its items are withdrawn when they are looked at.
      await queries
        .updateTable('items')
        .set({ next_due_at: now })
        .where('tenant_id', '=', tenantId)
        .where('agent_id', '=', agentId)
        .execute()
    },
    rotateAgent: (tenantId, agentId, secretHash, now) =>
      change(tenantId, agentId, { secret_hash: secretHash, revoked_at: null, credentials_changed_at: now }),
  }

  async function siteOf(tenantId: string, code: string): Promise<string> {
    const site = await queries
      .selectFrom('sites')
      .where('tenant_id', '=', tenantId)
      .where('code', '=', code)
      .select('id')
      .executeTakeFirst()
    if (site) return site.id
    throw new AppError('site.unknown', `there is no site ${code}`, {
      nextStep: 'Import the directory first (tillwatch import FILE), or add the site in the portal.',
    })
  }
}
