import type { Bilingual } from '@tillwatch/rules'
import { type EpochMs, factDefinition } from '@tillwatch/shared'
import { guessText } from '../fleet/silence-cause.ts'
import type { Incident } from './incident.ts'
import { localTime } from './local-time.ts'
import { PRIORITY_WORDS } from './phrases.ts'
import { MANY, type TicketContext } from './ticket-context.ts'
import { CATEGORY_WORDS, KIND_WORDS, SOURCE_WORDS, TYPE_WORDS } from './words.ts'

type Language = keyof Bilingual

/** Mandatory fields that nobody has filled in; the record is made all the same and lists them. */
export function gapsOf(context: TicketContext): readonly Bilingual[] {
  if (context.kind === MANY) return []
  const gaps: [unknown, Bilingual][] = [
    [context.site, { ru: 'объект не указан в справочнике', en: 'the site is not in the directory' }],
    [context.client, { ru: 'клиент не указан', en: 'the client is not given' }],
    [context.hours, { ru: 'часы работы не указаны', en: 'opening hours are not given' }],
    [context.inn, { ru: 'юрлицо (ИНН) неизвестно', en: 'the legal entity (INN) is not known' }],
    [context.access, { ru: 'порядок доступа не указан', en: 'how to get access is not given' }],
  ]
  if (context.kind === 'register') {
    gaps.push([context.identity, { ru: 'заводской номер ККТ неизвестен', en: 'the register serial is not known' }])
  }
  return gaps.filter(([value]) => value === null || value === '').map(([, text]) => text)
}

/** The item in the words of a desk: what kind, which number. */
export function ciOf(context: TicketContext): string {
  if (context.kind === MANY) return ''
  const model = context.facts['fiscal.register.model']?.value
  if (context.kind === 'register') return [model ?? 'ККТ', context.identity ?? context.slot].join(' ')
  return [context.terminal ?? context.kind, context.slot].filter(Boolean).join(' ')
}

/**
 * The body of a ticket: what and since when first, details after, the key in the last line. Order and contents of the incident record
 * of the iiko9000 service standard.
 */
export const ticketText = (incident: Incident, context: TicketContext): Bilingual => ({
  ru: bodyOf(incident, context, 'ru'),
  en: bodyOf(incident, context, 'en'),
})

function bodyOf(incident: Incident, context: TicketContext, language: Language): string {
  const say = (text: Bilingual) => text[language]
  const time = (at: EpochMs) => localTime(at, context.timezone)
  const line = (ru: string, en: string, value: string | null) =>
    value === null || value === '' ? null : `${language === 'ru' ? ru : en}: ${value}`
  const head = [
    say(incident.explanation),
    line('С какого времени', 'Since', time(incident.onsetAt)),
    line(
      'До остановки',
      'Time to stop',
      incident.timeToStop && `${say(incident.timeToStop.text)} (${time(incident.timeToStop.at)})`,
    ),
    line('Приоритет', 'Priority', `${say(PRIORITY_WORDS[incident.priority])}. ${say(incident.priorityReason)}`),
    line(
      'Тип обращения',
      'Kind',
      [KIND_WORDS[incident.kind], TYPE_WORDS[incident.type], CATEGORY_WORDS[incident.category]].map(say).join(', '),
    ),
    line('Ожидаемый результат', 'Expected result', say(incident.expected)),
    line('Что делать', 'Runbook', incident.runbook),
  ]
  const place = [
    line('Клиент', 'Client', context.client),
    line(
      'Юрлицо',
      'Legal entity',
      [context.legalEntity, context.inn && `ИНН ${context.inn}`].filter(Boolean).join(', '),
    ),
    line('Объект', 'Site', [context.site, context.address].filter(Boolean).join(', ')),
    line('Рабочее место', 'Terminal', context.terminal),
    line('Оборудование', 'Configuration item', ciOf(context)),
    line('РНМ', 'Registration number', textOf(context, 'fiscal.register.registration_number')),
    line('ФН', 'Fiscal drive', textOf(context, 'fiscal.fn.serial')),
    line('Компонент', 'Component', say(incident.component)),
    line('Версии', 'Versions', versionsOf(context, language)),
  ]
  const { frequency, related, done, silence } = context.history
  const told = (steps: readonly { readonly at: EpochMs; readonly text: Bilingual }[], none: Bilingual) =>
    steps.length === 0 ? say(none) : steps.map(step => `\n  ${time(step.at)} ${say(step.text)}`).join('')
  const history = [
    line('Вероятная причина', 'Likely cause', silence.map(guess => say(guessText(guess))).join('; ')),
    line('Частота', 'Frequency', say(frequency.text)),
    line('Работало до', 'Good until', frequency.lastGoodAt === null ? null : time(frequency.lastGoodAt)),
    line('Изменения за 14 дней', 'Changes in 14 days', told(related, { ru: 'не замечены', en: 'none seen' })),
    line('Что уже делали', 'Done so far', told(done, { ru: 'ничего', en: 'nothing' })),
    line('Часы работы', 'Opening hours', context.hours),
    line('Касс на объекте', 'Registers at the site', context.registers > 0 ? String(context.registers) : null),
    line('Доступ', 'Access', [context.access, context.contact].filter(Boolean).join('; ')),
    line('Не заполнено', 'Not filled in', gapsOf(context).map(say).join('; ')),
    line(
      'Источник',
      'Source',
      `${SOURCE_WORDS[incident.source][language]}, ${language === 'ru' ? 'инцидент №' : 'incident #'}${incident.number}`,
    ),
  ]
  const paragraphs = [head, place, history].map(lines => lines.filter(text => text !== null).join('\n'))
  return [...paragraphs, `[${incident.deskKey}]`].join('\n\n')
}

function textOf(context: TicketContext, name: string): string | null {
  const value = context.facts[name]?.value
  return value === undefined || value === null ? null : String(value)
}

const VERSION_FACTS = [
  'fiscal.register.firmware',
  'fiscal.driver.version',
  'fiscal.register.ffd',
  'agent.version',
] as const

function versionsOf(context: TicketContext, language: Language): string {
  const known = VERSION_FACTS.filter(name => textOf(context, name) !== null)
  return known.map(name => `${factDefinition(name)[language]} ${textOf(context, name)}`).join(', ')
}
