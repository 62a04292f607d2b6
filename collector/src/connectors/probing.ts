import {
  delivered,
  type Failure,
  type Outcome,
  type Placement,
  type ProbeStep,
  type RoutedPlacement,
  rejected,
  USUAL_PLACE,
} from './connector.ts'

/** What a probe finds out, step by step. */
export interface Findings {
  readonly steps: readonly ProbeStep[]
  /** The first failure as an outcome. */
  readonly failure: Failure | null
  /** Adds a step; the value of a good outcome, null for a bad one. */
  note<T>(name: string, outcome: Outcome<T>, wordsOf: (value: T) => string): T | null
  /** The same for a convenience: a bad outcome is told, and keeps no ticket from being made. */
  remark<T>(name: string, outcome: Outcome<T>, wordsOf: (value: T) => string): T | null
}

/** Nothing found out yet. */
export function createFindings(): Findings {
  const steps: ProbeStep[] = []
  let failure: Failure | null = null
  const step = <T>(name: string, outcome: Outcome<T>, wordsOf: (value: T) => string): T | null => {
    const ok = outcome.kind === 'delivered'
    steps.push({ name, ok, message: ok ? wordsOf(outcome.value) : outcome.message })
    return ok ? outcome.value : null
  }
  return {
    steps,
    remark: step,
    get failure() {
      return failure
    },
    note: (name, outcome, wordsOf) => {
      if (outcome.kind !== 'delivered') failure ??= outcome
      return step(name, outcome, wordsOf)
    },
  }
}

/** What a placement may name. */
export type PlaceWord = 'project' | 'category' | 'type' | 'field'

/** The one of these that has the name; otherwise the names that there are, and which sort of name it was where several stand together. */
export function chosen<T extends { readonly name: string }>(
  wanted: string,
  all: readonly T[],
  desk: string,
  sort?: PlaceWord,
): Outcome<T> {
  const found = all.find(each => each.name === wanted)
  if (found) return delivered(found)
  const known = all.map(each => each.name).join(', ')
  if (sort === undefined) return rejected('misconfigured', `no “${wanted}” in ${desk}; there are: ${known || 'none'}`)
  return rejected('misconfigured', `no ${sort} “${wanted}” in ${desk}; there are: ${known || 'none'}`)
}

const isWrongName = (outcome: Outcome<unknown>): boolean =>
  outcome.kind === 'rejected' && ['misconfigured', 'not_found', 'forbidden', 'invalid'].includes(outcome.reason)

/** What keeps these from being used together: a desk that cannot be asked, else every wrong name at once; null when nothing does. */
export function whatIsWrong(outcomes: readonly Outcome<unknown>[]): Failure | null {
  const failures = outcomes.filter(outcome => outcome.kind !== 'delivered')
  const [first, second] = failures
  const unasked = failures.find(failure => !isWrongName(failure))
  if (unasked || !first || !second) return unasked ?? first ?? null
  return rejected('misconfigured', failures.map(({ message }) => message).join('; ')) as Failure
}

/** What a look at a desk brought. */
export interface Lookup<W> {
  readonly steps: readonly ProbeStep[]
  /** The desk's own words for our settings; null when a step failed. */
  readonly words: W | null
  /** The first failure as an outcome. */
  readonly failure: Failure | null
}

/** The words of a desk, looked up once; after a failure the next call looks again. */
export interface Knowledge<W> {
  /** Looks again, and tells step by step what there is. */
  probe(signal: AbortSignal): Promise<readonly ProbeStep[]>
  /** Does something once the words are known. */
  knowing<T>(signal: AbortSignal, work: (words: W) => Promise<Outcome<T>>): Promise<Outcome<T>>
}

/** Nothing looked up yet. */
export function createKnowledge<W>(desk: string, lookUp: (signal: AbortSignal) => Promise<Lookup<W>>): Knowledge<W> {
  let known: W | null = null
  return {
    probe: async signal => {
      const { steps, words } = await lookUp(signal)
      known = words
      return steps
    },
    knowing: async (signal, work) => {
      if (known !== null) return work(known)
      const { words, failure } = await lookUp(signal)
      known = words
      return words !== null
        ? work(words)
        : (failure ?? rejected('misconfigured', `the settings do not fit this ${desk}`))
    },
  }
}

/** What a place is called: all that its placement and the settings name. */
const nameOf = ({ project, type, category, assignee, team, fields }: Placement): string =>
  [project, type, category, assignee, team, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`)]
    .filter(part => part !== null)
    .join(', ')

const stepNameOf = (name: string, routes: readonly string[]): string => {
  const place = name === '' ? 'place' : `place ${name}`
  const [first, ...others] = routes.map(route => `“${route}”`)
  if (first === undefined) return place
  return others.length === 0 ? `${place}, route ${first}` : `${place}, routes ${[first, ...others].join(', ')}`
}

/**
 * Adds to what a probe found the usual place and each of these, one step for each: whether a new ticket could go there, and which routes send
 * it. `usual` is what the settings name. A desk that cannot be asked is asked no further, and told once.
 */
export async function withPlaces(
  found: readonly ProbeStep[],
  placements: readonly RoutedPlacement[],
  usual: Partial<Placement>,
  look: (placement: Placement) => Promise<Outcome<unknown>>,
  good = 'is there',
): Promise<readonly ProbeStep[]> {
  const places = new Map<string, { readonly placement: Placement; readonly routes: readonly string[] }>()
  for (const { routes = [], ...placement } of [USUAL_PLACE as RoutedPlacement, ...placements]) {
    const named = Object.entries(placement).filter(([, value]) => value !== null)
    const name = nameOf({ ...USUAL_PLACE, ...usual, ...Object.fromEntries(named) })
    places.set(name, { placement, routes: [...(places.get(name)?.routes ?? []), ...routes] })
  }
  const steps = [...found]
  for (const [name, { placement, routes }] of places) {
    const there = await look(placement)
    const problem = there.kind === 'delivered' ? there.warning : there.message
    const isAsked = there.kind === 'delivered' || isWrongName(there)
    if (isAsked || !found.some(step => step.message === problem)) {
      steps.push({ name: stepNameOf(name, routes), ok: problem === undefined, message: problem ?? good })
    }
    if (!isAsked) break
  }
  return steps
}
