import type { Bilingual } from '@tillwatch/rules'
import { type EpochMs, factDefinition, isFactName } from '@tillwatch/shared'
import { DateTime } from 'luxon'
import type { Incident } from './incident.ts'
import { PRIORITY_WORDS } from './phrases.ts'
import type { TicketContext } from './ticket-context.ts'

type Language = keyof Bilingual

/** Mandatory fields that nobody has filled in; the record is made all the same and lists them. */
export function gapsOf(context: TicketContext): readonly Bilingual[] {
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
  const model = context.facts['fiscal.register.model']?.value
  if (context.kind === 'register') return [model ?? 'ККТ', context.identity ?? context.slot].join(' ')
  return [context.terminal ?? context.kind, context.slot].filter(Boolean).join(' ')
}

/**
 * The body of a ticket: what and since when first, details after, the key in the last line. Order and contents of the incident record
 * of the iiko9000 service standard.
 */
export const ticketText = (incident: Incident, context: TicketContext, now: EpochMs): Bilingual => ({
  ru: bodyOf(incident, context, now, 'ru'),
  en: bodyOf(incident, context, now, 'en'),
})

function bodyOf(incident: Incident, context: TicketContext, now: EpochMs, language: Language): string {
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
  const { day, week, month } = context.frequency
  const history = [
    line(
      'Частота',
      'Frequency',
      language === 'ru'
        ? `за сутки ${day}, за 7 дней ${week}, за 30 дней ${month}`
        : `${day} in 24 h, ${week} in 7 days, ${month} in 30 days`,
    ),
    line('Работало до', 'Good until', time(incident.onsetAt)),
    line('Изменения за 14 дней', 'Changes in 14 days', changesOf(context, language, time)),
    line('Что уже делали', 'Done so far', doneOf(context, language, now, time)),
    line('Часы работы', 'Opening hours', context.hours),
    line('Касс на объекте', 'Registers at the site', context.registers > 0 ? String(context.registers) : null),
    line('Доступ', 'Access', [context.access, context.contact].filter(Boolean).join('; ')),
    line('Не заполнено', 'Not filled in', gapsOf(context).map(say).join('; ')),
    line(
      'Источник',
      'Source',
      language === 'ru'
        ? `система мониторинга, инцидент №${incident.number}`
        : `monitoring, incident #${incident.number}`,
    ),
  ]
  const paragraphs = [head, place, history].map(lines => lines.filter(text => text !== null).join('\n'))
  return [...paragraphs, `[${incident.deskKey}]`].join('\n\n')
}

const localTime = (at: EpochMs, zone: string): string =>
  `${DateTime.fromMillis(at, { zone }).toFormat('dd.MM.yyyy HH:mm')} (${zone})`

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

const PLACE_FACTS: Readonly<Record<string, Bilingual>> = {
  agent: { ru: 'Рабочее место (агент)', en: 'Terminal (agent)' },
  slot: { ru: 'Подключение', en: 'Slot' },
}

function changesOf(context: TicketContext, language: Language, time: (at: EpochMs) => string): string {
  if (context.changes.length === 0) return language === 'ru' ? 'не замечены' : 'none seen'
  return context.changes
    .map(({ fact, value, at }) => {
      const name = isFactName(fact) ? factDefinition(fact)[language] : (PLACE_FACTS[fact]?.[language] ?? fact)
      return `\n  ${time(at)} ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`
    })
    .join('')
}

function doneOf(context: TicketContext, language: Language, now: EpochMs, time: (at: EpochMs) => string): string {
  const newest = Math.max(0, ...Object.values(context.facts).map(fact => fact.receivedAt))
  const polled = newest > 0 && newest <= now ? time(newest) : null
  const parts = [
    polled &&
      (language === 'ru'
        ? `агент продолжает опрос, последние данные ${polled}`
        : `the agent goes on polling, last data ${polled}`),
    ...context.earlier.map(({ number, solvedAt, by }) => {
      const end = solvedAt === null ? '' : ` ${time(solvedAt)}`
      return language === 'ru'
        ? `прежний инцидент №${number}: решён${end}${by ? `, ${by}` : ', прошло само'}`
        : `earlier incident #${number}: solved${end}${by ? ` by ${by}` : ', went by itself'}`
    }),
  ]
  return parts.filter(Boolean).join('; ')
}
