import type { IncidentKnowledge, ProblemView } from '@tillwatch/shared/api'
import { both, HOUR, iso } from './mock-call.ts'

const DAY = 24 * HOUR

const KNOWN = {
  rootCause: 'Прошивка 5.8.15 не закрывает соединение с ОФД после обрыва связи.',
  workaround: 'Перезагрузить кассу; очередь уходит в течение 10 минут. Обновить прошивку до 5.8.21.',
  clientHint: 'Выключите кассу на минуту и включите снова. Продажи не пропадут.',
  runbook: 'ofd.queue_age',
}

/** What the page of an incident shows beside itself: the third one fits a known error. */
export const knowledgeOf = (index: number, opened: number): IncidentKnowledge => ({
  knownError:
    index === 1
      ? {
          problemId: 'problem-1',
          number: 12,
          title: both('Касса перестаёт отправлять чеки', 'The till stops sending receipts'),
          ...KNOWN,
        }
      : null,
  triage: { at: iso(opened), checks: ['ofd.queue_age'], errorCode: null },
  problems:
    index === 1
      ? [
          {
            ...{ id: 'problem-1', number: 12, status: 'fix_planned', how: 'matched' },
            title: both('Касса перестаёт отправлять чеки', 'The till stops sending receipts'),
          },
        ]
      : [],
  review: index === 0 ? { problemId: 'problem-2', unlocked: false, doneAt: null } : null,
  vendorPackages: [],
})

const measuresAt = (now: number): ProblemView['measures'] => [
  {
    ...{ id: 'm1', problemId: 'problem-1', problemNumber: 12, incidentNumber: null, owner: 'Пётр' },
    problemTitle: both('Касса перестаёт отправлять чеки', 'The till stops sending receipts'),
    text: 'Обновить прошивку на всех кассах сети',
    ...{ dueOn: iso(now - 2 * DAY).slice(0, 10), overdue: true, doneAt: null, doneBy: null },
  },
  {
    ...{ id: 'm2', problemId: 'problem-1', problemNumber: 12, incidentNumber: 1040, owner: 'Анна' },
    problemTitle: both('Касса перестаёт отправлять чеки', 'The till stops sending receipts'),
    text: 'Договориться с ОФД о резервном адресе',
    ...{ dueOn: iso(now + 5 * DAY).slice(0, 10), overdue: false, doneAt: iso(now - HOUR), doneBy: 'Анна' },
  },
]

/** A known error with everything on it, one to be reviewed, one proposed. */
export function problemsAtFirst(now: number): ProblemView[] {
  const base: ProblemView = {
    ...{
      id: 'problem-1',
      number: 12,
      title: both('Касса перестаёт отправлять чеки', 'The till stops sending receipts'),
    },
    ...{ status: 'fix_planned', client: null, clientCode: null, knownError: true, origin: 'proposal', ...KNOWN },
    ...{ incidents: 14, openIncidents: 2, openMeasures: 1, recurrences: 1, createdBy: 'tillwatch' },
    ...{
      createdAt: iso(now - 20 * DAY),
      changedAt: iso(now - 3 * HOUR),
      recurredAt: iso(now - 2 * DAY),
      solvedAt: null,
    },
    steps: 'Оборвать связь во время передачи документа, восстановить через 5 минут.',
    signature: {
      ...{
        causeClass: 'ofd',
        checks: ['ofd.queue_age'],
        model: 'АТОЛ 30Ф',
        firmware: { from: '5.8.10', to: '5.8.15' },
      },
      ...{ driver: null, posApp: null, posVersion: null, errorCode: null, ofd: null },
    },
    nextStatuses: ['root_cause_known', 'solved'],
    linked: [1, 4].map(index => ({
      ...{ id: `incident-${index + 1}`, number: 1040 + index, priority: 2, status: 'in_work', how: 'matched' },
      ...{ title: both('Чеки не уходят в ОФД', 'Receipts do not reach the OFD'), site: 'Тверская' },
      openedAt: iso(now - index * DAY),
    })),
    measures: measuresAt(now),
    reviews: [
      {
        ...{ incidentId: 'incident-1', incidentNumber: 1040, reason: 'critical', unlocked: true },
        incidentTitle: both('Касса стоит', 'The till has stopped'),
        ...{ summary: 'Две кассы стояли 3 часа в пятницу вечером.', prevention: '', doneAt: null, doneBy: null },
      },
    ],
    entries: [
      {
        id: 'e2',
        at: iso(now - 3 * HOUR),
        actor: 'Анна',
        text: both('Анна: изменено описание', 'Анна: description changed'),
      },
      {
        ...{ id: 'e1', at: iso(now - 20 * DAY), actor: 'tillwatch' },
        text: both('Предложена автоматически: повторы на пяти кассах', 'Proposed by the machine: five registers'),
      },
    ],
  }
  const bare = {
    rootCause: '',
    workaround: '',
    clientHint: '',
    steps: '',
    measures: [],
    linked: [],
    openMeasures: 0,
    openIncidents: 1,
  }
  return [
    base,
    {
      ...{ ...base, ...bare, id: 'problem-2', number: 13, status: 'open', knownError: false, recurrences: 0 },
      ...{
        title: both('Вся точка стояла из-за провайдера', 'A whole site stood still'),
        origin: 'review',
        incidents: 1,
      },
      ...{ client: 'Кафе «Вкусно и рядом»', clientCode: 'vkusno', nextStatuses: ['root_cause_known', 'solved'] },
    },
    {
      ...{ ...base, ...bare, id: 'problem-3', number: 14, status: 'proposed', knownError: false, recurrences: 0 },
      ...{ title: both('Повторяется: касса не отвечает', 'Repeats: the register does not answer'), reviews: [] },
      nextStatuses: ['open', 'rejected'],
    },
  ]
}
