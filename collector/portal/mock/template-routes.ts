import {
  TEMPLATE_KINDS,
  TEMPLATE_LANGUAGES,
  type TemplateHistory,
  templateDraft,
  templateHistory,
  templatePreview,
  templatePreviewRequest,
  ticketTemplatesView,
} from '@tillwatch/shared/api'
import { both, iso, Refusal, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

const SHIPPED: Readonly<Record<string, string>> = {
  'title ru': '{{ title }}',
  'title en': '{{ title }}',
  'body ru': `{{ explanation }}
{{ since | label: "С какого времени" }}
Приоритет: {{ priority }}

{{ client | label: "Клиент" }}
{{ site | label: "Объект" }}
`,
  'body en': `{{ explanation }}
{{ since | label: "Since" }}
Priority: {{ priority }}

{{ client | label: "Client" }}
{{ site | label: "Site" }}
`,
}

const field = (name: string, ru: string, en: string, sample: ReturnType<typeof both>, mandatory = true) => ({
  ...{ name, mandatory, sample },
  about: both(ru, en),
})
const FIELDS = [
  field(
    'title',
    'что случилось, одной строкой',
    'what happened, in one line',
    both('Касса 2: чеки не уходят в ОФД', 'Till 2: receipts do not reach the OFD'),
  ),
  field(
    'explanation',
    'что случилось и почему это важно',
    'what happened and why it matters',
    both('Самый старый документ от 20.11.', 'The oldest document is of 11-20.'),
  ),
  field(
    'since',
    'с какого времени',
    'since when',
    both('20.11.2026 09:10 (Europe/Moscow)', '20.11.2026 09:10 (Europe/Moscow)'),
  ),
  field('priority', 'приоритет словами', 'priority in words', both('2 Критический', '2 Critical')),
  field('priority_level', 'приоритет числом, 1 самый срочный', 'priority as a number', both('2', '2'), false),
  field('client', 'клиент', 'client', both('Клиент из образца', 'A sample client')),
  field('site', 'объект', 'site', both('Объект из образца', 'A sample site')),
  field(
    'contact',
    'контакт на объекте',
    'contact at the site',
    both('администратор смены', 'the manager on duty'),
    false,
  ),
  field(
    'gaps',
    'что не заполнено в справочнике, список',
    'what is not filled in, a list',
    both('порядок доступа не указан', 'how to get access is not given'),
  ),
]

const FILLED = /\{\{\s*(\w+)(?:\s*\|\s*label:\s*"([^"]*)")?\s*\}\}/g

/** Texts of tickets; the mock fills in fields and labels alone. */
export function templateRoutes(state: MockState): Routes {
  const saved = new Map<string, TemplateHistory>()
  const nameOf = (parts: readonly string[]) => `${parts[1]} ${parts[2]}`
  const problemsOf = (text: string) =>
    text.split('\n').flatMap((line, index) =>
      [...line.matchAll(FILLED)]
        .filter(([, name]) => !FIELDS.some(each => each.name === name))
        .map(match => ({
          ...{ line: index + 1, column: match.index + 1 },
          reason: both(`нет поля «${match[1]}»`, `there is no field “${match[1]}”`),
        })),
    )
  const put: Routes[string] = ({ parts, body }) => {
    const { text } = templateDraft.parse(body)
    const [problem] = text === null ? [] : problemsOf(text)
    if (problem) throw new Refusal(422, 'template.invalid', `line ${problem.line}: ${problem.reason.en}`)
    const name = nameOf(parts)
    saved.set(name, [{ at: iso(state.now), author: 'Анна', text }, ...(saved.get(name) ?? [])])
    return null
  }
  const history: Routes[string] = ({ parts }) => [templateHistory, saved.get(nameOf(parts)) ?? []]
  return {
    'GET ticket-templates': () => [
      ticketTemplatesView,
      {
        fields: FIELDS,
        templates: TEMPLATE_KINDS.flatMap(kind =>
          TEMPLATE_LANGUAGES.map(language => {
            const name = `${kind} ${language}`
            const shipped = SHIPPED[name] ?? ''
            const own = saved.get(name)?.[0]
            const isOwn = own !== undefined && own.text !== null
            return {
              ...{ kind, language, shipped, text: own?.text ?? shipped, failedAt: null, failure: null },
              ...(isOwn ? { author: own.author, savedAt: own.at } : { author: null, savedAt: null }),
            }
          }),
        ),
      },
    ],
    'GET ticket-templates/*/ru/history': history,
    'GET ticket-templates/*/en/history': history,
    'PUT ticket-templates/*/ru': put,
    'PUT ticket-templates/*/en': put,
    'POST ticket-templates/*': ({ body }) => {
      const { text, language, kind, incidentId } = templatePreviewRequest.parse(body)
      const incident = state.incidents.find(({ id }) => id === incidentId)
      const fieldText = (name: string) => {
        if (name === 'title' && incident) return incident.title[language]
        return FIELDS.find(each => each.name === name)?.sample[language] ?? ''
      }
      const told = text.replace(FILLED, (_, name: string, label?: string) =>
        label ? `${label}: ${fieldText(name)}` : fieldText(name),
      )
      return [
        templatePreview,
        { text: kind === 'body' ? `${told.trim()}\n\n[tw-0123456789]` : told, problems: problemsOf(text) },
      ]
    },
  }
}
