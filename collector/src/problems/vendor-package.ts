import type { Bilingual } from '@tillwatch/rules'
import { redactText } from '@tillwatch/shared'

/** What a vendor is given about an incident (R42): how to reproduce it, whom it touches, what was seen and done. Redacted. */
export interface VendorPackage {
  readonly number: number
  readonly title: Bilingual
  readonly madeAt: string
  readonly onsetAt: string
  readonly openedAt: string
  readonly solvedAt: string | null
  readonly priority: number
  readonly businessEffect: Bilingual
  readonly timeToStop: Bilingual | null
  readonly explanation: Bilingual
  readonly expected: Bilingual
  readonly component: Bilingual
  readonly frequency: Bilingual
  /** How to reproduce it, as people wrote it down; empty when nobody has. */
  readonly steps: string
  readonly rootCause: string
  readonly workaround: string
  /** Registers and clients with incidents of the same type in the last 30 days, this one included. */
  readonly touched: { readonly incidents: number; readonly items: number; readonly clients: number }
  readonly facts: readonly {
    readonly name: string
    readonly title: Bilingual
    readonly value: string
    readonly raw: string | null
    readonly at: string
  }[]
  /** Everything that happened around it, oldest first. */
  readonly events: readonly { readonly at: string; readonly text: Bilingual }[]
  readonly logs: readonly { readonly at: string; readonly text: string }[]
}

/** Russian telephone numbers, however they are written. A number without a sign between its parts is a serial, not a telephone. */
const TELEPHONE = /(?:\+7|(?<!\d)8)[\s(-]{1,2}\d{3}[\s)-]{1,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)|\+7\d{10}(?!\d)/g

/** A password as people tell it to one another, without any sign: the first word with a digit soon after its name. */
const SPOKEN_SECRET =
  /((?:парол[ьяюе]м?|пин(?:-?код[ауом]*)?|password|(?<![a-z])pin(?:-?code)?)(?:\s+\p{L}+){0,3}\s*[—–:=-]?\s*)(?=\S*\d)\S+/giu

/** A text as a stranger may read it: without secrets, mail addresses and telephone numbers. */
const forStrangers = (text: string): string =>
  redactText(text).replace(SPOKEN_SECRET, '$1[removed]').replace(TELEPHONE, '[removed]')

/** Whatever people or devices wrote, as strangers may read it. Who wrote it is left out before. */
export function redacted<T>(value: T): T {
  if (typeof value === 'string') return forStrangers(value) as T
  if (Array.isArray(value)) return value.map(each => redacted<unknown>(each)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redacted<unknown>(each)])) as T
}

type Language = keyof Bilingual
const LOG_LINES_MAX = 400

const WORDS = {
  incident: { ru: 'Инцидент', en: 'Incident' },
  what: { ru: 'Что происходит', en: 'What happens' },
  steps: { ru: 'Как воспроизвести', en: 'How to reproduce' },
  noSteps: {
    ru: 'Шаги не записаны. Наблюдаемое и ход событий — ниже.',
    en: 'Nobody has written the steps down. What was seen stands below.',
  },
  expected: { ru: 'Ожидаемый результат', en: 'Expected result' },
  effect: { ru: 'Влияние на работу', en: 'Business effect' },
  touched: { ru: 'Затронуто за 30 дней', en: 'Touched in 30 days' },
  cause: { ru: 'Известно о причине', en: 'Known about the cause' },
  workaround: { ru: 'Обходное решение', en: 'Workaround' },
  versions: { ru: 'Версии и показания', en: 'Versions and readings' },
  events: { ru: 'Ход событий', en: 'What happened when' },
  logs: { ru: 'Журнал агента', en: "The agent's log" },
  component: { ru: 'Компонент', en: 'Component' },
  since: { ru: 'С какого времени', en: 'Since' },
  solved: { ru: 'Решён', en: 'Solved' },
  frequency: { ru: 'Частота', en: 'Frequency' },
  priority: { ru: 'Приоритет', en: 'Priority' },
  made: { ru: 'Собрано', en: 'Made' },
} as const satisfies Record<string, Bilingual>

/** A text of people or devices as text: it makes no heading, picture, link or tag of its own. Lists stay lists. */
const plain = (text: string): string =>
  text
    .replace(/[\\`<[\]]/g, '\\$&')
    .replace(/^(\s*)(#|>|~~~|[=-]+\s*$)/gm, '$1\\$2')
    .trim()

/** The same on one line. */
const oneLine = (text: string): string => plain(text.replace(/\s*[\r\n]+\s*/g, ' / '))

/** The package as one readable document; times are UTC. */
export function vendorDocument(pack: VendorPackage, language: Language): string {
  const say = (text: Bilingual) => text[language]
  const word = (key: keyof typeof WORDS) => say(WORDS[key])
  const section = (key: keyof typeof WORDS, body: string) => (body === '' ? [] : [`## ${word(key)}`, body])
  const line = (key: keyof typeof WORDS, value: string | null) =>
    value === null ? [] : [`- ${word(key)}: ${oneLine(value)}`]
  const { incidents, items, clients } = pack.touched
  const touched = {
    ru: `инцидентов — ${incidents}, единиц оборудования — ${items}, клиентов — ${clients}`,
    en: `${incidents} incidents, ${items} items, ${clients} clients`,
  }
  return [
    `# ${word('incident')} №${pack.number}. ${oneLine(say(pack.title))}`,
    [
      ...line('component', say(pack.component)),
      ...line('priority', String(pack.priority)),
      ...line('since', pack.onsetAt),
      ...line('solved', pack.solvedAt),
      ...line('frequency', say(pack.frequency)),
      ...line('touched', say(touched)),
      ...line('made', pack.madeAt),
    ].join('\n'),
    ...section('what', plain(say(pack.explanation))),
    ...section('steps', plain(pack.steps) || word('noSteps')),
    ...section('expected', plain(say(pack.expected))),
    ...section(
      'effect',
      plain([say(pack.businessEffect), pack.timeToStop && say(pack.timeToStop)].filter(Boolean).join('\n')),
    ),
    ...section('cause', plain(pack.rootCause)),
    ...section('workaround', plain(pack.workaround)),
    ...section(
      'versions',
      pack.facts.map(fact => `- ${say(fact.title)} (\`${fact.name}\`): ${oneLine(factText(fact))}`).join('\n'),
    ),
    ...section('events', pack.events.map(event => `- ${event.at} ${oneLine(say(event.text))}`).join('\n')),
    ...section('logs', pack.logs.map(logText).join('\n\n')),
    '',
  ].join('\n\n')
}

const factText = ({ value, raw, at }: VendorPackage['facts'][number]): string =>
  `${value}${raw === null ? '' : ` [${raw}]`}, ${at}`

/** The end of a log; the whole of it is in the JSON. A fence longer than any inside keeps the document whole. */
function logText({ at, text }: VendorPackage['logs'][number]): string {
  const lines = text.trimEnd().split('\n').slice(-LOG_LINES_MAX)
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)))
  return [at, fence, ...lines, fence].join('\n')
}
