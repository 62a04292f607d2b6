import type { CompiledRule, RuleSet } from './engine/rule-set.ts'
import type { Bilingual } from './model.ts'
import { compileFiles, widthOf } from './pack/compile.ts'
import { type OverrideContent, overrideSchema, type PackContent, packSchema } from './pack/schema.ts'
import { type PackProblem, type PackSource, readSource, type SourceFile } from './pack/source.ts'

/** One file of rules or of changes to them. */
export interface RuleFile extends PackSource {
  readonly kind: 'pack' | 'override'
  /** Comes with the program: its faults are ours. */
  readonly shipped: boolean
  /** Why its text could not be had; the text is empty then. */
  readonly unreadable?: Bilingual
}

/** Whom a file is for, by codes of the directory; what is absent narrows nothing. */
export interface Audience {
  readonly tenant: string
  readonly client?: string | undefined
  readonly site?: string | undefined
}

/** Where an item stands. */
export interface RulePlace {
  readonly tenant: string
  readonly client: string | null
  readonly site: string | null
}

interface FileInForce extends RuleFile {
  /** Null: for everybody. */
  readonly audience: Audience | null
}

/** A file that was not taken, and what holds in its stead. */
export interface RefusedFile {
  readonly file: string
  readonly shipped: boolean
  /** Null also when the file is too wrong to tell. */
  readonly audience: Audience | null
  readonly problems: readonly PackProblem[]
  readonly inForce: 'earlier' | 'nothing'
}

/** All rules of an installation: who is judged by which. */
export interface RuleBook {
  /** Those in force, packs before overrides, in the order in which they were given. */
  readonly files: readonly FileInForce[]
  readonly refused: readonly RefusedFile[]
  /** The rules for items at a place. Compiled at the first call for a combination of files, a look-up afterwards. */
  of(place: RulePlace): RuleSet
  /** Files that have a say at a place, from the widest audience to the narrowest. */
  filesAt(place: RulePlace): readonly FileInForce[]
  /** What a file does: the rules of its own audience without it and with it. */
  effectOf(file: string): { readonly without: RuleSet; readonly with: RuleSet }
}

/** The installation's own tenant: a client or a site is found in it when a file names no tenant. */
export const OWN_TENANT = 'main'

interface Opened {
  readonly source: FileInForce
  readonly content: SourceFile<PackContent | OverrideContent>
  /** Was put in the place of a newer text that is wrong. */
  readonly isEarlier: boolean
}

/**
 * Opens files of rules. A wrong file is refused by itself and what was known to be good of it before (`earlier`, by file) goes on; every
 * other file counts. Checked are each file alone and each combination that occurs at `places`. Pure.
 */
export function openRuleBook(
  files: readonly RuleFile[],
  places: readonly RulePlace[],
  earlier: ReadonlyMap<string, RuleFile> = new Map(),
): RuleBook {
  const compiled = new Map<string, CompiledRule>()
  const refused = new Map<string, RefusedFile>()
  let opened = [...files].sort((a, b) => rankOf(a) - rankOf(b)).map(file => open(file, false))
  for (;;) {
    const shelf = new Shelf(opened, compiled)
    const faults = shelf.faults(places)
    if (faults.size === 0) return bookOf(shelf, refused)
    opened = opened.flatMap(one => {
      const { file, shipped, audience } = one.source
      const problems = faults.get(file)
      if (!problems) return [one]
      const good = one.isEarlier ? undefined : earlier.get(file)
      const known = refused.get(file)?.problems ?? problems
      refused.set(file, { file, shipped, audience, problems: known, inForce: good ? 'earlier' : 'nothing' })
      return good ? [open(good, true)] : []
    })
  }
}

const rankOf = ({ kind }: RuleFile): number => (kind === 'pack' ? 0 : 1)

function open(file: RuleFile, isEarlier: boolean): Opened {
  const content = contentOf(file)
  const audience = content.content?.for
  return {
    source: { ...file, audience: audience ? { ...audience, tenant: audience.tenant ?? OWN_TENANT } : null },
    content,
    isEarlier,
  }
}

