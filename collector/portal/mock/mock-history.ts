import type { IncidentHistoryView } from '@tillwatch/shared/api'
import { both, HOUR, iso } from './mock-call.ts'

/** What surrounds an invented incident; only of a silent agent there is a guess of why. */
export const historyOf = (causeClass: string, opened: number): IncidentHistoryView => ({
  frequency: {
    kind: 'rare',
    day: 1,
    week: 1,
    month: 2,
    lastGoodAt: iso(opened - 2 * HOUR),
    text: both(
      'редко: 2 раза за 30 дней (за сутки 1, за 7 дней 1, за 30 дней 2)',
      'rarely: 2 times in 30 days (1 in 24 h, 1 in 7 days, 2 in 30 days)',
    ),
  },
  relatedEvents: [
    {
      at: iso(opened - 70 * HOUR),
      kind: 'update',
      text: both('обновление: Прошивка: 3.1 → 3.2', 'update: Firmware: 3.1 → 3.2'),
    },
    {
      at: iso(opened - 26 * HOUR),
      kind: 'setting',
      text: both(
        'изменена настройка: Адрес ОФД: old.ofd.example → new.ofd.example',
        'setting changed: OFD host: old.ofd.example → new.ofd.example',
      ),
    },
  ],
  alreadyDone: [
    {
      at: iso(opened + HOUR / 2),
      text: both('внеочередной опрос (Анна): выполнено', 'poll out of turn (Анна): done'),
    },
  ],
  silence:
    causeClass === 'agent'
      ? [
          {
            cause: 'site_link',
            confidence: 'high',
            text: both('на объекте пропала связь или питание', 'the site lost its line or its power'),
            because: [
              both('молчат все агенты объекта (3)', 'all agents of the site are silent (3)'),
              both('соединение оборвалось без прощания', 'the connection broke without a farewell'),
            ],
          },
        ]
      : [],
})
