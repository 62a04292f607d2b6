import { LineCounter, type Node, parseDocument } from 'yaml'
import { z } from 'zod'

/** One thing that is wrong in a file, in words. */
export interface ConfigProblem {
  /** `registers[0].port`; empty for the file as a whole. */
  readonly path: string
  /** Line in the file, 1 for the first; null when it cannot be told. */
  readonly line: number | null
  readonly reason: string
  /** What may stand there; null when the reason says it. */
  readonly allowed: string | null
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
        reason: `not YAML: ${error.message.split('\n')[0]}`,
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
  return { problems: parsed.error.issues.flatMap(issue => problemsOf(issue, shape, lineOf)) }
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
      reason: 'there is no such key',
      allowed: keys.join(', '),
    }))
  }
  const at = schemaAt(shape, issue.path)
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return [
    {
      path: pathText(issue.path),
      line: lineOf(issue.path),
      reason: isMissing ? 'is missing' : issue.message,
      allowed: at ? allowedText(at) : null,
    },
  ]
}

/** Part of a JSON schema that a path of the value leads to. */
function schemaAt(shape: JsonSchema, path: readonly PropertyKey[]): JsonSchema | null {
  let at: JsonSchema | undefined = shape
  for (const step of path) {
    const next: unknown = typeof step === 'number' ? at?.items : at?.properties?.[String(step)]
    at = typeof next === 'object' && next !== null && !Array.isArray(next) ? (next as JsonSchema) : undefined
  }
  return at ?? null
}

function allowedText(schema: JsonSchema): string | null {
  if (schema.enum) return schema.enum.map(String).join(', ')
  if (schema.const !== undefined) return String(schema.const)
  if (schema.type === 'object' && schema.properties) return `keys ${Object.keys(schema.properties).join(', ')}`
  if (schema.type === 'integer' || schema.type === 'number') {
    const kind = schema.type === 'integer' ? 'a whole number' : 'a number'
    return `${kind} from ${schema.minimum ?? '−∞'} to ${schema.maximum ?? '∞'}`
  }
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'array') return 'a list'
  if (schema.type === 'string') {
    return `text of ${schema.minLength ?? 0} to ${schema.maxLength ?? 'any number of'} characters`
  }
  return null
}

/** `registers[0].port` */
const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')

/** `agent.yaml:3: registers[0].port: reason; allowed: …`, a line a problem. */
export const problemText = (file: string, { path, line, reason, allowed }: ConfigProblem): string =>
  [`${file}${line === null ? '' : `:${line}`}`, path, `${reason}${allowed ? `; allowed: ${allowed}` : ''}`]
    .filter(part => part !== '')
    .join(': ')
