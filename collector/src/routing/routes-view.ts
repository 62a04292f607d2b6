import { basename } from 'node:path'
import { OWN_TENANT, type PackProblem } from '@tillwatch/rules'
import type { RoutesView } from '@tillwatch/shared/api'
import type { RouteState } from './route-keeper.ts'

/** A tenant's own routes. What is wrong in files, which may be anybody's, is for the tenant whose installation it is. */
export function routesViewOf(
  { loadedAt, tenants, problems, isSilent, remarks }: RouteState,
  tenantId: string,
): RoutesView {
  const own = tenants.find(each => each.tenantId === tenantId)?.routes ?? []
  return {
    loadedAt: new Date(loadedAt).toISOString(),
    routes: own.map(({ name, desk, dry_run, continue: goesOn, for: wanted, place }) => ({
      ...{ name, desk, dryRun: dry_run, goesOn: goesOn || dry_run, wanted, place },
    })),
    problems: tenantId === OWN_TENANT ? problems.map(problemViewOf) : [],
    isSilent,
    remarks: remarks.flatMap(({ tenantId: whose, route, text }) => (whose === tenantId ? { route, text } : [])),
  }
}

const problemViewOf = ({ file, line, column, path, reason, ru }: PackProblem): RoutesView['problems'][number] => ({
  ...{ file: basename(file), line, column, path },
  reason: { ru: ru ?? reason, en: reason },
})
