import { Context, defaultOperators } from 'liquidjs'

/**
 * How much one text may cost. A template that is tried has less than one in force, so that what was saved suits an incident with more to
 * say than the sample. What ships is trusted: nothing may cost a ticket.
 */
export type Budget = 'trial' | 'opening' | 'shipped'

interface Ceilings {
  /** Pieces of a template that are filled in, each turn of a loop counted: the same on however busy a machine. */
  readonly steps: number
  /** Characters and elements that filters, ranges and comparisons go through: all of them, and at once. */
  readonly worked: number
  readonly atOnce: number
  /** Characters of the text; desks take less. */
  readonly length: number
}

const CEILINGS: Readonly<Record<Budget, Ceilings>> = {
  trial: { steps: 1_000, worked: 40_000, atOnce: 5_000, length: 40_000 },
  opening: { steps: 4_000, worked: 200_000, atOnce: 40_000, length: 120_000 },
  shipped: { steps: Infinity, worked: Infinity, atOnce: Infinity, length: Infinity },
}

type Limits = NonNullable<ConstructorParameters<typeof Context>[3]>
type Limiter = NonNullable<Limits['renderLimit']>

/** What the library asks while it fills in a text, and what holds the whole text to its length. */
export function limitsOf(budget: Budget): { readonly limits: Limits; fit(text: string): string } {
  const { steps, worked, atOnce, length } = CEILINGS[budget]
  return {
    limits: {
      // The library asks before each piece whether the time is over. By its clock a busy machine would lose texts that are right.
      renderLimit: counting(steps, 1, 'too many steps'),
      memoryLimit: counting(worked, atOnce, 'too much is made on the way'),
    },
    fit: text => {
      if (text.length > length) throw new Error('the text is too long')
      return text
    },
  }
}

function counting(most: number, atOnce: number, problem: string): Limiter {
  let count = 0
  const add = (more: number) => {
    if (more > atOnce || count + more > most) throw new Error(problem)
    count += Math.max(0, more)
  }
  // One of the library's own, which it does not give out by name, with another way of counting.
  return Object.assign(new Context().renderLimit, { use: (more: number) => add(Number(more)), check: () => add(1) })
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

/** The library's comparisons, charged for the lists that they go through: it charges filters alone. */
export const chargedOperators: typeof defaultOperators = Object.fromEntries(
  Object.entries(defaultOperators).map(([name, compare]) => {
    if (compare.length < 2 || name === 'not') return [name, compare]
    const charged = (left: unknown, right: unknown, context: Context) => {
      context.memoryLimit.use(lengthOf(left) + lengthOf(right))
      return (compare as (one: unknown, other: unknown, within: Context) => unknown)(left, right, context)
    }
    return [name, charged]
  }),
) as typeof defaultOperators
