import type { CauseClass } from '@tillwatch/rules'
import type { ItemKind } from '@tillwatch/shared'

/**
 * The tree of what explains what: a site's link, then the till PC, then the register, then everything read from them. While a parent is
 * down, no new incident is opened below it.
 */
export const PARENTS = ['site_link', 'agent', 'register'] as const
export type Parent = (typeof PARENTS)[number]

/** `pending`: its fault is seen, but has not lasted long enough to be called one. */
export type Standing = 'up' | 'pending' | 'down'

/** What a fault is, as far as its place in the tree goes. */
export interface Fault {
  readonly kind: ItemKind
  readonly causeClass: CauseClass
  readonly rules: readonly string[]
}

/** Checks that only say that a till was not heard: they stand below its PC, whatever their class. */
const BELOW_AGENT: readonly string[] = ['daily.not_checked']

/** How many of the parents stand above a fault. */
export function depthOf({ kind, causeClass, rules }: Fault): number {
  if (causeClass === 'site_link') return 0
  if (rules.length > 0 && rules.every(rule => BELOW_AGENT.includes(rule))) return 2
  if (causeClass === 'agent') return 1
  if (causeClass === 'link') return 2
  return kind === 'register' ? 3 : 2
}

/**
 * The end of a fiscal drive is known from its date and its counter, not from the link: dates are judged always (domain ruling 17.12), no
 * parent explains them, and a till that stops unannounced is what all this is for.
 */
export const standsAlone = ({ causeClass }: Fault): boolean => causeClass === 'fn_end'

/** The topmost parent that keeps a fault from becoming an incident, or null. `standing` is asked only for those above it. */
export function suppressorOf(
  fault: Fault,
  standing: (parent: Parent) => Standing,
): { readonly parent: Parent; readonly standing: Exclude<Standing, 'up'> } | null {
  if (standsAlone(fault)) return null
  for (const parent of PARENTS.slice(0, depthOf(fault))) {
    const now = standing(parent)
    if (now !== 'up') return { parent, standing: now }
  }
  return null
}
