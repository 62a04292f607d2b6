import { err, type FactName, ITEM_KINDS, type ItemKind, isFactName, ok, type Result } from '@tillwatch/shared'
import {
  type CompiledMeasure,
  type CompiledRule,
  type CompiledStage,
  MEASURE_KINDS,
  type RuleSet,
  type TitleTemplate,
} from '../engine/rule-set.ts'
import type { Bilingual, Category, CauseClass } from '../model.ts'
import { slotOf } from '../slots.ts'
import { type Compiled, type Compiler, createCompiler, type Expression } from './expression.ts'
import {
  type MeasureSource,
  type OverrideContent,
  overrideSchema,
  type PackContent,
  packSchema,
  type RuleSource,
  STAGES,
  type Stage,
} from './schema.ts'
import { type PackProblem, type PackSource, type Path, readSource, type SourceFile } from './source.ts'
import { compileTemplate } from './template.ts'

/** Domain ruling 17.11. */
const CLEAR_HOLD_MS: Readonly<Partial<Record<CauseClass, number>>> = { ofd: 30 * 60_000 }
const CLEAR_HOLD_DEFAULT_MS = 10 * 60_000

/** What the ticket of a class is about where its rule does not say. */
const CATEGORY: Readonly<Record<CauseClass, Category>> = {
  ofd: 'ofd',
  fn_end: 'fiscal_drive',
  fn_state: 'fiscal_drive',
  link: 'connection',
  register_error: 'register',
  shift: 'register',
  clock_register: 'register',
  clock_pc: 'workstation',
  disk: 'workstation',
  agent: 'connection',
  site_link: 'connection',
  config: 'setup',
  daily: 'connection',
  sales: 'register',
  program: 'program',
}

/** Where an expression of a rule was written: in its pack or in an override. */
type Place = (path: Path, reason: string, offset?: number) => PackProblem
interface Draft {
  readonly source: RuleSource
  readonly file: SourceFile<PackContent>
  readonly changedBy: string[]
  readonly place: Place
  /** Overridden expressions are cited where they stand now. */
  readonly places: Map<string, { place: Place; path: Path }>
}

/**
 * Reads, checks and compiles packs and then changes of them. Every schema fault and every faulty expression is
 * reported with its place; nothing is compiled by halves. Pure: texts come in as strings.
 */
export function compilePack(
  sources: readonly PackSource[],
  overrides: readonly PackSource[] = [],
): Result<RuleSet, PackProblem[]> {
  return compileFiles(
    sources.map(source => readSource(source, packSchema)),
    overrides.map(source => readSource(source, overrideSchema)),
  )
}

/** What several compilations of partly the same files share. */
export interface Shared {
  /** Rules compiled before, by what they were compiled from: most rules are the same for everybody. */
  readonly compiled: Map<string, CompiledRule>
  /** Rules that exist, but not here: an override that names one is no mistake. */
  readonly elsewhere: ReadonlySet<string>
}

/** Compiles files that were read already, from the widest audience to the narrowest: a pack for fewer replaces a rule of one for more. */
export function compileFiles(
  packs: readonly SourceFile<PackContent>[],
  overrides: readonly SourceFile<OverrideContent>[],
  { compiled, elsewhere }: Shared = { compiled: new Map(), elsewhere: new Set() },
): Result<RuleSet, PackProblem[]> {
  const problems: PackProblem[] = []
  const drafts = new Map<string, Draft>()
  for (const file of packs) collectRules(file, drafts, problems)
  for (const file of overrides) applyOverrides(file, drafts, problems, elsewhere)
  const rules = [...drafts.values()].map(draft => {
    const key = JSON.stringify([draft.file.file, draft.changedBy, draft.source])
    const known = compiled.get(key)
    if (known) return known
    const before = problems.length
    const rule = compileRule(draft, problems)
    if (problems.length === before) compiled.set(key, rule)
    return rule
  })
  if (problems.length > 0) return err(problems)
  const byItem = Object.fromEntries(ITEM_KINDS.map(kind => [kind, rules.filter(rule => rule.item === kind)]))
  return ok({ rules, byItem: byItem as Record<ItemKind, CompiledRule[]> })
}

