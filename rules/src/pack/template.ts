import type { FactName } from '@tillwatch/shared'
import type { Language } from '../duration.ts'
import type { Context } from './closure.ts'
import type { Compiler, Expression } from './expression.ts'

/** A title with holes: `Чеки не уходят в ОФД {span(value)}`. */
export interface Template {
  readonly facts: readonly FactName[]
  readonly render: (context: Context) => string
}
export type CompiledTemplate =
  | { readonly ok: true; readonly value: Template }
  | { readonly ok: false; readonly reason: string; readonly offset: number }

const HOLE = /\{([^{}]*)\}/g

/** Compiles the text of one language; what stands in braces is CEL that gives a text. */
export function compileTemplate(compiler: Compiler, language: Language, text: string): CompiledTemplate {
  const parts: (string | Expression<string>)[] = []
  let end = 0
  for (const match of text.matchAll(HOLE)) {
    const compiled = compiler.format(language, match[1] ?? '')
    if (!compiled.ok) return { ok: false, reason: compiled.reason, offset: match.index + 1 + compiled.offset }
    parts.push(text.slice(end, match.index), compiled.value)
    end = match.index + match[0].length
  }
  parts.push(text.slice(end))
  const stray = text.replace(HOLE, match => ' '.repeat(match.length)).search(/[{}]/)
  if (stray >= 0) return { ok: false, reason: 'a brace without its partner', offset: stray }
  return {
    ok: true,
    value: {
      facts: parts.flatMap(part => (typeof part === 'string' ? [] : part.facts)),
      render: context => parts.map(part => (typeof part === 'string' ? part : filled(part, context))).join(''),
    },
  }
}

/** A hole whose fact is missing shows a dash: half a title is better than none. */
function filled(hole: Expression<string>, context: Context): string {
  try {
    return hole.run(context)
  } catch {
    return '—'
  }
}
