import { COLLECTOR_GRACE_MS, type EpochMs, type FactName, factDefinition, isFactName } from '@tillwatch/shared'
import { spanAt } from '../calendar/opening-hours.ts'
import { DEFAULT_ZONE } from '../calendar/zone.ts'
import type { Bilingual, ItemView, SiteView } from '../model.ts'
import { type Context, identOf } from '../pack/expression.ts'

/** Facts older than this are stale (domain ruling 17.12). */
export const STALE_MS = 2 * 3_600_000

/** What all rules of one evaluation share. */
export interface Scope {
  readonly item: ItemView
  readonly now: EpochMs
  readonly site: Pick<SiteView, 'timezone' | 'hours'>
  readonly context: Context
}

/** Zone and hours to count in; the zone of the capital where the item has no site yet, which texts say. */
export const siteOf = (item: ItemView): Scope['site'] => item.site ?? { timezone: DEFAULT_ZONE, hours: null }

const IDENTS = new Map<string, string>()
function identCached(name: string): string {
  const known = IDENTS.get(name)
  if (known !== undefined) return known
  const ident = identOf(name)
  if (isFactName(name)) IDENTS.set(name, ident)
  return ident
}

/** Puts the known facts of an item where expressions find them. */
export function scopeOf(item: ItemView, now: EpochMs): Scope {
  const site = siteOf(item)
  const context: Context = {}
  for (const name in item.facts) {
    const fact = item.facts[name]
    if (fact && fact.value !== null) context[identCached(name)] = fact.value
  }
  context['replacing'] = item.replacementUntil !== null && now < item.replacementUntil
  context['hours_known'] = site.hours !== null
  return { item, now, site, context }
}

/** `open` costs a look into the calendar, so it is worked out for the rules that ask. */
export function withHours(scope: Scope): void {
  scope.context['open'] ??= spanAt(scope.site, scope.now)?.open ?? false
}

/** Start of an agent's silence: never counts our own absence (domain ruling 17.21). */
export const silentSince = ({ presence }: ItemView): EpochMs | null =>
  presence && Math.max(presence.lastHeardAt, presence.collectorStartedAt + COLLECTOR_GRACE_MS)

/** Why a fact is not known, in words; null when it is known. */
export function whyUnknown({ item }: Scope, name: FactName): Bilingual | null {
  const fact = item.facts[name]
  if (fact && fact.value !== null) return null
  const { ru, en } = factDefinition(name)
  const reason = fact?.reason
  if (!fact) return { ru: `«${ru}» ещё не прочитано`, en: `"${en}" has not been read yet` }
  return {
    ru: `«${ru}» неизвестно${reason ? `: ${reason}` : ''}`,
    en: `"${en}" is unknown${reason ? `: ${reason}` : ''}`,
  }
}
