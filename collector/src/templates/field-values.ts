import type { Bilingual } from '@tillwatch/rules'
import { TEMPLATE_LANGUAGES } from '@tillwatch/shared/api'
import type { Placement } from '../connectors/connector.ts'
import type { IncidentRecord } from './incident-record.ts'
import { problemsOfValue } from './template-check.ts'
import { type ReadTemplate, readTemplate } from './template-engine.ts'

type Fields = Placement['fields']

/** Does a value take something from the incident? */
const isTemplate = (value: string): boolean => /\{\{|\{%/.test(value)

/** Why a value of a field cannot be filled in; null when it can, or is just what it says. */
export function problemOfFieldValue(value: string): Bilingual | null {
  if (!isTemplate(value)) return null
  const [first] = TEMPLATE_LANGUAGES.flatMap(language => problemsOfValue(value, language))
  return first?.reason ?? null
}

/** The fields whose values are the same for every incident: what a desk can be asked about beforehand. */
export const fixedFields = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => !isTemplate(value)))

/** Templates of fields that were read, as long as their route is in force. */
const read = new WeakMap<Fields, ReadonlyMap<string, ReadTemplate>>()

/** Values with what the incident has for them. A field of which nothing comes is left out, so that no ticket fails because of it. */
export function filledFields(fields: Fields, recordOf: () => IncidentRecord): Fields {
  const templates = read.get(fields) ?? templatesOf(fields)
  read.set(fields, templates)
  if (templates.size === 0) return fields
  const record = recordOf()
  const filled = Object.entries(fields).map(([name, value]) => {
    const template = templates.get(name)
    return [name, template ? filledValue(template, record) : value] as const
  })
  return Object.fromEntries(filled.filter(([, value]) => value !== ''))
}

const templatesOf = (fields: Fields): ReadonlyMap<string, ReadTemplate> =>
  new Map(
    Object.entries(fields).flatMap(([name, value]) => {
      const template = isTemplate(value) ? readTemplate(value).template : null
      return template ? [[name, template] as const] : []
    }),
  )

function filledValue(template: ReadTemplate, record: IncidentRecord): string {
  try {
    return template.render(record)
  } catch {
    return ''
  }
}
