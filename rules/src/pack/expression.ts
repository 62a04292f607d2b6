import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js'
import { FACT_NAMES, type FactName, factDefinition, isFactName, messageOf } from '@tillwatch/shared'
import { factName, factWord } from '@tillwatch/shared/words'
import type { z } from 'zod'
import { dateOfDay, dayOfDate } from '../calendar/zone.ts'
import { counted, formatNumber, type Language, lastingText, lengthText, percentText, spanText } from '../duration.ts'
import { slotOf } from '../slots.ts'
import { CONSTANTS, type Context, closureOf, FLAGS, FUNCTIONS } from './closure.ts'

/** A comparison of a measure with a number: the place where time alone may change the outcome. */
interface Threshold {
  readonly measure: string
  readonly value: number
}
export interface Expression<T> {
  readonly text: string
  readonly run: (context: Context) => T
  readonly facts: readonly FactName[]
  readonly thresholds: readonly Threshold[]
  /** Uses `open` or `hours_known`. */
  readonly usesHours: boolean
  /** Uses `replacing`. */
  readonly usesReplacing: boolean
}
export type Compiled<T> =
  | { readonly ok: true; readonly value: Expression<T> }
  | { readonly ok: false; readonly reason: string; readonly offset: number }

/** A fact's name as a CEL identifier. As long as the name itself, so that positions stay. */
const identOf = (name: string): string => name.replaceAll('.', '_')
const NAME_OF_IDENT = new Map(FACT_NAMES.map(name => [identOf(name), name]))

const FIRST_WORDS = [...new Set(FACT_NAMES.map(name => name.split('.', 1)[0]))].join('|')
const FACT_OR_TEXT = new RegExp(`'[^']*'|"[^"]*"|\\b(?:${FIRST_WORDS})(?:\\.[a-z0-9_]+)+`, 'g')

/** CEL type of a fact. All numbers are doubles, so that packs never meet CEL's integers. */
function celTypeOf(schema: z.ZodType): string {
  const { type, innerType } = schema.def as { type: string; innerType?: z.ZodType }
  if (type === 'nullable' && innerType) return celTypeOf(innerType)
  if (type === 'number') return 'double'
  if (type === 'boolean') return 'bool'
  return type === 'array' ? 'list<string>' : 'string'
}

const SIGNATURES = [
  'len(list<string>)',
  'abs(double)',
  'min(double, double)',
  'max(double, double)',
  'off_multiple(double, int)',
]

function baseEnvironment(): Environment {
  const environment = new Environment()
  for (const name of FACT_NAMES) environment.registerVariable(identOf(name), celTypeOf(factDefinition(name).schema))
  for (const name of FLAGS) environment.registerVariable(name, 'bool')
  for (const [name, value] of Object.entries(CONSTANTS)) environment.registerConstant(name, 'double', value)
  for (const [left, right] of [
    ['double', 'int'],
    ['int', 'double'],
  ]) {
    environment.registerOperator(`${left} + ${right}`, (a: number, b: number) => Number(a) + Number(b))
    environment.registerOperator(`${left} - ${right}`, (a: number, b: number) => Number(a) - Number(b))
    environment.registerOperator(`${left} * ${right}`, (a: number, b: number) => Number(a) * Number(b))
    environment.registerOperator(`${left} / ${right}`, (a: number, b: number) => Number(a) / Number(b))
  }
  for (const signature of SIGNATURES) {
    const [name = ''] = signature.split('(')
    environment.registerFunction(`${signature}: double`, FUNCTIONS[name] as (...values: unknown[]) => number)
  }
  return environment
}

const dateText = (language: Language, text: string, withYear: boolean): string => {
  const [year = '', month = '', day = ''] = text.slice(0, 10).split('-')
  if (language === 'ru') return withYear ? `${day}.${month}.${year}` : `${day}.${month}`
  const name =
    ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][Number(month) - 1] ?? month
  return withYear ? `${Number(day)} ${name} ${year}` : `${Number(day)} ${name}`
}

/** Functions of titles: each gives a text in the language of the title. */
function addFormats(environment: Environment, language: Language): void {
  const add = (signature: string, run: (...values: never[]) => string) => environment.registerFunction(signature, run)
  add('days(double): string', (value: number) => lastingText(language, Math.floor(value), 'days'))
  add('hours(double): string', (value: number) => lastingText(language, Math.floor(value), 'hours'))
  add('minutes(double): string', (value: number) => lengthText(language, value * 60_000))
  // For what ends at a date: today, or in so many days.
  add('in_days(double): string', (value: number) => {
    if (value < 1) return language === 'ru' ? 'сегодня' : 'today'
    return `${language === 'ru' ? 'через' : 'in'} ${lastingText(language, Math.floor(value), 'days')}`
  })
  add('span(double): string', (hours: number) => spanText(language, hours * 3_600_000))
  add('number(double): string', (value: number) => formatNumber(language, value))
  add('percent(double): string', (value: number) => percentText(language, value))
  add(
    'gigabytes(double): string',
    (value: number) => `${formatNumber(language, Math.floor(value / 1e8) / 10)} ${language === 'ru' ? 'ГБ' : 'GB'}`,
  )
  // Values and names of facts as people call them.
  add('value_of(string, string): string', (fact: string, value: string) => factWord(fact, value, language))
  add('names(list<string>): string', (facts: readonly string[]) =>
    facts.map(name => factName(name, language)).join(', '),
  )
  add('count(double, string): string', (value: number, forms: string) => counted(language, value, forms))
  add('date(string): string', (text: string) => dateText(language, text, true))
  add('day(string): string', (text: string) => dateText(language, text, false))
  add('day_after(string, int): string', (text: string, days: bigint) =>
    dateText(language, dateOfDay((dayOfDate(text) ?? 0) + Number(days)), false),
  )
}

