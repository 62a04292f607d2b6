import type { FactState, TimeToStop } from '@tillwatch/rules'
import { type EpochMs, FACT_NAMES, isFactName } from '@tillwatch/shared'
import type { FactView } from '@tillwatch/shared/api'
import type { ItemState, ItemSummary } from '../alerting/evaluator-port.ts'

/** States of a moment say little after this long (domain ruling 17.12). */
const MOMENT_STALE_MS = 2 * 3_600_000
/** Identity and dates are read again at least once a day; two hours of slack for a till that opens late. */
const LASTING_STALE_MS = 26 * 3_600_000

const LASTING = new RegExp(
  [
    '^fiscal\\.register\\.(vendor|model|serial|firmware|registration_number|inn|ffd|ofd_.*|autonomous)$',
    '^fiscal\\.driver\\.',
    '^fiscal\\.fn\\.(serial|firmware|valid_until|registrations_left|exhausted_at|key_until)$',
    '^host\\.(os|name|boot_at|disk\\.(total_bytes|system|volume|full_at)|memory\\.total_bytes)$',
    '^host\\.(antivirus(_updated_on)?|remote_access|clock\\.(service|source|synchronised)|service\\.(name|start))$',
    '^pos\\.app\\.(name|version)$',
    '^(egais\\.utm|chz\\.(lm|piot))\\.(version|contour|owner_id|name|instance|inn|database_.*|.*_serial|.*_until)$',
    // Concluded anew only when something changes.
    '^fiscal\\.(drive\\.|ofd\\.contract_until$)',
    '^(daily|config|site)\\.',
    // Told when they change.
    '^agent\\.(version|checks|switched_off)$',
  ].join('|'),
)

/** True when a fact is older than a fact of its kind should be. */
export const isStale = (name: string, at: EpochMs, now: EpochMs): boolean =>
  now - at > (LASTING.test(name) ? LASTING_STALE_MS : MOMENT_STALE_MS)

const ORDER = new Map<string, number>(FACT_NAMES.map((name, index) => [name, index]))
const orderOf = (name: string) => (isFactName(name) ? (ORDER.get(name) ?? 0) : FACT_NAMES.length)

/** The facts of an item as the API shows them, in the order of the dictionary. */
export function factViews(state: ItemState, now: EpochMs): FactView[] {
  return Object.entries(state.facts)
    .sort(([a], [b]) => orderOf(a) - orderOf(b) || (a < b ? -1 : 1))
    .map(([name, fact]) => ({
      name,
      value: Array.isArray(fact.value) ? [...fact.value] : (fact.value as FactView['value']),
      source: fact.source,
      at: instant(fact.at),
      stale: isStale(name, fact.at, now),
      ...(fact.reason === undefined ? {} : { reason: fact.reason }),
      ...(fact.raw === undefined ? {} : { raw: fact.raw }),
    }))
}

/** An instant as the API writes it. */
export const instant = (at: EpochMs): string => new Date(at).toISOString()
export const instantOrNull = (at: EpochMs | null): string | null => (at === null ? null : instant(at))

export const parseState = (text: string): ItemState => JSON.parse(text) as ItemState
export const parseSummary = (text: string | null): ItemSummary | null =>
  text === null ? null : (JSON.parse(text) as ItemSummary)

const known = (facts: Readonly<Record<string, FactState>>, name: string) => facts[name]?.value ?? null

/** A text fact, or null when it is not known. */
export const textFact = (state: ItemState, name: string): string | null => {
  const value = known(state.facts, name)
  return typeof value === 'string' ? value : null
}
/** A numeric fact, or null when it is not known. */
export const numberFact = (state: ItemState, name: string): number | null => {
  const value = known(state.facts, name)
  return typeof value === 'number' ? value : null
}

/** What people call an item: model and serial of a register, the host's name, the volume, the program; its place when it has told nothing. */
export function itemTitle(
  item: { readonly kind: string; readonly slot: string; readonly identity: string | null },
  state: ItemState,
): string {
  const parts: (string | null)[] =
    item.kind === 'register'
      ? [textFact(state, 'fiscal.register.model'), textFact(state, 'fiscal.register.serial') ?? item.identity]
      : item.kind === 'pc'
        ? [textFact(state, 'host.name')]
        : item.kind === 'service'
          ? [textFact(state, 'pos.app.name') ?? textFact(state, 'host.service.name')]
          : [textFact(state, 'host.disk.volume')]
  return parts.filter(part => part !== null).join(' ') || item.slot
}

/** The time to stop as the API shows it. */
export const stopView = (summary: ItemSummary | null) => stopOf(summary?.timeToStop ?? null)

export function stopOf(stop: TimeToStop | null) {
  return stop && { at: instant(stop.at), reason: stop.reason, confidence: stop.confidence, text: stop.text }
}
