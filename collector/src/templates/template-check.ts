import type { Bilingual } from '@tillwatch/rules'
import type { TemplateKind, TemplateProblem } from '@tillwatch/shared/api'
import type { IncidentRecord, Language } from './incident-record.ts'
import { MANDATORY_FIELDS, RECORD_FIELDS, type RecordField } from './record-fields.ts'
import { sampleRecord } from './sample-record.ts'
import { problemOf, type ReadTemplate, readTemplate } from './template-engine.ts'

/** Everything that is wrong with a template; nothing when it may be saved. */
export function problemsOfTemplate(kind: TemplateKind, text: string, language: Language): readonly TemplateProblem[] {
  const value = checkValue(text, language)
  if (!value.template) return value.problems
  if (value.rendered === '') return [problem(1, 1, { ru: 'текст получается пустым', en: 'the text comes out empty' })]
  return kind === 'body' ? untold(value.template, value.rendered, sampleRecord(language)) : []
}

/** What is wrong with a template of which nothing is expected but that it can be filled in, such as the value of one field. */
export const problemsOfValue = (text: string, language: Language): readonly TemplateProblem[] =>
  checkValue(text, language).problems

type Checked =
  | { readonly problems: readonly TemplateProblem[]; readonly template: null }
  | { readonly problems: readonly []; readonly template: ReadTemplate; readonly rendered: string }

function checkValue(text: string, language: Language): Checked {
  const { template, problem: unreadable } = readTemplate(text)
  if (!template) return { problems: [unreadable], template: null }
  const unknown = template.fields
    .filter(({ name }) => !Object.hasOwn(RECORD_FIELDS, name))
    .map(({ name, line, column }) => problem(line, column, unknownField(name)))
  if (unknown.length > 0) return { problems: unknown, template: null }
  try {
    return { problems: [], template, rendered: template.render(sampleRecord(language), 'trial') }
  } catch (thrown) {
    return { problems: [problemOf(thrown)], template: null }
  }
}

/** What must be told and is not: the text stays the same whatever the record says about it. */
function untold(template: ReadTemplate, rendered: string, sample: IncidentRecord): readonly TemplateProblem[] {
  const missing = MANDATORY_FIELDS.filter(group => {
    const changed = Object.fromEntries(group.map(name => [name, otherThan(sample[name])]))
    try {
      return template.render({ ...sample, ...changed }, 'trial') === rendered
    } catch {
      // It looks at the value, or it would not have failed.
      return false
    }
  })
  return missing.map(([name = 'title']) =>
    // It is missing everywhere.
    problem(0, 0, {
      ru: `нет обязательного: ${RECORD_FIELDS[name].ru}. Добавьте {{ ${name} }}`,
      en: `this is mandatory and not told: ${RECORD_FIELDS[name].en}. Add {{ ${name} }}`,
    }),
  )
}

function otherThan(value: IncidentRecord[RecordField]): unknown {
  if (typeof value === 'number') return value + 1
  return Array.isArray(value) ? [{ at: '…', text: '…', name: '…', value: '…' }] : '…'
}

function unknownField(name: string): Bilingual {
  const near = Object.keys(RECORD_FIELDS).filter(known => known.startsWith(name.slice(0, 3)))
  const [ru, en] = near.length > 0 ? [`; есть: ${near.join(', ')}`, `; there are: ${near.join(', ')}`] : ['', '']
  return { ru: `нет поля «${name}»${ru}`, en: `there is no field “${name}”${en}` }
}

const problem = (line: number, column: number, reason: Bilingual): TemplateProblem => ({ line, column, reason })
