import type { Bilingual } from '@tillwatch/rules'
import { assert, type EpochMs } from '@tillwatch/shared'
import {
  TEMPLATE_KINDS,
  TEMPLATE_LANGUAGES,
  type TemplateKind,
  type TemplateLanguage,
  type TemplateProblem,
} from '@tillwatch/shared/api'
import type { Incident } from '../incidents/incident.ts'
import type { TicketContext } from '../incidents/ticket-context.ts'
import { type IncidentRecord, type RecordSurroundings, recordOf } from './incident-record.ts'
import type { RecordField } from './record-fields.ts'
import type { Budget } from './render-budget.ts'
import { SHIPPED_TEMPLATES } from './shipped-templates.ts'
import { problemOf, type ReadTemplate, readTemplate } from './template-engine.ts'
import type { TemplateStore } from './template-store.ts'

/** An incident in the words of its tenant's templates. */
export interface TicketTexts {
  title(): Bilingual
  /** With the key in its last line, whatever the template says. */
  body(): Bilingual
  /** What people are to know: a template that did not suit this incident, so that the shipped one was taken. */
  readonly remarks: readonly Bilingual[]
}

/** Writes the texts of tickets. Runs inside the caller's transaction and never fails because of a template. */
export interface TicketWriter {
  textsOf(incident: Incident, context: TicketContext, now: EpochMs): TicketTexts
  recordOf(incident: Incident, context: TicketContext, language: TemplateLanguage, now: EpochMs): IncidentRecord
  /** Does the text of a ticket tell of that field, in each language that a desk speaks? */
  tells(tenantId: string, field: RecordField): boolean
  /** A template of the tenant changed. */
  forget(tenantId: string): void
}

/** A template in force; `id` is null for a shipped one. */
interface InForce {
  readonly id: number | null
  readonly template: ReadTemplate
}
type Book = Readonly<Record<TemplateKind, Readonly<Record<TemplateLanguage, InForce>>>>

/**
 * The writer over saved templates; those of a tenant are read and parsed once. Written is only in languages that a desk of the tenant speaks:
 * what nobody speaks says the same as the other, and nothing where nobody hears.
 */
export function createTicketWriter(
  store: TemplateStore,
  surroundings: RecordSurroundings,
  spokenTo: (tenantId: string) => ReadonlySet<TemplateLanguage> = () => EVERY_LANGUAGE,
): TicketWriter {
  const books = new Map<string, Book>()
  const bookOf = (tenantId: string): Book => {
    const kept = books.get(tenantId)
    if (kept) return kept
    const inForce = (kind: TemplateKind, language: TemplateLanguage): InForce => {
      const saved = store.current({ tenantId, kind, language })
      const template = saved?.text ? readTemplate(saved.text).template : null
      // One that a newer version of the program does not read any more is as good as none; the page of templates says so.
      return saved && template ? { id: saved.id, template } : { id: null, template: SHIPPED[kind][language] }
    }
    const book = byName(inForce)
    books.set(tenantId, book)
    return book
  }
  return {
    textsOf: (incident, context, now) => {
      const book = bookOf(incident.tenantId)
      const remarks: Bilingual[] = []
      const records = new Map<TemplateLanguage, IncidentRecord>()
      const recordIn = (language: TemplateLanguage) => {
        const record = records.get(language) ?? recordOf(incident, context, surroundings, language, now)
        records.set(language, record)
        return record
      }
      const write = (kind: TemplateKind, language: TemplateLanguage): string => {
        const { id, template } = book[kind][language]
        const shipped = () => written(kind, SHIPPED[kind][language], recordIn(language), 'shipped')
        if (id === null) return shipped()
        try {
          return written(kind, template, recordIn(language))
        } catch (thrown) {
          const problem = problemOf(thrown)
          store.failed(id, problem, now)
          remarks.push(phrases.failed(kind, language, problem))
          return shipped()
        }
      }
      const spoken = spokenTo(incident.tenantId)
      const said = (kind: TemplateKind): Bilingual => {
        const [ru, en] = TEMPLATE_LANGUAGES.map(language => (spoken.has(language) ? write(kind, language) : null))
        return { ru: ru ?? en ?? '', en: en ?? ru ?? '' }
      }
      return {
        title: () => said('title'),
        body: () => {
          const { ru, en } = said('body')
          const key = `[${incident.deskKey}]`
          return { ru: `${ru}\n\n${key}`, en: `${en}\n\n${key}` }
        },
        remarks,
      }
    },
    recordOf: (incident, context, language, now) => recordOf(incident, context, surroundings, language, now),
    tells: (tenantId, field) =>
      [...spokenTo(tenantId)].every(language =>
        bookOf(tenantId).body[language].template.fields.some(({ name }) => name === field),
      ),
    forget: tenantId => {
      books.delete(tenantId)
    },
  }
}

/** What a template makes of a record. Throws when that is nothing. */
export function written(
  kind: TemplateKind,
  template: ReadTemplate,
  record: IncidentRecord,
  budget: Budget = 'opening',
): string {
  const text = template.render(record, budget)
  const told = kind === 'title' ? text.replace(/\s+/g, ' ').trim() : text
  if (told === '') throw new Error('the text comes out empty')
  return told
}

function byName<T>(of: (kind: TemplateKind, language: TemplateLanguage) => T) {
  const inLanguages = (kind: TemplateKind) =>
    Object.fromEntries(TEMPLATE_LANGUAGES.map(language => [language, of(kind, language)]))
  return Object.fromEntries(TEMPLATE_KINDS.map(kind => [kind, inLanguages(kind)])) as Record<
    TemplateKind,
    Record<TemplateLanguage, T>
  >
}

const SHIPPED = byName((kind, language) => {
  const { template } = readTemplate(SHIPPED_TEMPLATES[kind][language])
  assert(template, `the shipped template ${kind} ${language} is right`)
  return template
})

const EVERY_LANGUAGE: ReadonlySet<TemplateLanguage> = new Set(TEMPLATE_LANGUAGES)

const KINDS: Readonly<Record<TemplateKind, Bilingual>> = {
  title: { ru: 'заголовка', en: 'title' },
  body: { ru: 'текста', en: 'body' },
}
const phrases = {
  failed: (kind: TemplateKind, language: TemplateLanguage, { line, reason }: TemplateProblem): Bilingual => ({
    ru: `Шаблон ${KINDS[kind].ru} заявки (${language}) не подошёл, взят поставляемый. Строка ${line}: ${reason.ru}`,
    en: `The template of the ticket’s ${KINDS[kind].en} (${language}) did not suit, the shipped one was taken. Line ${line}: ${reason.en}`,
  }),
}
