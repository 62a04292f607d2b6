import type { AgreementsView, IncidentSla, IncidentView, NoticeRow } from '@tillwatch/shared/api'
import { both, HOUR, iso } from './mock-call.ts'

const AROUND = both('Круглосуточно', 'Around the clock')

/** What was agreed for an incident and how it stands: some in time, some late, one waiting. */
export function slaOf(
  index: number,
  { status, openedAt }: Pick<IncidentView, 'status' | 'openedAt'>,
  now: number,
): IncidentSla {
  const opened = Date.parse(openedAt)
  const limitMs = [4, 8, 72, 336][index % 4] as number
  const done = status === 'solved' || status === 'closed'
  const usedMs = Math.min((done ? 0.6 : [1.3, 0.75, 0.2, 0.1][index % 4]) as number, 2) * limitMs * HOUR
  const percent = Math.floor((usedMs * 100) / (limitMs * HOUR))
  const late = percent > 100
  return {
    policy: {
      id: 'outsourcing-24x7',
      title: both('Обслуживание круглосуточно', 'Service around the clock'),
      calendar: AROUND,
    },
    chosenBy: index % 3 === 0 ? both('по договору', 'by the contract') : both('обычные условия', 'the usual terms'),
    contract: index % 3 === 0 ? '17-2026' : null,
    reaction: {
      ...{ limitMs: 3 * HOUR, usedMs: 0.2 * HOUR, percent: 6, limitAt: null, at: iso(opened + 0.2 * HOUR), met: true },
      ...{ targetAt: null, targetMet: true },
    },
    solution: {
      ...{ limitMs: limitMs * HOUR, usedMs, percent, counts: true, at: done ? iso(now - HOUR) : null },
      limitAt: done ? null : iso(now + limitMs * HOUR - usedMs),
      met: late ? false : done ? true : null,
    },
    met: late ? false : done ? true : null,
    running: status === 'in_work' || status === 'open',
    paused: status === 'waiting' ? [both('ждём ответа клиента', 'waiting for the client')] : [],
    marks: late
      ? [
          { name: both('70 % времени решения', '70% of the time of solution'), at: iso(now - 3 * HOUR), how: 'called' },
          { name: both('100 % времени решения', '100% of the time of solution'), at: iso(now - HOUR), how: 'called' },
        ]
      : [],
    next: done ? null : { name: both('150 % времени решения', '150% of the time of solution'), at: iso(now + HOUR) },
  }
}

const limit = (hours: number, target: number | null = null) => ({
  ...{ limitMs: hours * HOUR, targetMs: target === null ? null : target * HOUR, calendar: '24x7' },
})
const row = (name: string, reaction: ReturnType<typeof limit>, hours: number) => ({
  ...{ row: name, reaction, solution: limit(hours), milestones: [] },
})

/** Service levels with something to put right. */
export const mockAgreements = (now: number): AgreementsView => ({
  loadedAt: iso(now - 30 * HOUR),
  policies: [
    {
      ...{
        id: 'outsourcing-24x7',
        title: both('Обслуживание круглосуточно', 'Service around the clock'),
        calendar: '24x7',
      },
      scope: [both('все, кого не касается другое', 'everybody else')],
      rows: [row('1', limit(3, 0.25), 4), row('2', limit(3, 0.5), 8), row('3', limit(3), 72), row('4', limit(24), 336)],
    },
    {
      ...{
        id: 'tracker-3-level',
        title: both('Трекер с тремя классами', 'Tracker with three classes'),
        calendar: 'business-hours',
      },
      scope: [],
      rows: [
        {
          ...{ row: '1', reaction: { ...limit(2), calendar: 'business-hours' }, solution: null },
          milestones: [
            { name: both('назначен ответственный', 'somebody owns it'), limitMs: 2 * HOUR, calendar: 'business-hours' },
            { name: both('начата работа', 'work has begun'), limitMs: 24 * HOUR, calendar: '24x7' },
          ],
        },
      ],
    },
  ],
  calendars: [
    { id: '24x7', title: AROUND, zone: 'Europe/Moscow', dayMs: 24 * HOUR, hasHolidays: false, years: [] },
    {
      ...{ id: 'business-hours', title: both('Пн–пт 09:00–18:00', 'Mon–Fri 09:00–18:00'), zone: 'Europe/Moscow' },
      ...{ dayMs: 9 * HOUR, hasHolidays: true, years: [2025, 2026] },
    },
  ],
  refused: [],
  findings: [
    both(
      'Календарь «Пн–пт 09:00–18:00»: праздники 2027 года не загружены, действуют недельные часы и постоянные праздники',
      'Calendar "Mon–Fri 09:00–18:00": the holidays of 2027 are not loaded; weekly hours and fixed holidays hold',
    ),
    both('В справочнике нет ответственного: третья линия', 'The directory names nobody as third line'),
  ],
})

/** Messages in every state. */
export const mockNotices = (now: number): NoticeRow[] =>
  (['sent', 'waiting', 'failed', 'nobody', 'no_channel'] as const).map((state, index) => ({
    ...{ id: String(50 - index), incidentId: `incident-${index + 1}`, attempts: state === 'failed' ? 3 : 1, state },
    role: both('руководитель поддержки', 'head of support'),
    via: state === 'failed' ? both('руководство', 'management') : null,
    name: state === 'nobody' ? '' : 'Анна',
    email: state === 'nobody' ? '' : 'anna@example.test',
    subject: `Использовано 100 % времени решения: 4 часа, срок — 4 часа. №${1040 + index}: ФН заблокируется`,
    lastError: state === 'failed' ? '550 mailbox unavailable' : null,
    ...{ createdAt: iso(now - index * HOUR), at: iso(now - index * HOUR) },
  }))
