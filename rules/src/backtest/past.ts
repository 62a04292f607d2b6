import type { EpochMs, FactValue, ItemKind, Source } from '@tillwatch/shared'
import type { CauseClass, FactState, Facts, ItemView, SiteView } from '../model.ts'

/** Something the collector learned about an item. A reading that changed nothing names no fact: all that was known is known anew. */
export interface PastEvent {
  readonly at: EpochMs
  readonly receivedAt: EpochMs
  readonly news: {
    readonly fact: string
    readonly value: FactValue
    readonly source: Source
    readonly raw?: string
  } | null
  /** Without it the item was spoken of, but not read. */
  readonly isReading: boolean
}

/** An incident that really was. */
export interface RealIncident {
  readonly number: number
  readonly causeClass: CauseClass
  readonly openedAt: EpochMs
  /** When its cause was over; null while it goes on. */
  readonly endedAt: EpochMs | null
}

/** One item as history kept it. Hours, class, spare and replacement are those of today: nobody wrote down what they were. */
export interface PastItem {
  readonly id: string
  readonly kind: ItemKind
  readonly site: SiteView | null
  readonly spare: boolean
  readonly replacementUntil: EpochMs | null
  /** When the collector came up, ascending. */
  readonly collectorStarts: readonly EpochMs[]
  /** False where no number of the item is kept: nobody can tell when it was read, so its facts count as fresh. */
  readonly hasReadings: boolean
  /** In the order in which they were received. */
  readonly events: Iterable<PastEvent>
  readonly incidents: readonly RealIncident[]
}

const LINK = 'fiscal.register.link'
const NO_ANSWER: ReadonlySet<unknown> = new Set(['silent', 'error'])

/** An item at a moment of its past, moved on event by event. */
export class PastWorld {
  /** When the item was last read; null before the first time. */
  seenAt: EpochMs | null = null
  readonly #item: PastItem
  readonly #facts = new Map<string, FactState>()
  #heardAt = 0

  constructor(item: PastItem) {
    this.#item = item
  }

  /** The fact whose value became another one, or null. What was learned late changes nothing that is newer. */
  learn({ at, receivedAt, news, isReading }: PastEvent): string | null {
    this.#heardAt = Math.max(this.#heardAt, receivedAt)
    if (isReading) this.seenAt = Math.max(this.seenAt ?? 0, at)
    if (!news) return null
    const { fact, ...rest } = news
    const before = this.#facts.get(fact)
    if (before && before.at > at) return null
    this.#facts.set(fact, { ...rest, at, receivedAt })
    return before && JSON.stringify(before.value) === JSON.stringify(rest.value) ? null : fact
  }

  view(now: EpochMs): ItemView {
    const { id, kind, site, spare, replacementUntil, collectorStarts } = this.#item
    const collectorStartedAt = collectorStarts.findLast(at => at <= now) ?? 0
    const presence = kind === 'pc' ? { lastHeardAt: this.#heardAt, collectorStartedAt } : null
    return { id, kind, site, spare, replacementUntil, presence, facts: this.#factsAt(now) }
  }

  /** A register that does not answer tells nothing anew but that. */
  #factsAt(now: EpochMs): Facts {
    const isSilent = NO_ANSWER.has(this.#facts.get(LINK)?.value)
    const seenAt = this.#item.hasReadings ? this.seenAt : now
    const facts: Record<string, FactState> = {}
    for (const [name, fact] of this.#facts) {
      const isFresh = seenAt !== null && seenAt > fact.at && (!isSilent || name === LINK)
      facts[name] = isFresh ? { ...fact, at: seenAt, receivedAt: seenAt } : fact
    }
    return facts
  }
}