function contentOf(file: RuleFile): Opened['content'] {
  const read = file.kind === 'pack' ? readSource(file, packSchema) : readSource(file, overrideSchema)
  if (file.unreadable === undefined) return read
  return { ...read, content: null, problems: [read.problemAt([], file.unreadable.en, 0, file.unreadable.ru)] }
}

/** A book over files that were found to be right, with those that were not. */
function bookOf(shelf: Shelf, refused: ReadonlyMap<string, RefusedFile>): RuleBook {
  return {
    files: shelf.opened.map(({ source }) => source),
    get refused() {
      return [...refused.values(), ...shelf.late.values()]
    },
    of: place => shelf.rulesOf(shelf.at(place)),
    filesAt: place => shelf.at(place).map(({ source }) => source),
    effectOf: name => {
      const file = shelf.opened.find(({ source }) => source.file === name)
      const there = file ? shelf.at(homeOf(file.source.audience)) : []
      return { without: shelf.rulesOf(there.filter(one => one !== file)), with: shelf.rulesOf(there) }
    },
  }
}

/** A place at which just the files count that count for all of an audience. */
const homeOf = (audience: Audience | null): RulePlace => ({
  tenant: audience?.tenant ?? '',
  client: audience?.client ?? null,
  site: audience?.site ?? null,
})

const couldMeet = (a: Audience | null, b: Audience | null): boolean =>
  a === null ||
  b === null ||
  (a.tenant === b.tenant &&
    (a.client === undefined || b.client === undefined || a.client === b.client) &&
    (a.site === undefined || b.site === undefined || a.site === b.site))

const isFor = (audience: Audience | null, { tenant, client, site }: RulePlace): boolean =>
  audience === null ||
  (audience.tenant === tenant &&
    (audience.client === undefined || audience.client === client) &&
    (audience.site === undefined || audience.site === site))

const codesOf = (tenant: string, kind: 'client' | 'site', code: string): string => JSON.stringify([tenant, kind, code])

/** Files that are read, and the rules that any selection of them gives. */
class Shelf {
  readonly opened: readonly Opened[]
  /** Refused only where they meet others, at a place that appeared after the files were opened. */
  readonly late = new Map<string, RefusedFile>()
  readonly #compiled: Map<string, CompiledRule>
  readonly #sets = new Map<string, RuleSet>()
  /** The set of most places, found without spelling its files. */
  #common: RuleSet | null = null
  readonly #forEverybody: readonly Opened[]
  /** Files by the narrowest code that they name: a place asks three times and looks at nothing else. */
  readonly #byCode: ReadonlyMap<string, readonly Opened[]>
  readonly #rank: ReadonlyMap<Opened, number>

