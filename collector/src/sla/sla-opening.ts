import { compileBook, type PackProblem, type SlaBook } from '@tillwatch/rules'
import { AppError, err } from '@tillwatch/shared'
import { problemLine } from '../rulebook/rule-keeper.ts'
import type { FileText } from '../watched-files.ts'

/** A text of calendars or policies; what ships with the program is marked. */
export interface SlaText extends FileText {
  readonly shipped?: true
}

/** Texts of calendars and policies, in order, as read from disk. */
export interface SlaTexts {
  readonly calendars: readonly SlaText[]
  readonly policies: readonly SlaText[]
}

/** A file of the customer that does not count as it lies on the disk. */
export interface RefusedSlaFile {
  readonly file: string
  /** Empty when it is right by itself and waits for the others. */
  readonly problems: readonly PackProblem[]
  /** `earlier`: its last good text goes on; `nothing`: it has no say. */
  readonly inForce: 'earlier' | 'nothing'
}

interface OpenedSla {
  readonly book: SlaBook
  /** The texts that count. */
  readonly inForce: SlaTexts
  readonly refused: readonly RefusedSlaFile[]
}

/**
 * Opens calendars and policies. Files of the customer belong together: when one of them is wrong, what was in force goes on for all
 * (`earlier`). Where nothing was, or it no longer fits, a wrong file has no say and the others count. Throws `sla.invalid` only when what
 * ships is wrong.
 */
export function openSla(texts: SlaTexts, earlier: SlaTexts): OpenedSla {
  const wanted = compileTexts(texts)
  if (wanted.ok) return { book: wanted.value, inForce: texts, refused: [] }
  const before = stillNamed(texts, earlier)
  const compiled = ownOf(before).length > 0 ? compileTexts(before) : wanted
  if (compiled.ok) {
    return { book: compiled.value, inForce: before, refused: refusedOf(texts, before, wanted.error) }
  }
  return openRest(texts)
}

/** Leaves out what is wrong until the rest is right. */
function openRest(texts: SlaTexts): OpenedSla {
  const problems: PackProblem[] = []
  let rest = texts
  for (;;) {
    const compiled = compileTexts(rest)
    if (compiled.ok) return { book: compiled.value, inForce: rest, refused: refusedOf(texts, rest, problems) }
    problems.push(...compiled.error)
    const own = ownOf(rest)
    if (own.length === 0) {
      throw new AppError(
        'sla.invalid',
        `calendars or policies are wrong:\n  ${problems.map(problemLine).join('\n  ')}`,
        {
          nextStep: 'Install the program anew: these files come with it.',
        },
      )
    }
    const blamed = own.filter(({ file }) => compiled.error.some(problem => problem.file === file))
    rest = without(rest, blamed.length > 0 ? blamed : own)
  }
}

/** The texts as a book, or everything that is wrong with them. */
function compileTexts({ calendars, policies }: SlaTexts): ReturnType<typeof compileBook> {
  const unreadable = [...calendars, ...policies].flatMap(({ file, unreadable: reason }) =>
    reason === undefined ? [] : { file, line: 1, column: 1, path: '', reason: reason.en, ru: reason.ru },
  )
  return unreadable.length > 0 ? err(unreadable) : compileBook(calendars, policies)
}

const KINDS = ['calendars', 'policies'] as const
const ownOf = (texts: SlaTexts): readonly SlaText[] =>
  KINDS.flatMap(kind => texts[kind].filter(({ shipped }) => !shipped))

const without = (texts: SlaTexts, left: readonly SlaText[]): SlaTexts => ({
  calendars: texts.calendars.filter(text => !left.includes(text)),
  policies: texts.policies.filter(text => !left.includes(text)),
})

/** What was in force of the files that are still named, over what ships now. */
function stillNamed(texts: SlaTexts, earlier: SlaTexts): SlaTexts {
  const of = (kind: (typeof KINDS)[number]): readonly SlaText[] =>
    texts[kind].flatMap(text => (text.shipped ? text : (earlier[kind].find(({ file }) => file === text.file) ?? [])))
  return { calendars: of('calendars'), policies: of('policies') }
}

function refusedOf(texts: SlaTexts, inForce: SlaTexts, problems: readonly PackProblem[]): readonly RefusedSlaFile[] {
  return KINDS.flatMap(kind =>
    texts[kind]
      .filter(text => !text.shipped)
      .flatMap(({ file, text }) => {
        const counts = inForce[kind].find(each => each.file === file)
        const own = problems.filter(problem => problem.file === file)
        const isTaken = counts?.text === text && own.length === 0
        return isTaken ? [] : { file, problems: own, inForce: counts ? ('earlier' as const) : ('nothing' as const) }
      }),
  )
}
