import { messageOf, TICKET_TEMPLATE_LENGTH_MAX } from '@tillwatch/shared'
import type { TemplateProblem } from '@tillwatch/shared/api'
import { Context, Liquid, type LiquidError, type Template } from 'liquidjs'
import { type Budget, chargedOperators, limitsOf } from './render-budget.ts'
import { reasonText } from './template-reasons.ts'

/** A line on which this stands is left out: a label had nothing to say. */
const NOTHING = '\u0000'

/** A template that was read and can be filled in. */
export interface ReadTemplate {
  /** Fields that it names, each where it is named first. */
  readonly fields: readonly { readonly name: string; readonly line: number; readonly column: number }[]
  /** Plain text. Throws with a reason when the values do not suit the template, or it takes more work than the budget has. */
  render(values: object, budget?: Budget): string
}

/** What came of reading a template. */
export type TemplateReading =
  | { readonly template: ReadTemplate; readonly problem: null }
  | { readonly template: null; readonly problem: TemplateProblem }

/** Every one of them is charged for what it makes; what ships uses four. */
const FILTERS: ReadonlySet<string> = new Set(
  `append at_least at_most capitalize compact concat default divided_by downcase first join last map minus modulo plus prepend
   reject remove remove_first replace replace_first reverse round size sort split squish strip times truncate truncatewords uniq
   upcase where`.split(/\s+/),
)
/** Those that read other templates, and those whose work the library does not charge for. */
const TAGS_LEFT_OUT = ['include', 'render', 'layout', 'block', 'capture', 'case', 'tablerow']

const engine = createEngine()

/** Reads a template. */
export function readTemplate(text: string): TemplateReading {
  try {
    return { template: templateOf(engine.parse(text)), problem: null }
  } catch (thrown) {
    return { template: null, problem: problemOf(thrown) }
  }
}

/** What a failed reading or rendering says, and where in the template. */
export function problemOf(thrown: unknown): TemplateProblem {
  const { token, originalError } = thrown as Partial<LiquidError>
  const [line = 1, column = 1] = token?.getPosition() ?? []
  const reason = originalError instanceof Error ? originalError.message : messageOf(thrown)
  return { line, column, reason: reasonText(reason) }
}

function templateOf(parts: Template[]): ReadTemplate {
  const { globals } = engine.analyzeSync(parts, { partials: false })
  return {
    fields: Object.entries(globals).map(([name, [first]]) => ({
      name,
      line: first?.location.row ?? 1,
      column: first?.location.col ?? 1,
    })),
    render: (values, budget = 'opening') => {
      const { limits, fit } = limitsOf(budget)
      const context = new Context(values, engine.options, { sync: true }, { ...limits, liquid: engine })
      return tidied(fit(String(engine.renderSync(parts, context))))
    },
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
    operators: chargedOperators,
  })
  for (const tag of TAGS_LEFT_OUT) Reflect.deleteProperty(liquid.tags, tag)
  for (const filter of Object.keys(liquid.filters)) if (!FILTERS.has(filter)) liquid.unregisterFilter(filter)
  const ownFilter = (name: string, run: (value: unknown, ...more: readonly unknown[]) => string) =>
    liquid.registerFilter(name, function (value, ...more) {
      const text = run(value, ...more)
      this.context.memoryLimit.use(text.length)
      return text
    })
  ownFilter('label', (value, label) => labelled(textOf(value, ', '), String(label)))
  ownFilter('with', (value, other, between = ', ') =>
    [textOf(value, ', '), textOf(other, ', ')].filter(Boolean).join(String(between)),
  )
  ownFilter('listed', (values, between = ', ') => textOf(values, String(between)))
  ownFilter('lines', values =>
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
