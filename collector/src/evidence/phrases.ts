import type { Bilingual } from '@tillwatch/rules'
import { spanText } from '@tillwatch/rules'

/** What tickets are told of evidence. */
export const phrases = {
  chart: { ru: 'График показателя', en: 'Chart of the metric' },
  log: { ru: 'Журнал событий', en: 'Log of what happened' },
  link: { ru: 'Связь с оборудованием', en: 'Link to the device' },
  noAnswer: (waitedMs: number): Bilingual => ({
    ru: `Журнал агента не получен за ${spanText('ru', waitedMs)}: агент не ответил. Заявка идёт дальше без него.`,
    en: `The agent's log did not come within ${spanText('en', waitedMs)}: the agent did not answer. The ticket goes on without it.`,
  }),
  notAsked: {
    ru: 'Журнал агента не запрошен: агент не принимает команд. Заявка идёт дальше без него.',
    en: "The agent's log was not asked for: the agent takes no commands. The ticket goes on without it.",
  },
  refused: (why: Bilingual): Bilingual => ({
    ru: `Журнал агента не получен: ${why.ru}. Заявка идёт дальше без него.`,
    en: `The agent's log was not received: ${why.en}. The ticket goes on without it.`,
  }),
} as const