const CONDITIONS = baseEnvironment()
const FORMATS: Readonly<Record<Language, Environment>> = { ru: baseEnvironment(), en: baseEnvironment() }
addFormats(FORMATS.ru, 'ru')
addFormats(FORMATS.en, 'en')

/** Compiles expressions of one rule, whose measures have these names. */
export interface Compiler {
  condition(text: string): Compiled<boolean>
  number(text: string): Compiled<number>
  format(language: Language, text: string): Compiled<string>
}

export function createCompiler(measures: readonly string[]): Compiler {
  const withMeasures = (environment: Environment): Environment => {
    const own = environment.clone()
    for (const name of measures) own.registerVariable(name, 'double')
    return own
  }
  const conditions = withMeasures(CONDITIONS)
  const formats = { ru: withMeasures(FORMATS.ru), en: withMeasures(FORMATS.en) }
  return {
    condition: text => compile(conditions, text, 'bool', measures),
    number: text => compile(conditions, text, 'double', measures),
    format: (language, text) => compile(formats[language], text, 'string', measures),
  }
}

function compile<T>(environment: Environment, text: string, wanted: string, measures: readonly string[]): Compiled<T> {
  let unknown: { name: string; offset: number } | null = null
  const flat = text.replace(FACT_OR_TEXT, (match, offset: number) => {
    if (match.startsWith("'") || match.startsWith('"')) return match
    if (!isFactName(match)) unknown ??= { name: match, offset }
    return identOf(match)
  })
  if (unknown) return { ok: false, ...refusalOfName(unknown) }
  let program: ParseResult
  try {
    program = environment.parse(flat)
  } catch (thrown) {
    return { ok: false, ...refusalOf(thrown) }
  }
  const checked = program.check()
  if (!checked.valid) return { ok: false, ...refusalOf(checked.error) }
  if (checked.type !== wanted) return { ok: false, reason: `gives ${checked.type}, expected ${wanted}`, offset: 0 }
  const names = new Set<string>()
  const thresholds: Threshold[] = []
  const loose = walk(program.ast, names, thresholds, new Set(measures))
  if (wanted === 'bool' && loose) {
    return {
      ok: false,
      reason: `compare ${loose.name} with a plain number, so that its moment can be foreseen`,
      offset: loose.start,
    }
  }
  const closure = wanted === 'string' ? null : closureOf(program.ast, namesOf(measures))
  const byLibrary = (context: Context): T => program(valuesOf(names, context)) as T
  return {
    ok: true,
    value: {
      text,
      // What the closure cannot tell, the library says exactly, also what is wrong.
      run: closure ? context => orElse(closure, byLibrary, context) : byLibrary,
      facts: [...names].flatMap(name => NAME_OF_IDENT.get(name) ?? []),
      thresholds,
      usesHours: names.has('open') || names.has('hours_known'),
      usesReplacing: names.has('replacing'),
    },
  }
}

const namesOf = (measures: readonly string[]) => ({
  measures: new Set(measures),
  factOf: (ident: string) => NAME_OF_IDENT.get(ident),
})

function orElse<T>(closure: (context: Context) => unknown, byLibrary: (context: Context) => T, context: Context): T {
  try {
    return closure(context) as T
  } catch {
    return byLibrary(context)
  }
}

/** The values of these names as the library wants them: those that are known. */
function valuesOf(names: ReadonlySet<string>, context: Context): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name of names) {
    const fact = NAME_OF_IDENT.get(name)
    const value = fact
      ? (context.slots[slotOf(fact)]?.value ?? context.assumed[fact])
      : (context.numbers[name] ?? context[name as (typeof FLAGS)[number]])
    if (value !== undefined) values[name] = value
  }
  return values
}

const refusalOfName = ({ name, offset }: { name: string; offset: number }) => ({
  reason: `there is no fact ${name}`,
  offset,
})

function refusalOf(thrown: unknown): { reason: string; offset: number } {
  const { summary, range } = thrown as { summary?: string; range?: { start: number } }
  return { reason: summary ?? messageOf(thrown), offset: range?.start ?? 0 }
}

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!='])

function numberOf(node: ASTNode): number | null {
  if (node.op === 'value')
    return typeof node.args === 'number' || typeof node.args === 'bigint' ? Number(node.args) : null
  if (node.op === '-_') {
    const inner = numberOf(node.args)
    return inner === null ? null : -inner
  }
  return null
}

/** Collects names and thresholds; returns the first use of a measure outside a comparison with a number. */
function walk(
  node: ASTNode,
  names: Set<string>,
  thresholds: Threshold[],
  measures: ReadonlySet<string>,
): { name: string; start: number } | null {
  if (node.op === 'id') {
    names.add(node.args)
    return measures.has(node.args) ? { name: node.args, start: node.start } : null
  }
  if (COMPARISONS.has(node.op)) {
    const [left, right] = node.args as [ASTNode, ASTNode]
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const value = numberOf(other)
      if (side.op === 'id' && measures.has(side.args) && value !== null) {
        names.add(side.args)
        thresholds.push({ measure: side.args, value })
        return null
      }
    }
  }
  let loose: { name: string; start: number } | null = null
  for (const child of childrenOf(node.args)) loose = walk(child, names, thresholds, measures) ?? loose
  return loose
}

const isAst = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value

function childrenOf(args: unknown): ASTNode[] {
  if (isAst(args)) return [args]
  return Array.isArray(args) ? args.flatMap(childrenOf) : []
}
