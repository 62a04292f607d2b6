import { COLLECTOR_GRACE_MS, type EpochMs, factDefinition } from '@tillwatch/shared'
import { type Span, spanAt } from '../calendar/opening-hours.ts'
import { type DayNumber, DEFAULT_ZONE, localDay } from '../calendar/zone.ts'
import type { Bilingual, ItemView, SiteView } from '../model.ts'
import type { Context } from '../pack/closure.ts'
import { factAt, type Slots, slotsOf } from '../slots.ts'

/** Facts older than this are stale (domain ruling 17.12). */
export const STALE_MS = 2 * 3_600_000
/** A new outlet is watched more closely: holds are half as long. */
const LAUNCH_HOLD_SHARE = 0.5

/** What all rules of one evaluation share. */
export interface Scope {
  readonly item: ItemView
  readonly now: EpochMs
  readonly site: Pick<SiteView, 'timezone' | 'hours'>
  /** The calendar day at the site. */
  readonly today: DayNumber
  /** What a hold time is multiplied by. */
  readonly holdShare: number
  readonly slots: Slots
  readonly context: ItemContext
}

/** Zone and hours to count in; the zone of the capital where the item has no site yet, which texts say. */
export const siteOf = (item: ItemView): Scope['site'] => item.site ?? NO_SITE
const NO_SITE: Scope['site'] = { timezone: DEFAULT_ZONE, hours: null }

/** Has the site's launch not ended yet? */
const isLaunching = ({ site }: ItemView, now: EpochMs): boolean => now < (site?.launchUntil ?? 0)

/** The scope of one evaluation: facts where expressions find them. */
export function scopeOf(item: ItemView, now: EpochMs): Scope {
  const site = siteOf(item)
  const slots = slotsOf(item.facts)
  const context = new ItemContext(slots, site, item.replacementUntil !== null && now < item.replacementUntil, now)
  const holdShare = isLaunching(item, now) ? LAUNCH_HOLD_SHARE : 1
  return { item, now, site, today: localDay(site.timezone, now), holdShare, slots, context }
}

const NOTHING: Readonly<Record<string, never>> = {}

/** Where the expressions of one evaluation find their values. */
class ItemContext implements Context {
  readonly slots: Slots
  readonly hours_known: boolean
  readonly replacing: boolean
  assumed: Context['assumed'] = NOTHING
  numbers: Context['numbers'] = NOTHING
  readonly #site: Scope['site']
  readonly #now: EpochMs
  #span: Span | null | undefined

  constructor(slots: Slots, site: Scope['site'], replacing: boolean, now: EpochMs) {
    this.slots = slots
    this.hours_known = site.hours !== null
    this.replacing = replacing
    this.#site = site
    this.#now = now
  }

  /** Open or closed, and until when; looked up once for all rules. Null when the passport has no opening hours. */
  get span(): Span | null {
    if (this.#span === undefined) this.#span = spanAt(this.#site, this.#now)
    return this.#span
  }

  get open(): boolean {
    return this.span?.open ?? false
  }
}

/** Start of an agent's silence: never counts our own absence (domain ruling 17.21). */
export const silentSince = ({ presence }: ItemView): EpochMs | null =>
  presence && Math.max(presence.lastHeardAt, presence.collectorStartedAt + COLLECTOR_GRACE_MS)

/** Why a fact is not known, in words; null when it is known. */
export function whyUnknown({ slots }: Scope, slot: number): Bilingual | null {
  const fact = slots[slot]
  if (fact && fact.value !== null) return null
  if (!fact) return unread(slot)
  const { ru, en } = factDefinition(factAt(slot))
  const { reason } = fact
  return {
    ru: `«${ru}» неизвестно${reason ? `: ${reason}` : ''}`,
    en: `"${en}" is unknown${reason ? `: ${reason}` : ''}`,
  }
}

const unreadTexts = new Map<number, Bilingual>()

/** Made once a fact: most registers tell but a part of the dictionary, and are asked about all of it. */
function unread(slot: number): Bilingual {
  const known = unreadTexts.get(slot)
  if (known) return known
  const { ru, en } = factDefinition(factAt(slot))
  const text = { ru: `«${ru}» ещё не прочитано`, en: `"${en}" has not been read yet` }
  unreadTexts.set(slot, text)
  return text
}
