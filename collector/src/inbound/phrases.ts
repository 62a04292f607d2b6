import type { Bilingual, Priority } from '@tillwatch/rules'
import type { InboundAlert } from '@tillwatch/shared/api'
import type { NamedPlace } from './place-finder.ts'

const PLACE_WORDS: Readonly<Record<keyof NamedPlace, Bilingual>> = {
  serial: { ru: 'ККТ', en: 'register' },
  terminal: { ru: 'РМ', en: 'terminal' },
  site: { ru: 'объект', en: 'site' },
  client: { ru: 'клиент', en: 'client' },
}
const named = (place: NamedPlace, language: keyof Bilingual): string =>
  (['serial', 'terminal', 'site', 'client'] as const)
    .flatMap(kind => (place[kind] === undefined ? [] : [`${PLACE_WORDS[kind][language]} ${place[kind]}`]))
    .join(', ')

const SEVERITIES: Readonly<Record<InboundAlert['severity'], Bilingual>> = {
  stopped: { ru: 'работа остановлена', en: 'work has stopped' },
  critical: { ru: 'критично', en: 'critical' },
  important: { ru: 'важно', en: 'important' },
  minor: { ru: 'незначительно', en: 'minor' },
}

/** What is said about things from elsewhere. */
export const phrases = {
  told: (source: string, text: string): Bilingual => ({
    ru: [`Сообщает ${source}.`, text].filter(Boolean).join(' '),
    en: [`Told by ${source}.`, text].filter(Boolean).join(' '),
  }),
  notInDirectory: (place: NamedPlace): Bilingual => ({
    ru: `В справочнике не найдено: ${named(place, 'ru')}.`,
    en: `Not in the directory: ${named(place, 'en')}.`,
  }),
  severity: (severity: InboundAlert['severity']): Bilingual => ({
    ru: `По важности источника: ${SEVERITIES[severity].ru}`,
    en: `By the severity that the source gives: ${SEVERITIES[severity].en}`,
  }),
  otherSeverity: (source: string, severity: InboundAlert['severity'], priority: Priority): Bilingual => ({
    ru: `${source} сообщает снова: ${SEVERITIES[severity].ru}. Приоритет остаётся ${priority}`,
    en: `${source} says it again: ${SEVERITIES[severity].en}. The priority stays ${priority}`,
  }),
  askedPriority: (): Bilingual => ({ ru: 'Указан при регистрации обращения', en: 'Given when it was registered' }),
  expectedAlert: (): Bilingual => ({
    ru: 'Источник сообщает, что неисправность прошла.',
    en: 'The source says that the fault is over.',
  }),
  expectedTicket: (): Bilingual => ({ ru: 'Обращение выполнено.', en: 'What was asked for is done.' }),
  outsideMonitor: (): Bilingual => ({ ru: 'Сторонний мониторинг', en: 'Another monitoring system' }),
  request: (): Bilingual => ({ ru: 'Обращение', en: 'Request' }),
  alsoTold: (source: string, title: string): Bilingual => ({
    ru: `То же видит ${source}: ${title}`,
    en: `${source} sees it too: ${title}`,
  }),
  alsoOver: (source: string): Bilingual => ({
    ru: `${source} сообщает, что прошло; решают показания`,
    en: `${source} says it is over; the readings decide`,
  }),
  overButPinned: (source: string): Bilingual => ({
    ru: `${source} сообщает, что прошло; открытым его держит человек`,
    en: `${source} says it is over; a person keeps it open`,
  }),
  lasts: (source: string, title: string): Bilingual => ({
    ru: `Отмечено решённым, но ${source} видит неисправность по-прежнему, открыто снова: ${title}`,
    en: `Marked solved, yet ${source} still sees the fault, reopened: ${title}`,
  }),
  over: (source: string, text: string): Bilingual => ({
    ru: [`${source} сообщает: прошло.`, text].filter(Boolean).join(' '),
    en: [`${source} says it is over.`, text].filter(Boolean).join(' '),
  }),
  back: (source: string, title: string): Bilingual => ({
    ru: `${source} сообщает: вернулось. ${title}`,
    en: `${source} says it is back. ${title}`,
  }),
  linked: (number: number): Bilingual => ({
    ru: `Связан с №${number}: та же причина, решатся вместе`,
    en: `Linked with #${number}: the same cause, they end together`,
  }),
  proposed: (number: number): Bilingual => ({
    ru: `Возможно, та же причина, что у №${number}: проверьте и свяжите`,
    en: `Possibly the cause of #${number}: check it and link them`,
  }),
  notLinked: (actor: string, number: number): Bilingual => ({
    ru: `${actor}: причина не та, что у №${number}`,
    en: `${actor}: not the cause of #${number}`,
  }),
  endedTogether: (number: number): Bilingual => ({
    ru: `Решено вместе с №${number}: причина одна`,
    en: `Solved together with #${number}: one cause`,
  }),
  backTogether: (number: number): Bilingual => ({
    ru: `Открыто снова вместе с №${number}: причина одна`,
    en: `Reopened together with #${number}: one cause`,
  }),
}
