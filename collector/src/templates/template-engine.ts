import { messageOf, TICKET_TEMPLATE_LENGTH_MAX } from '@tillwatch/shared'
import type { TemplateProblem } from '@tillwatch/shared/api'
import { Liquid, type LiquidError, type Template } from 'liquidjs'

/** Values that one text may make, by the library's count: about bytes. */
const MEMORY_MAX = 1_000_000
/** A text takes less than a millisecond of work; beyond this, on however busy a machine, the template is to blame. */
const RENDER_MS_MAX = 1_000

/** A line on which this stands is left out: a label had nothing to say. */
const NOTHING = '\u0000'

/** A template that was read and can be filled in. */
export interface ReadTemplate {
  /** Fields that it names, each where it is named first. */
  readonly fields: readonly { readonly name: string; readonly line: number; readonly column: number }[]
  /** Plain text. Throws with a reason when the values do not suit the template. */
  render(values: object): string
}

/** What came of reading a template. */
export type TemplateReading =
  | { readonly template: ReadTemplate; readonly problem: null }
  | { readonly template: null; readonly problem: TemplateProblem }

const engine = createEngine()

/** Reads a template. One that ships is trusted to end: no busy machine may cost a ticket. */
export function readTemplate(text: string, isShipped = false): TemplateReading {
  try {
    return { template: templateOf(engine.parse(text), isShipped), problem: null }
  } catch (thrown) {
    return { template: null, problem: problemOf(thrown) }
  }
}

/** What a failed reading or rendering says, and where in the template. */
export function problemOf(thrown: unknown): TemplateProblem {
  const { token, originalError } = thrown as Partial<LiquidError>
  const [line = 1, column = 1] = token?.getPosition() ?? []
  const reason = originalError instanceof Error ? originalError.message : messageOf(thrown)
  return { line, column, reason: { ru: reason, en: reason } }
}

function templateOf(parts: Template[], isShipped: boolean): ReadTemplate {
  const limits = isShipped ? { renderLimit: Number.POSITIVE_INFINITY, memoryLimit: Number.POSITIVE_INFINITY } : {}
  const { globals } = engine.analyzeSync(parts, { partials: false })
  return {
    fields: Object.entries(globals).map(([name, [first]]) => ({
      name,
      line: first?.location.row ?? 1,
      column: first?.location.col ?? 1,
    })),
    render: values => tidied(String(engine.renderSync(parts, values, limits))),
  }
}

/** Without files, other templates, the clock and chance: the same values always give the same text. */
function createEngine(): Liquid {
  const liquid = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    parseLimit: TICKET_TEMPLATE_LENGTH_MAX,
    renderLimit: RENDER_MS_MAX,
    memoryLimit: MEMORY_MAX,
  })
  for (const tag of ['include', 'render', 'layout', 'block']) Reflect.deleteProperty(liquid.tags, tag)
  for (const filter of Object.keys(liquid.filters)) {
    if (filter === 'sample' || filter.startsWith('date')) liquid.unregisterFilter(filter)
  }
  liquid.registerFilter('label', (value: unknown, label: unknown) => labelled(textOf(value, ', '), String(label)))
  liquid.registerFilter('with', (value: unknown, other: unknown, between: unknown = ', ') =>
    [textOf(value, ', '), textOf(other, ', ')].filter(Boolean).join(String(between)),
  )
  liquid.registerFilter('listed', (values: unknown, between: unknown = ', ') => textOf(values, String(between)))
  liquid.registerFilter('lines', (values: unknown) =>
    Array.isArray(values) ? values.map(value => `\n  ${textOf(value, ', ')}`).join('') : textOf(values, ', '),
  )
  return liquid
}

function labelled(text: string, label: string): string {
  if (text === '') return NOTHING
  return text.startsWith('\n') ? `${label}:${text}` : `${label}: ${text}`
}

/** What a value reads like: a list with something between, a step as its time and text, a version as its name and number. */
export function textOf(value: unknown, between: string): string {
  if (value === null || value === undefined || value === false) return ''
  if (Array.isArray(value)) return value.map(each => textOf(each, ', ')).join(between)
  return typeof value === 'object' ? Object.entries(value).flatMap(spoken).join(' ') : String(value)
}

const spoken = ([name, value]: [string, unknown]): readonly string[] => (name.endsWith('_code') ? [] : [String(value)])

/** Lines of which nothing came are left out; nothing but one empty line stands between paragraphs. */
const tidied = (text: string): string =>
  text
    .split(/\r?\n/)
    .filter(line => line.trim() !== NOTHING)
    .map(line => line.replaceAll(NOTHING, '').trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
