import { LineCounter, type Node, parseDocument } from 'yaml'
import { z } from 'zod'
import { same, type Words, words } from './words.ts'

/** One thing that is wrong in a file, in words. */
export interface ConfigProblem {
  /** `registers[0].port`; empty for the file as a whole. */
  readonly path: string
  /** Line in the file, 1 for the first; null when it cannot be told. */
  readonly line: number | null
  readonly reason: Words
  /** What may stand there; null when the reason says it. */
  readonly allowed: Words | null
}

type JsonSchema = z.core.JSONSchema.BaseSchema

/** YAML text to a checked value, or all problems at once. Missing values take the schema's defaults. */
export function parseYamlConfig<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): { readonly value: z.output<Schema> } | { readonly problems: readonly ConfigProblem[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(error => ({
        path: '',
        line: lines.linePos(error.pos[0]).line,
        reason: words(`это не YAML (${error.code})`, `not YAML: ${error.message.split('\n')[0]}`),
        allowed: null,
      })),
    }
  }
  const parsed = schema.safeParse(document.toJS() ?? {})
  if (parsed.success) return { value: parsed.data }
  const shape: JsonSchema = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as Node | undefined
      if (node?.range) return lines.linePos(node.range[0]).line
    }
    return null
  }
  return { problems: parsed.error.issues.flatMap(leavesOf).flatMap(issue => problemsOf(issue, shape, lineOf)) }
}

/** Of a value that may be one thing or another, the problems inside the one that it comes nearest to. */
function leavesOf(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const depthOf = (issues: readonly z.core.$ZodIssue[]) => Math.max(0, ...issues.map(({ path }) => path.length))
  const [nearest = []] = issue.errors.toSorted((one, other) => depthOf(other) - depthOf(one))
  if (depthOf(nearest) === 0) return [issue]
  return nearest.flatMap(inner => leavesOf({ ...inner, path: [...issue.path, ...inner.path] }))
}

function problemsOf(
  issue: z.core.$ZodIssue,
  shape: JsonSchema,
  lineOf: (path: readonly PropertyKey[]) => number | null,
): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const keys = Object.keys(schemaAt(shape, issue.path)?.properties ?? {})
    return issue.keys.map(key => ({
      path: pathText([...issue.path, key]),
      line: lineOf([...issue.path, key]),
      reason: words('такого ключа нет', 'there is no such key'),
      allowed: same(keys.join(', ')),
    }))
  }
  const at = schemaAt(shape, issue.path)
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return [
    {
      path: pathText(issue.path),
      line: lineOf(issue.path),
      reason: isMissing ? words('не указано', 'is missing') : words(russianOf(issue), issue.message),
      allowed: at && issue.code !== 'custom' ? allowedText(at) : null,
    },
  ]
}

/** A rule of our own gives its Russian words along, as `params.ru`; of the others what is allowed says it. */
const russianOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'custom' && typeof issue.params?.['ru'] === 'string' ? issue.params['ru'] : 'значение не подходит'

/** Part of a JSON schema that a path of the value leads to. */
function schemaAt(shape: JsonSchema, path: readonly PropertyKey[]): JsonSchema | null {
  let at: JsonSchema | undefined = shape
  for (const step of path) {
    const ways = (at?.anyOf ?? [at]) as readonly (JsonSchema | undefined)[]
    const next: unknown = ways
      .map(way => (typeof step === 'number' ? way?.items : way?.properties?.[String(step)]))
      .find(Boolean)
    at = typeof next === 'object' && next !== null && !Array.isArray(next) ? (next as JsonSchema) : undefined
  }
  return at ?? null
}

function allowedText(schema: JsonSchema): Words | null {
  if (schema.anyOf) {
    const ways = (schema.anyOf as readonly JsonSchema[]).flatMap(way => allowedText(way) ?? [])
    return words(ways.map(({ ru }) => ru).join(' или '), ways.map(({ en }) => en).join(' or '))
  }
  if (schema.enum) return same(schema.enum.map(String).join(', '))
  if (schema.const !== undefined) return same(String(schema.const))
  if (schema.type === 'object' && schema.properties) {
    const keys = Object.keys(schema.properties).join(', ')
    return words(`ключи ${keys}`, `keys ${keys}`)
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    const [from, to] = [schema.minimum ?? '−∞', schema.maximum ?? '∞']
    return schema.type === 'integer'
      ? words(`целое число от ${from} до ${to}`, `a whole number from ${from} to ${to}`)
      : words(`число от ${from} до ${to}`, `a number from ${from} to ${to}`)
  }
  if (schema.type === 'boolean') return words('true или false', 'true or false')
  if (schema.type === 'array') return words('список', 'a list')
  if (schema.type !== 'string') return null
  const from = schema.minLength ?? 0
  return schema.maxLength === undefined
    ? words(`текст от ${from} знаков`, `text of at least ${from} characters`)
    : words(`текст от ${from} до ${schema.maxLength} знаков`, `text of ${from} to ${schema.maxLength} characters`)
}

/** `registers[0].port` */
const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')

/** `agent.yaml:3: registers[0].port: reason; allowed: …`, a line a problem. */
export function problemText(file: string, { path, line, reason, allowed }: ConfigProblem): Words {
  const inOne = (language: keyof Words, allows: string): string =>
    [
      `${file}${line === null ? '' : `:${line}`}`,
      path,
      `${reason[language]}${allowed ? `; ${allows}: ${allowed[language]}` : ''}`,
    ]
      .filter(part => part !== '')
      .join(': ')
  return words(inOne('ru', 'допустимо'), inOne('en', 'allowed'))
}
