import { type ProbeStep, shortened } from '../connectors/connector.ts'

/** Characters of one problem; what a desk says may be a whole page. */
const WORDS_MAX = 400

/** What does not fit between a desk and its settings, in words. */
export interface DeskProblem {
  readonly desk: string
  readonly problem: string
}

/** What is known to be wrong with the settings of desks. */
export interface DeskProblems {
  /** What a look at the whole desk brought. */
  probed(desk: string, steps: readonly ProbeStep[]): void
  /** How the last ticket was made: whole, or with a warning. */
  made(desk: string, warning: string | undefined): void
  /** Whether it lets us in: undefined when it does, otherwise what it said to the last message. */
  refused(desk: string, words: string | undefined): void
  /** By the names of desks. */
  all(): readonly DeskProblem[]
}

/** Nothing known yet. */
export function createDeskProblems(): DeskProblems {
  const byLook = new Map<string, string>()
  const byTicket = new Map<string, string>()
  const byRefusal = new Map<string, string>()
  const books = [byRefusal, byLook, byTicket]
  const keep = (book: Map<string, string>, desk: string, words: string): void => {
    if (words === '') book.delete(desk)
    else book.set(desk, shortened(words, WORDS_MAX))
  }
  return {
    probed: (desk, steps) => {
      const wrong = steps.filter(step => !step.ok).map(({ name, message }) => `${name}: ${message}`)
      keep(byLook, desk, wrong.join('; '))
    },
    made: (desk, warning) => keep(byTicket, desk, warning ?? ''),
    refused: (desk, words) => keep(byRefusal, desk, words ?? ''),
    all: () =>
      [...new Set(books.flatMap(book => [...book.keys()]))]
        .sort((one, two) => one.localeCompare(two))
        .map(desk => ({
          desk,
          problem: books.flatMap(book => book.get(desk) ?? []).join('; '),
        })),
  }
}
