import type { ASTNode } from '@marcbachmann/cel-js'
import type { FactName, FactValue } from '@tillwatch/shared'
import { type Slots, slotOf } from '../slots.ts'

/** Where expressions find their values: the facts of an item, and what belongs to the rule at work. */
export interface Context {
  readonly slots: Slots
  /** What stands in for unknown facts of the rule at work. */
  assumed: Readonly<Record<string, FactValue>>
  /** Measures of the rule at work. */
  numbers: Readonly<Record<string, number>>
  readonly open: boolean
  readonly hours_known: boolean
  readonly replacing: boolean
}
/** An expression as a function; throws where the library would say why it has no value. */
type Closure = (context: Context) => unknown

/** What names of an expression stand for. */
interface Names {
  readonly measures: ReadonlySet<string>
  readonly factOf: (ident: string) => FactName | undefined
}

export const FLAGS = ['open', 'hours_known', 'replacing'] as const
type Flag = (typeof FLAGS)[number]
const isFlag = (name: string): name is Flag => FLAGS.some(flag => flag === name)

export const CONSTANTS: Readonly<Record<string, number>> = { GB: 1e9 }

/** Functions of conditions, by name. A literal step comes as a bigint from the library, as a number from here. */
export const FUNCTIONS: Readonly<Record<string, (...values: never[]) => number>> = {
  len: (values: readonly unknown[]) => values.length,
  abs: Math.abs,
  min: Math.min,
  max: Math.max,
  // How far a number is from the nearest whole multiple of a step, zero left out (domain ruling 17.20).
  off_multiple: (value: number, step: number | bigint) => {
    const size = Number(step)
    const nearest = Math.max(1, Math.round(Math.abs(value) / size)) * size
    return Math.abs(Math.abs(value) - nearest)
  },
}

const number = (value: unknown): number => {
  if (typeof value === 'number') return value
  throw new TypeError('not a number')
}
const truth = (value: unknown): boolean => {
  if (typeof value === 'boolean') return value
  throw new TypeError('not a condition')
}
const list = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value
  throw new TypeError('not a list')
}
const plain = (value: unknown): unknown => {
  if (typeof value === 'object' || value === undefined) throw new TypeError('not a plain value')
  return value
}

const BINARY: Readonly<Record<string, (left: Closure, right: Closure) => Closure>> = {
  '&&': (left, right) => context => truth(left(context)) && truth(right(context)),
  '||': (left, right) => context => truth(left(context)) || truth(right(context)),
  '<': (left, right) => context => number(left(context)) < number(right(context)),
  '<=': (left, right) => context => number(left(context)) <= number(right(context)),
  '>': (left, right) => context => number(left(context)) > number(right(context)),
  '>=': (left, right) => context => number(left(context)) >= number(right(context)),
  '==': (left, right) => context => plain(left(context)) === plain(right(context)),
  '!=': (left, right) => context => plain(left(context)) !== plain(right(context)),
  '+': (left, right) => context => number(left(context)) + number(right(context)),
  '-': (left, right) => context => number(left(context)) - number(right(context)),
  '*': (left, right) => context => number(left(context)) * number(right(context)),
  '/': (left, right) => context => number(left(context)) / number(right(context)),
  in: (left, right) => context => {
    const value = left(context)
    return list(right(context)).includes(value)
  },
}

/**
 * A checked expression as nested functions: the library's own evaluation is exact about every error, and too slow for
 * a hundred thousand registers. Null for what packs hardly use; the library runs that.
 */
export function closureOf(node: ASTNode, names: Names): Closure | null {
  const { op, args } = node as { op: string; args: unknown }
  if (op === 'value') return constant(args)
  if (op === 'id') return nameOf(String(args), names)
  if (op === 'call') {
    const [name, given] = args as [string, ASTNode[]]
    const run = FUNCTIONS[name] as ((...values: unknown[]) => number) | undefined
    const values = allOf(given, names)
    if (!run || !values) return null
    const [first, second] = values
    if (name === 'len') return first ? context => run(list(first(context))) : null
    if (first && second) return context => run(number(first(context)), number(second(context)))
    return first ? context => run(number(first(context))) : null
  }
  if (op === 'list') {
    const values = allOf(args as ASTNode[], names)
    return values && (context => values.map(value => value(context)))
  }
  if (op === '!_' || op === '-_') {
    const inner = closureOf(args as ASTNode, names)
    if (!inner) return null
    return op === '!_' ? context => !truth(inner(context)) : context => -number(inner(context))
  }
  const parts = Array.isArray(args) ? allOf(args as ASTNode[], names) : null
  if (!parts) return null
  const [first, second, third] = parts
  if (op === '?:' && first && second && third)
    return context => (truth(first(context)) ? second(context) : third(context))
  return first && second ? (BINARY[op]?.(first, second) ?? null) : null
}

function constant(value: unknown): Closure | null {
  const known = typeof value === 'bigint' ? Number(value) : value
  return ['number', 'string', 'boolean'].includes(typeof known) ? () => known : null
}

function nameOf(name: string, { measures, factOf }: Names): Closure | null {
  if (measures.has(name)) return ({ numbers }) => numbers[name]
  if (isFlag(name)) return context => context[name]
  const fact = factOf(name)
  if (fact !== undefined) {
    const slot = slotOf(fact)
    return ({ slots, assumed }) => {
      const value = slots[slot]?.value ?? assumed[fact]
      if (value === undefined) throw new TypeError('not known')
      return value
    }
  }
  const value = CONSTANTS[name]
  return value === undefined ? null : () => value
}

function allOf(nodes: readonly unknown[], names: Names): Closure[] | null {
  const closures: Closure[] = []
  for (const node of nodes) {
    const closure = isNode(node) ? closureOf(node, names) : null
    if (!closure) return null
    closures.push(closure)
  }
  return closures
}

const isNode = (node: unknown): node is ASTNode => typeof node === 'object' && node !== null && 'op' in node