  constructor(opened: readonly Opened[], compiled: Map<string, CompiledRule>) {
    this.opened = opened
    this.#compiled = compiled
    const sorted = [...opened].sort((a, b) => widthOf(a.content.content?.for) - widthOf(b.content.content?.for))
    this.#rank = new Map(sorted.map((one, index) => [one, index]))
    this.#forEverybody = sorted.filter(({ source }) => source.audience === null)
    this.#byCode = Map.groupBy(
      sorted.filter(({ source }) => source.audience !== null),
      ({ source: { audience } }) =>
        audience?.site !== undefined
          ? codesOf(audience.tenant, 'site', audience.site)
          : audience?.client !== undefined
            ? codesOf(audience.tenant, 'client', audience.client)
            : (audience?.tenant ?? ''),
    )
  }

  at(place: RulePlace): readonly Opened[] {
    if (this.#byCode.size === 0) return this.#forEverybody
    const { tenant, client, site } = place
    const keys = [
      tenant,
      client === null ? null : codesOf(tenant, 'client', client),
      site === null ? null : codesOf(tenant, 'site', site),
    ]
    const narrower = keys.flatMap(key => (key === null ? [] : (this.#byCode.get(key) ?? [])))
    return narrower.length === 0
      ? this.#forEverybody
      : [...this.#forEverybody, ...narrower.filter(({ source }) => isFor(source.audience, place))]
  }

  /** As many sets as there are combinations of files: at most one more than the files that name a client or a site. */
  rulesOf(files: readonly Opened[]): RuleSet {
    if (files !== this.#forEverybody) return this.#rulesOf(files)
    this.#common ??= this.#rulesOf(files)
    return this.#common
  }

  #rulesOf(files: readonly Opened[]): RuleSet {
    const key = files.map(file => this.#rank.get(file)).join(' ')
    const known = this.#sets.get(key)
    if (known) return known
    const rules = this.#compileWhatMay(files)
    this.#sets.set(key, rules)
    return rules
  }

  /** Problems by file: of files by themselves, then of overrides over the packs that they meet, then of what meets at places. */
  faults(places: readonly RulePlace[]): ReadonlyMap<string, readonly PackProblem[]> {
    const found = (problems: readonly PackProblem[]) => Map.groupBy(problems, ({ file }) => file)
    const unread = found(this.opened.flatMap(({ content }) => content.problems))
    if (unread.size > 0) return unread
    const alone = found(this.opened.flatMap(file => this.#problemsAlone(file)))
    if (alone.size > 0) return alone
    const meetings = new Map<string, readonly Opened[]>()
    for (const place of [...this.opened.map(({ source }) => homeOf(source.audience)), ...places]) {
      const there = this.at(place)
      meetings.set(there.map(file => this.#rank.get(file)).join(' '), there)
    }
    return found([...meetings.values()].flatMap(there => this.#compile(there)).filter(isFirstOfIts))
  }

  #problemsAlone(file: Opened): readonly PackProblem[] {
    if (file.source.kind === 'pack') return this.#compile([file])
    const there = this.at(homeOf(file.source.audience)).filter(({ source }) => source.kind === 'pack')
    return this.#compile([...there, file]).filter(problem => problem.file === file.source.file)
  }

  #compile(files: readonly Opened[]): readonly PackProblem[] {
    const result = this.#compileFiles(files)
    return result.ok ? [] : result.error
  }

  #compileWhatMay(files: readonly Opened[]): RuleSet {
    const result = this.#compileFiles(files)
    if (result.ok) return result.value
    const wrong = Map.groupBy(result.error, ({ file }) => file)
    const right = files.filter(({ source }) => !wrong.has(source.file))
    for (const { source } of files) {
      const { file, shipped, audience } = source
      const problems = wrong.get(file)
      if (problems) this.late.set(file, { file, shipped, audience, problems, inForce: 'nothing' })
    }
    return this.#compileWhatMay(right)
  }

  #compileFiles(files: readonly Opened[]) {
    const of = <T>(kind: RuleFile['kind']) =>
      files.filter(({ source }) => source.kind === kind).map(({ content }) => content as SourceFile<T>)
    const here = new Set(files)
    const elsewhere = new Set(
      this.opened
        .filter(
          one =>
            one.source.kind === 'pack' &&
            !here.has(one) &&
            files.some(({ source }) => source.kind === 'override' && couldMeet(source.audience, one.source.audience)),
        )
        .flatMap(({ content }) => idsOf(content.content)),
    )
    return compileFiles(of<PackContent>('pack'), of<OverrideContent>('override'), {
      compiled: this.#compiled,
      elsewhere,
    })
  }
}

const idsOf = (content: PackContent | OverrideContent | null): readonly string[] =>
  content && 'rules' in content ? content.rules.map(({ id }) => id) : []

/** One fault is met at many places. */
const isFirstOfIts = (problem: PackProblem, index: number, all: readonly PackProblem[]): boolean =>
  all.findIndex(
    ({ file, line, column, reason }) =>
      file === problem.file && line === problem.line && column === problem.column && reason === problem.reason,
  ) === index
