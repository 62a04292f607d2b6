import { z } from 'zod'
import type { BilingualText } from './api/problem.ts'

/** What a schema has against a part of a value. */
export interface SchemaProblem {
  readonly path: readonly PropertyKey[]
  /** The last step of the path is a key that may not be there at all. */
  readonly isStrayKey: boolean
  readonly reason: BilingualText
  /** What may stand there; null when the reason says it. */
  readonly allowed: BilingualText | null
}

type JsonSchema = z.core.JSONSchema.BaseSchema

/** Everything that is wrong with a value that people wrote, each with what may stand there, in words. */
export function schemaProblems(schema: z.ZodType, value: unknown, error: z.core.$ZodError): readonly SchemaProblem[] {
  const shape: JsonSchema = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return error.issues.flatMap(leavesOf).flatMap(issue => problemsOf(issue, shape, value))
}

/** Of a value that may be one thing or another, the problems inside the one that it comes nearest to. */
function leavesOf(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const depthOf = (issues: readonly z.core.$ZodIssue[]) => Math.max(0, ...issues.map(({ path }) => path.length))
  const [nearest = []] = issue.errors.toSorted((one, other) => depthOf(other) - depthOf(one))
  if (depthOf(nearest) === 0) return [issue]
  return nearest.flatMap(inner => leavesOf({ ...inner, path: [...issue.path, ...inner.path] }))
}

