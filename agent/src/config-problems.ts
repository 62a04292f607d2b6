import { encodingProblem, pathText, schemaProblems, schemaProblemText } from '@tillwatch/shared'
import { LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Words, words } from './words.ts'

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

/** YAML text to a checked value, or all problems at once. Missing values take the schema's defaults. */
export function parseYamlConfig<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): { readonly value: z.output<Schema> } | { readonly problems: readonly ConfigProblem[] } {
  const unreadable = encodingProblem(text)
  if (unreadable) return { problems: [{ path: '', line: null, reason: unreadable, allowed: null }] }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  // What follows a broken line is mostly wrong because of it.
  const [broken] = document.errors
  if (broken) {
    const { line } = lines.linePos(broken.pos[0])
    const reason = words(`это не YAML (${broken.code})`, `not YAML: ${broken.message.split('\n')[0]}`)
    return { problems: [{ path: '', line, reason, allowed: null }] }
  }
  const value: unknown = document.toJS() ?? {}
  const parsed = schema.safeParse(value)
  if (parsed.success) return { value: parsed.data }
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as Node | undefined
      if (node?.range) return lines.linePos(node.range[0]).line
    }
    return null
  }
  return {
    problems: schemaProblems(schema, value, parsed.error).map(({ path, reason, allowed }) => ({
      path: pathText(path),
      line: lineOf(path),
      reason,
      allowed,
    })),
  }
}

/** `agent.yaml:3: registers[0].port: reason; allowed: …`, a line a problem. */
export function problemText(file: string, { path, line, reason, allowed }: ConfigProblem): Words {
  const told = schemaProblemText({ reason, allowed })
  const inOne = (language: keyof Words): string =>
    [`${file}${line === null ? '' : `:${line}`}`, path, told[language]].filter(part => part !== '').join(': ')
  return words(inOne('ru'), inOne('en'))
}