function collectRules(file: SourceFile<PackContent>, drafts: Map<string, Draft>, problems: PackProblem[]): void {
  problems.push(...file.problems)
  for (const [index, source] of file.content?.rules.entries() ?? []) {
    const place: Place = (path, reason, offset) => file.problemAt(['rules', index, ...path], reason, offset)
    const there = drafts.get(source.id)
    if (there && widthOf(there.file.content?.for) === widthOf(file.content?.for))
      problems.push(place(['id'], `the rule ${source.id} exists already; change it by an override`))
    // Overrides write into it, and the file may be compiled again with others.
    else drafts.set(source.id, { source: structuredClone(source), file, changedBy: [], place, places: new Map() })
  }
}

/** How narrow an audience is: 0 for everybody, 3 for one site. */
export const widthOf = (audience: PackContent['for']): number =>
  audience === undefined ? 0 : audience.site !== undefined ? 3 : audience.client !== undefined ? 2 : 1

function applyOverrides(
  file: SourceFile<OverrideContent>,
  drafts: Map<string, Draft>,
  problems: PackProblem[],
  elsewhere: ReadonlySet<string>,
): void {
  problems.push(...file.problems)
  for (const [id, change] of Object.entries(file.content?.overrides ?? {})) {
    const draft = drafts.get(id)
    if (!draft) {
      if (!elsewhere.has(id)) problems.push(file.problemAt(['overrides', id], `there is no rule ${id} to change`))
      continue
    }
    const { source } = draft
    draft.changedBy.push(file.file)
    if (change.hold !== undefined) source.hold = change.hold
    if (change.clear_hold !== undefined) source.clear_hold = change.clear_hold
    for (const [name, levelChange] of Object.entries(change.levels)) {
      if (!levelChange) continue
      const level = source.levels[name as Stage]
      const path = ['overrides', id, 'levels', name]
      if (!level) {
        problems.push(file.problemAt(path, `the rule ${id} has no level ${name}`))
        continue
      }
      for (const key of ['set', 'clear'] as const) {
        if (levelChange[key] === undefined) continue
        level[key] = levelChange[key]
        draft.places.set(`${name}.${key}`, { place: file.problemAt, path: [...path, key] })
      }
      if (levelChange.hold !== undefined) level.hold = levelChange.hold
    }
  }
}