function problemsOf(issue: z.core.$ZodIssue, shape: JsonSchema, value: unknown): SchemaProblem[] {
  const at = schemaAt(shape, issue.path, value)
  if (issue.code === 'unrecognized_keys') {
    const keys = [...new Set(waysOf(at, valueAt(value, issue.path)).flatMap(way => Object.keys(way.properties ?? {})))]
    return issue.keys.map(key => ({
      path: [...issue.path, key],
      isStrayKey: true,
      reason: { ru: 'такого ключа нет', en: 'there is no such key' },
      allowed: same(keys.join(', ')),
    }))
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  const allowed = issue.code === 'custom' ? null : allowedText(at)
  const reason = isMissing ? { ru: 'не указано', en: 'is missing' } : reasonOf(issue, allowed !== null)
  return [{ path: issue.path, isStrayKey: false, reason, allowed }]
}

/** A rule of our own gives its Russian words along, as `params.ru`. The library's words say less than what is allowed. */
function reasonOf(issue: z.core.$ZodIssue, isTold: boolean): BilingualText {
  const { message } = issue
  if (issue.code === 'custom' && typeof issue.params?.['ru'] === 'string')
    return { ru: issue.params['ru'], en: message }
  if (!/^(?:Invalid|Too) /.test(message)) return same(message)
  return { ru: 'значение не подходит', en: isTold ? 'the value does not fit' : message }
}

const same = (text: string): BilingualText => ({ ru: text, en: text })

/** What a place of a value may be; of alternatives that name their kind only the one that the value names. */
function waysOf(schema: JsonSchema | null, value: unknown): readonly JsonSchema[] {
  if (!schema) return []
  const ways = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined
  if (!ways) return [schema]
  const all = ways.flatMap(way => waysOf(way, value))
  const named = all.filter(way => names(way, value))
  return named.length > 0 ? named : all
}

/** The alternative says what some key must hold, and the value holds it. */
function names({ properties }: JsonSchema, value: unknown): boolean {
  const fixed = Object.entries(properties ?? {}).flatMap(([key, part]) =>
    typeof part === 'object' && 'const' in part ? [[key, part.const] as const] : [],
  )
  return fixed.length > 0 && fixed.every(([key, held]) => valueAt(value, [key]) === held)
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  )

/** Part of a JSON schema that a path of the value leads to. */
function schemaAt(shape: JsonSchema, path: readonly PropertyKey[], value: unknown): JsonSchema | null {
  let at: JsonSchema | null = shape
  for (const [depth, step] of path.entries()) {
    const next: JsonSchema[] = waysOf(at, valueAt(value, path.slice(0, depth))).flatMap(way => {
      const part = typeof step === 'number' ? way.items : (way.properties?.[String(step)] ?? way.additionalProperties)
      return typeof part === 'object' && !Array.isArray(part) ? [part as JsonSchema] : []
    })
    at = next.length > 1 ? { anyOf: next } : (next[0] ?? null)
  }
  return at
}

function allowedText(schema: JsonSchema | null): BilingualText | null {
  if (!schema) return null
  const ways = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined
  if (ways) return eitherText(ways)
  if (schema.enum) return same(schema.enum.map(String).join(', '))
  if (schema.const !== undefined) return same(String(schema.const))
  if (schema.type === 'object' && schema.properties) {
    const keys = Object.keys(schema.properties).join(', ')
    return { ru: `ключи ${keys}`, en: `keys ${keys}` }
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    const [from, to] = [schema.minimum ?? schema.exclusiveMinimum ?? '−∞', schema.maximum ?? '∞']
    return schema.type === 'integer'
      ? { ru: `целое число от ${from} до ${to}`, en: `a whole number from ${from} to ${to}` }
      : { ru: `число от ${from} до ${to}`, en: `a number from ${from} to ${to}` }
  }
  if (schema.type === 'boolean') return same('true, false')
  if (schema.type === 'array') return listText(schema)
  if (schema.type !== 'string') return null
  const from = schema.minLength ?? 0
  return schema.maxLength === undefined
    ? { ru: `текст от ${from} знаков`, en: `text of at least ${from} characters` }
    : { ru: `текст от ${from} до ${schema.maxLength} знаков`, en: `text of ${from} to ${schema.maxLength} characters` }
}

/** Single values are a list of words; whole shapes are told one after another. */
function eitherText(ways: readonly JsonSchema[]): BilingualText | null {
  const texts = ways.flatMap(way => allowedText(way) ?? [])
  const distinct = texts.filter(({ en }, index) => texts.findIndex(text => text.en === en) === index)
  if (distinct.length === 0) return null
  if (ways.every(way => way.const !== undefined)) return same(distinct.map(({ en }) => en).join(', '))
  const [one, list] = distinct
  if (one && list && distinct.length === 2 && list.en === listOf(one).en) {
    return { ru: `${one.ru} или список из них`, en: `${one.en} or a list of them` }
  }
  return { ru: distinct.map(({ ru }) => ru).join(' или '), en: distinct.map(({ en }) => en).join(' or ') }
}

/** What is in a list where that can be counted up; else that it is one. */
function listText({ items }: JsonSchema): BilingualText {
  const part = typeof items === 'object' && !Array.isArray(items) ? (items as JsonSchema) : null
  const choices = part?.enum ?? part?.anyOf
  const inside = choices ? allowedText(part) : null
  return inside ? listOf(inside) : { ru: 'список', en: 'a list' }
}

const listOf = ({ ru, en }: BilingualText): BilingualText => ({ ru: `список из ${ru}`, en: `a list of ${en}` })

/** `registers[0].port`; empty for the whole. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')

/** The reason and what may stand there, in one line. */
export const schemaProblemText = ({ reason, allowed }: Pick<SchemaProblem, 'reason' | 'allowed'>): BilingualText => ({
  ru: `${reason.ru}${allowed ? `; допустимо: ${allowed.ru}` : ''}`,
  en: `${reason.en}${allowed ? `; allowed: ${allowed.en}` : ''}`,
})

/** Why bytes that were read as UTF-8 are no text of ours; null when they are. Notepad saves UTF-16, older programs Windows-1251. */
export const encodingProblem = (text: string): BilingualText | null =>
  /[\0\ufffd]/.test(text)
    ? {
        ru: 'это не текст в UTF-8; сохраните файл в кодировке UTF-8',
        en: 'this is not text in UTF-8; save the file as UTF-8',
      }
    : null
