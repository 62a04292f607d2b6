import {
  delivered,
  type Failure,
  type Outcome,
  type Placement,
  type ProbeStep,
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

/** The one of these that has the name; otherwise the names that there are. */
export function chosen<T extends { readonly name: string }>(
  wanted: string,
  all: readonly T[],
  desk: string,
): Outcome<T> {
  const found = all.find(each => each.name === wanted)
  if (found) return delivered(found)
  const known = all.map(each => each.name).join(', ')
  return rejected('misconfigured', `no “${wanted}” in ${desk}; there are: ${known}`)
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

/** Looks at the usual place and at each of these, one step for each: whether a new ticket could go there. */
export async function placeSteps(
  placements: readonly Placement[],
  look: (placement: Placement) => Promise<Outcome<unknown>>,
  nameOf: (placement: Placement) => string,
  good = 'is there',
): Promise<readonly ProbeStep[]> {
  const steps: ProbeStep[] = []
  for (const placement of [USUAL_PLACE, ...placements]) {
    const found = await look(placement)
    const problem = found.kind === 'delivered' ? found.warning : found.message
    steps.push({ name: nameOf(placement), ok: problem === undefined, message: problem ?? good })
  }
  return steps
}
