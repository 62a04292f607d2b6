import type { Bilingual, Priority } from '../model.ts'

/** Days before the end of the drive within which a stop is imminent. */
export const IMMINENT_FN_DAYS = 3
/** Days before the OFD lock within which a stop is imminent. */
export const IMMINENT_OFD_DAYS = 5
/** From so many sites on a client is a network. */
export const NETWORK_SITES = 50

interface PriorityLevel {
  readonly priority: Priority
  readonly name: Bilingual
  readonly meaning: Bilingual
}

/** The four levels, as agreed with clients. */
const PRIORITY_LEVELS: readonly PriorityLevel[] = [
  {
    priority: 1,
    name: { ru: 'Блокирующий', en: 'Blocking' },
    meaning: {
      ru: 'Касса не продаёт, и обойтись без неё нечем: точка не может начать или продолжить работу.',
      en: 'The register does not sell and nothing replaces it: the outlet can neither start nor go on.',
    },
  },
  {
    priority: 2,
    name: { ru: 'Критический', en: 'Critical' },
    meaning: {
      ru: 'Обязательная операция невозможна или вот-вот станет невозможна, но точка может работать дальше.',
      en: 'A mandatory operation is impossible or about to be, but the outlet can go on.',
    },
  },
  {
    priority: 3,
    name: { ru: 'Важный', en: 'Important' },
    meaning: {
      ru: 'Работать труднее, на результат это не влияет.',
      en: 'The work is harder, its result is not affected.',
    },
  },
  {
    priority: 4,
    name: { ru: 'Незначительный', en: 'Minor' },
    meaning: { ru: 'Работа не нарушена.', en: 'No loss of function.' },
  },
]

interface MethodSection {
  readonly title: Bilingual
  readonly lines: readonly Bilingual[]
}

/** How a priority is worked out, in the order in which it is explained to a client; made of the same numbers that decide. */
const SECTIONS: readonly MethodSection[] = [
  {
    title: { ru: 'Как считается', en: 'How it is worked out' },
    lines: [
      {
        ru: 'Из всех подходящих строк действует самая срочная.',
        en: 'Of all lines that apply, the most urgent one counts.',
      },
      {
        ru: 'Касса не продаёт, другой исправной кассы того же юрлица на объекте нет, точка открыта или откроется в ближайшие 4 часа: 1.',
        en: 'The register does not sell, no other working register of the same legal entity is at the site, and the site is open or opens within 4 hours: 1.',
      },
      {
        ru: 'Касса не продаёт, но есть другая исправная касса, или точка закрыта дольше чем на 4 часа, или это устраняется на месте (закрыть смену, вставить бумагу, закрыть крышку): 2.',
        en: 'The register does not sell, but another working one is there, or the site stays closed for more than 4 hours, or it can be put right on the spot (close the shift, put in paper, close the cover): 2.',
      },
      {
        ru: `Касса скоро остановится: до конца ФН не больше ${IMMINENT_FN_DAYS} дней или до блокировки по ОФД не больше ${IMMINENT_OFD_DAYS}: 2, а если на объекте есть другая исправная касса, 3.`,
        en: `The register is about to stop: at most ${IMMINENT_FN_DAYS} days to the end of the fiscal drive or ${IMMINENT_OFD_DAYS} to the OFD lock: 2, or 3 where another working register is at the site.`,
      },
      {
        ru: 'Остальное по уровню проверки: «критично» 2, «важно» 3, «незначительно» 4.',
        en: 'Everything else by the level of the check: critical 2, important 3, minor 4.',
      },
      {
        ru: `Объект класса A или сеть от ${NETWORK_SITES} объектов: на ступень выше, 4 становится 3, 3 становится 2; в 1 так ничего не попадает.`,
        en: `A site of class A or a network of ${NETWORK_SITES} sites or more: one step up, 4 becomes 3 and 3 becomes 2; nothing becomes 1 this way.`,
      },
      {
        ru: 'Известное только по устаревшим данным: не выше 3.',
        en: 'What is known from stale facts alone: at most 3.',
      },
      {
        ru: 'Связи с кассой нет 2 часа рабочего времени точки: она считается стоящей.',
        en: 'A register that has not answered for 2 hours of opening time counts as stopped.',
      },
      {
        ru: 'Массовый инцидент: как самый срочный из входящих в него, но не ниже 2.',
        en: 'A mass incident: as the most urgent of those it holds, and at least 2.',
      },
    ],
  },
  {
    title: { ru: 'Когда он меняется', en: 'When it changes' },
    lines: [
      {
        ru: 'Пока инцидент не решён, расчёт приоритет только повышает.',
        en: 'While an incident is unfinished the method only raises its priority.',
      },
      {
        ru: 'Человек может задать приоритет сам: с именем и причиной. Такой приоритет расчёт не понижает никогда, а повышает только до 1 или 2 и только если стало хуже, чем было в тот момент.',
        en: 'A person may set it, with name and reason. The method never lowers such a priority, and raises it only to 1 or 2, and only when it is worse than it was then.',
      },
      {
        ru: 'Слово поддержки сильнее слова клиента и партнёра. Все изменения вручную попадают в отчёт.',
        en: 'The word of support stands against that of a client or a partner. Every change by hand is in a report.',
      },
      {
        ru: 'Близость срока приоритет не меняет: она меняет место в очереди.',
        en: 'A near deadline does not change the priority: it changes the place in the queue.',
      },
    ],
  },
]

/** The whole method, printable: what its levels mean, how one is worked out, when it changes (R44). */
export const PRIORITY_METHOD: {
  readonly levels: readonly PriorityLevel[]
  readonly sections: readonly MethodSection[]
} = { levels: PRIORITY_LEVELS, sections: SECTIONS }
