import type { DatabaseSync } from 'node:sqlite'
import { AppError, type EpochMs } from '@tillwatch/shared'
import {
  TEMPLATE_KINDS,
  TEMPLATE_LANGUAGES,
  type TemplateField,
  type TemplateHistory,
  type TemplateKind,
  type TemplateLanguage,
  type TemplatePreview,
  type TicketTemplatesView,
  type templatePreviewRequest,
} from '@tillwatch/shared/api'
import type { z } from 'zod'
import type { Incident } from '../incidents/incident.ts'
import type { TicketContextReader } from '../incidents/ticket-context.ts'
import { instant, instantOrNull } from '../reads/item-facts.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { MANDATORY_FIELDS, RECORD_FIELDS, type RecordField } from './record-fields.ts'
import { sampleRecord } from './sample-record.ts'
import { SHIPPED_TEMPLATES } from './shipped-templates.ts'
import { problemsOfTemplate } from './template-check.ts'
import { problemOf, readTemplate, textOf } from './template-engine.ts'
import type { TemplateName, TemplateStore } from './template-store.ts'
import { type TicketWriter, written } from './ticket-writer.ts'

/** Texts of tickets as a tenant's administrators write them. Lives in the state thread under the name `templates`. */
export interface TicketTemplates {
  view(tenantId: string): Promise<TicketTemplatesView>
  history(name: TemplateName): Promise<TemplateHistory>
  /** Null goes back to the shipped one. Rejects with `template.invalid`, which names each line that is wrong. */
  save(name: TemplateName, text: string | null, author: string, now: EpochMs): Promise<void>
  /** What a text would make of an incident, or of the sample. Rejects with `incident.unknown`, also for one of others. */
  preview(tenantId: string, request: z.output<typeof templatePreviewRequest>, now: EpochMs): Promise<TemplatePreview>
}

export interface TemplateParts {
  readonly store: TemplateStore
  readonly writer: TicketWriter
  readonly contextOf: TicketContextReader
  readonly incidentOf: (id: string) => Incident | null
}

/** The service over a connection of the state thread. */
export function createTicketTemplates(
  database: DatabaseSync,
  { store, writer, contextOf, incidentOf }: TemplateParts,
): TicketTemplates {
  const one = (tenantId: string, kind: TemplateKind, language: TemplateLanguage) => {
    const saved = store.current({ tenantId, kind, language })
    const shipped = SHIPPED_TEMPLATES[kind][language]
    const own = saved !== null && saved.text !== null ? saved : null
    const unreadable = own?.text ? readTemplate(own.text).problem : null
    return {
      ...{ kind, language, shipped, text: own?.text ?? shipped, author: own?.author ?? null },
      savedAt: instantOrNull(own?.at ?? null),
      failedAt: instantOrNull(own?.failedAt ?? (unreadable && own ? own.at : null)),
      failure: own?.failure ?? unreadable,
    }
  }
  const recordFor = (
    tenantId: string,
    incidentId: string | null,
    language: TemplateLanguage,
    now: EpochMs,
  ): { readonly record: ReturnType<typeof sampleRecord>; readonly key: string } => {
    if (incidentId === null) {
      const record = sampleRecord(language)
      return { record, key: record.key }
    }
    const incident = incidentOf(incidentId)
    if (incident?.tenantId !== tenantId) {
      throw new AppError('incident.unknown', 'there is no such incident', { nextStep: 'Choose one from the list.' })
    }
    return { record: writer.recordOf(incident, contextOf(incident, now), language, now), key: incident.deskKey }
  }
  return {
    view: async tenantId => ({
      templates: TEMPLATE_KINDS.flatMap(kind => TEMPLATE_LANGUAGES.map(language => one(tenantId, kind, language))),
      fields: FIELDS,
    }),
    history: async name => store.history(name).map(({ at, author, text }) => ({ at: instant(at), author, text })),
    save: async (name, text, author, now) => {
      const problems = text === null ? [] : problemsOfTemplate(name.kind, text, name.language)
      if (problems.length > 0) {
        const reasons = problems.map(({ line, reason }) => `line ${line}: ${reason.en}`)
        throw new AppError('template.invalid', `the template is not saved: ${reasons.join('; ')}`, {
          nextStep: 'Correct the lines that are named; the preview says the same while you write.',
        })
      }
      await inTransaction(database, () => store.add(name, text, author, now))
      writer.forget(name.tenantId)
    },
    preview: async (tenantId, { kind, language, text, incidentId }, now) => {
      const { record, key } = recordFor(tenantId, incidentId, language, now)
      const problems = [...problemsOfTemplate(kind, text, language)]
      const { template } = readTemplate(text)
      if (!template) return { text: null, problems }
      try {
        const told = written(kind, template, record)
        return { text: kind === 'body' ? `${told}\n\n[${key}]` : told, problems }
      } catch (thrown) {
        return { text: null, problems: problems.length > 0 ? problems : [problemOf(thrown)] }
      }
    },
  }
}

const FIELDS: TemplateField[] = (Object.keys(RECORD_FIELDS) as RecordField[]).map(name => ({
  name,
  about: RECORD_FIELDS[name],
  sample: { ru: textOf(sampleRecord('ru')[name], '; '), en: textOf(sampleRecord('en')[name], '; ') },
  mandatory: MANDATORY_FIELDS.some(group => group.includes(name)),
}))