function compileRule({ source, file, changedBy, place, places }: Draft, problems: PackProblem[]): CompiledRule {
  const compiler = createCompiler(Object.keys(source.measures))
  const early = createCompiler([])
  const known = new Set<string>([...source.needs, ...Object.keys(source.assume)])
  const take = <T>(compiled: Compiled<T>, path: Path, at: Place = place): Expression<T> | null => {
    if (!compiled.ok) {
      problems.push(at(path, compiled.reason, compiled.offset))
      return null
    }
    checkFacts(compiled.value.facts, known, problems, reason => at(path, reason))
    return compiled.value
  }
  const when = source.when === undefined ? null : take(early.condition(source.when), ['when'])
  const drafts = Object.entries(source.measures).map(([name, measure]) => {
    const expression = 'of' in measure ? take(early.number(measure.of), ['measures', name, 'of']) : null
    const fact = factOf(measure)
    const kind = MEASURE_KINDS.find(key => key in measure) ?? 'of'
    return { name, source: measure, kind, expression, fact, slot: fact ? slotOf(fact) : -1, unit: unitOf(measure) }
  })
  for (const { fact } of drafts) if (fact) known.add(fact)

  const title = titleOf(compiler, source.title, known, problems, (path, reason, offset) =>
    place(['title', ...path], reason, offset),
  )
  const stages = STAGES.flatMap(name => {
    const level = source.levels[name]
    if (!level) return []
    const expression = (key: 'set' | 'clear', text: string) => {
      const moved = places.get(`${name}.${key}`)
      return take(compiler.condition(text), moved?.path ?? ['levels', name, key], moved?.place ?? place)
    }
    const set = expression('set', level.set)
    const clear = level.clear === undefined ? null : expression('clear', level.clear)
    const own = level.title
      ? titleOf(compiler, level.title, known, problems, (path, reason, offset) =>
          place(['levels', name, 'title', ...path], reason, offset),
        )
      : title
    return set ? [stageOf(name, set, clear, level.hold ?? source.hold, own)] : []
  })
  const needs = source.needs.filter(isFactName)
  const reads = [...needs, ...source.fresh.filter(isFactName), ...drafts.flatMap(({ fact }) => fact ?? [])]
  const expressions = [when, ...stages.flatMap(stage => [stage.set, stage.clear])]
  return {
    id: source.id,
    file: file.file,
    changedBy,
    item: source.item,
    causeClass: source.class,
    category: source.category ?? CATEGORY[source.class],
    type: source.type,
    subject: (source.subject as FactName | undefined) ?? null,
    needs,
    reads,
    needSlots: needs.map(slotOf),
    readSlots: reads.map(slotOf),
    assumed: source.assume as CompiledRule['assumed'],
    when,
    idle: source.idle ?? null,
    measures: drafts.map(draft => ({ ...draft, thresholds: thresholdsOf(draft.name, stages) })),
    stale: source.stale,
    clearHoldMs: source.clear_hold ?? CLEAR_HOLD_MS[source.class] ?? CLEAR_HOLD_DEFAULT_MS,
    onSiteWorkaround: source.on_site_workaround,
    expected: source.expected,
    component: source.component,
    runbook: source.runbook ?? `runbooks/${source.id}.md`,
    stages,
    usesHours: expressions.some(expression => expression?.usesHours),
    isLasting: drafts.some(({ source: measure }) => 'lasting' in measure),
    countsOpening: drafts.some(({ source: measure }) => countsOpening(measure)),
    usesReplacing: expressions.some(expression => expression?.usesReplacing),
  }
}

function checkFacts(
  facts: readonly string[],
  known: ReadonlySet<string>,
  problems: PackProblem[],
  problem: (reason: string) => PackProblem,
): void {
  for (const fact of facts) {
    if (!known.has(fact)) problems.push(problem(`uses ${fact}, which is neither in needs nor in assume`))
  }
}

function titleOf(
  compiler: Compiler,
  text: Bilingual,
  known: ReadonlySet<string>,
  problems: PackProblem[],
  place: Place,
): TitleTemplate {
  const side = (language: 'ru' | 'en') => {
    const compiled = compileTemplate(compiler, language, text[language])
    if (!compiled.ok) {
      problems.push(place([language], compiled.reason, compiled.offset))
      return { facts: [], render: () => text[language] }
    }
    checkFacts(compiled.value.facts, known, problems, reason => place([language], reason))
    return compiled.value
  }
  return { ru: side('ru'), en: side('en') }
}

function stageOf(
  name: Stage,
  set: Expression<boolean>,
  clear: Expression<boolean> | null,
  holdMs: number,
  title: TitleTemplate,
): CompiledStage {
  const stop = name === 'imminent' || name === 'stopped' ? name : 'none'
  return { name, level: stop === 'none' ? (name as 'minor') : 'critical', stop, set, clear, holdMs, title }
}

const thresholdsOf = (measure: string, stages: readonly CompiledStage[]): number[] =>
  [
    ...new Set(
      stages
        .flatMap(({ set, clear }) => [...set.thresholds, ...(clear?.thresholds ?? [])])
        .filter(t => t.measure === measure)
        .map(t => t.value),
    ),
  ].sort((a, b) => a - b)

function factOf(measure: MeasureSource): FactName | null {
  const name =
    'age_of' in measure
      ? measure.age_of
      : 'days_left' in measure
        ? measure.days_left
        : 'opening_days_since' in measure
          ? measure.opening_days_since
          : ''
  return isFactName(name) ? name : null
}

const countsOpening = (measure: MeasureSource): boolean =>
  ('clock' in measure && measure.clock === 'opening') || ('lasting' in measure && measure.lasting === 'opening')

function unitOf(measure: MeasureSource): CompiledMeasure['unit'] {
  if ('of' in measure) return measure.unit
  return 'in' in measure ? measure.in : 'days'
}
