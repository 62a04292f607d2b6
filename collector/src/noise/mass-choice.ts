import type { Priority } from '@tillwatch/rules'
import { type EpochMs, MASS_MEMBERS_MIN } from '@tillwatch/shared'
import { MASS_KEY_KINDS, type MassKeyKind } from '@tillwatch/shared/api'

const MINUTE_MS = 60_000
/** Onsets this near to one another may be one outage; ages of the OFD queue pass their level over a day. */
export const onsetWindowMs = (causeClass: string): number => (causeClass === 'ofd' ? 24 * 60 : 30) * MINUTE_MS

/** Something that several members share. */
export interface MassKey {
  readonly kind: MassKeyKind
  readonly value: string
}

/** One fault that holds, counted as one affected member (a register, or a PC for faults of PCs). */
export interface Onset {
  readonly id: string
  readonly memberId: string
  readonly siteId: string | null
  readonly onsetAt: EpochMs
  readonly priority: Priority
  readonly keys: readonly MassKey[]
  /** Nobody has looked at it before: every look is about some of these. */
  readonly isNew: boolean
}

/** Defaults of domain section 8; a contract may set `minAffected` lower for its client. */
export interface MassThresholds {
  readonly minAffected: number
  /** Share of the group's live members. */
  readonly share: number
}
export const MASS_THRESHOLDS: MassThresholds = { minAffected: MASS_MEMBERS_MIN, share: 0.2 }

/** A key explains an outage when it holds this share of the affected. */
const EXPLAINS = 0.8

export interface MassCandidate {
  readonly key: MassKey
  readonly live: number
  /** Distinct members. */
  readonly affected: number
  readonly onsets: readonly Onset[]
}

export const keyText = ({ kind, value }: MassKey): string => `${kind}:${value}`

/** What the chooser asks of the fleet. `liveOf` counts members in contact in the day before the window began; what is beyond `atMost` need not be counted. */
export interface FleetView {
  readonly liveOf: (key: MassKey, since: EpochMs, atMost: number) => number
  readonly thresholdsOf: (key: MassKey) => MassThresholds
}

/**
 * The one key that these onsets are laid to, or null when no key has enough of them (domain 8, 17.17, 18.38). The onsets are of one tenant
 * and one class, in any order. `now` is not needed: the window slides over the onsets themselves, so that a long hold hides none.
 */
export function chooseMass(onsets: readonly Onset[], windowMs: number, fleet: FleetView): MassCandidate | null {
  const densest = densestWindow(onsets, windowMs)
  const from = densest.length > 0 ? Math.min(...densest.map(each => each.onsetAt)) : 0
  const candidates = [...byKey(densest)].flatMap(([, { key, onsets: own }]) => candidateOf(key, own, from, fleet))
  const explaining = candidates.filter(each => explains(each, membersOf(densest)))
  if (explaining.length > 0) return narrowest(explaining)
  // Two outages at once: neither explains all, so the greater is taken by itself and the rest is looked at again.
  const greatest = candidates.reduce<MassCandidate | null>(
    (best, each) => (best === null || before(each, best, (one, other) => other.affected - one.affected) ? each : best),
    null,
  )
  if (!greatest) return null
  return narrowest(candidates.filter(each => explains(each, membersOf(greatest.onsets))))
}

/** The onsets of the stretch of that length that holds something new and in which most fell; the latest such stretch. */
function densestWindow(onsets: readonly Onset[], windowMs: number): readonly Onset[] {
  const sorted = [...onsets].sort((a, b) => a.onsetAt - b.onsetAt || (a.id < b.id ? -1 : 1))
  let best: readonly [number, number] = [0, 0]
  let start = 0
  /** Place of the last new one so far. */
  let newest = -1
  for (let end = 1; end <= sorted.length; end++) {
    const last = sorted[end - 1]?.onsetAt ?? 0
    while ((sorted[start]?.onsetAt ?? last) < last - windowMs) start++
    if (sorted[end - 1]?.isNew) newest = end - 1
    if (newest >= start && end - start >= best[1] - best[0]) best = [start, end]
  }
  return sorted.slice(...best)
}

function byKey(onsets: readonly Onset[]): ReadonlyMap<string, { readonly key: MassKey; readonly onsets: Onset[] }> {
  const groups = new Map<string, { key: MassKey; onsets: Onset[] }>()
  for (const onset of onsets) {
    for (const key of onset.keys) {
      const group = groups.get(keyText(key))
      if (group) group.onsets.push(onset)
      else groups.set(keyText(key), { key, onsets: [onset] })
    }
  }
  return groups
}

function candidateOf(key: MassKey, onsets: readonly Onset[], from: EpochMs, fleet: FleetView): MassCandidate[] {
  const affected = membersOf(onsets).size
  const { minAffected, share } = fleet.thresholdsOf(key)
  if (affected < minAffected) return []
  if (key.kind !== 'site' && new Set(onsets.map(each => each.siteId ?? each.memberId)).size < 2) return []
  // One that was not heard for a day and falls now is live all the same.
  const tooMany = Math.floor(affected / share) + 1
  const live = Math.max(fleet.liveOf(key, from, tooMany), affected)
  if (live < minAffected || affected < share * live) return []
  return [{ key, live, affected, onsets }]
}

const membersOf = (onsets: readonly Onset[]): ReadonlySet<string> => new Set(onsets.map(each => each.memberId))

const explains = ({ onsets }: MassCandidate, members: ReadonlySet<string>): boolean => {
  const explained = [...membersOf(onsets)].filter(each => members.has(each)).length
  return explained >= EXPLAINS * members.size
}

/** The greatest share of its members affected, then the fewer members; then an order that does not depend on chance. */
const narrowest = (candidates: readonly MassCandidate[]): MassCandidate | null =>
  candidates.reduce<MassCandidate | null>(
    (best, each) =>
      best === null || before(each, best, (a, b) => b.affected * a.live - a.affected * b.live || a.live - b.live)
        ? each
        : best,
    null,
  )

function before(
  one: MassCandidate,
  other: MassCandidate,
  compare: (one: MassCandidate, other: MassCandidate) => number,
): boolean {
  const order = compare(one, other) || MASS_KEY_KINDS.indexOf(one.key.kind) - MASS_KEY_KINDS.indexOf(other.key.kind)
  return order === 0 ? keyText(one.key) < keyText(other.key) : order < 0
}
