import type { DatabaseSync } from 'node:sqlite'
import type { BilingualText } from '@tillwatch/shared/api'
import type { Route } from './route-schema.ts'

/** Something in a route that is right and yet takes nothing. */
export interface RouteRemark {
  readonly tenantId: string
  readonly route: string
  readonly text: BilingualText
}

const KINDS = [
  { key: 'client', table: 'clients', ru: 'клиента', en: 'client' },
  { key: 'site', table: 'sites', ru: 'объекта', en: 'site' },
] as const

type TenantRoutes = { readonly tenantId: string; readonly routes: readonly Route[] }

/** Codes in routes that the directory does not know now: a wrong letter, or a client still to be imported. */
export function createRouteRemarks(
  database: DatabaseSync,
): (tenants: readonly TenantRoutes[]) => readonly RouteRemark[] {
  const kinds = KINDS.map(({ key, table, ru, en }) => ({
    ...{ key, ru, en },
    find: database.prepare(`SELECT 1 FROM ${table} WHERE tenant_id = ? AND code = ?`),
  }))
  return tenants =>
    tenants.flatMap(({ tenantId, routes }) =>
      routes.flatMap(route =>
        kinds.flatMap(({ key, ru, en, find }) => {
          const strange = (route.for[key] ?? []).filter(code => find.get(tenantId, code) === undefined)
          if (strange.length === 0) return []
          const text = {
            ru: `в справочнике нет ${ru} ${strange.map(code => `«${code}»`).join(', ')}`,
            en: `the directory has no ${en} ${strange.map(code => `“${code}”`).join(', ')}`,
          }
          return { tenantId, route: route.name, text }
        }),
      ),
    )
}
