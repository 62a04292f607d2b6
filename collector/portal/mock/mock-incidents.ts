import type { IncidentView } from '@tillwatch/shared/api'
import { both, HOUR, iso } from './mock-call.ts'
import { historyOf } from './mock-history.ts'
import { massIncidents } from './mock-mass.ts'
import { knowledgeOf } from './mock-problems.ts'
import { slaOf } from './mock-sla.ts'

type Story = readonly [IncidentView['priority'], IncidentView['status'], string, string, string, string]
const STORIES: readonly Story[] = [
  [
    1,
    'open',
    'Касса 1: срок ФН вышел, чеки не пробиваются',
    'Register 1: the FN date passed, receipts are refused',
    'fn_end',
    'fiscal.fn.last_document',
  ],
  [
    2,
    'in_work',
    'Касса 2: чеки не уходят в ОФД 28 дней, остановка через 2 дня',
    'Register 2: receipts have not reached the OFD for 28 days, stop in 2 days',
    'ofd',
    'fiscal.ofd.unsent_documents',
  ],
  [
    2,
    'open',
    'Касса 3: смена открыта 21 час',
    'Register 3: the shift has been open for 21 hours',
    'shift',
    'fiscal.shift.receipts',
  ],
  [
    2,
    'waiting',
    'Касса 4: накопитель кончается через 6 дней',
    'Register 4: the drive ends in 6 days',
    'fn_end',
    'fiscal.fn.last_document',
  ],
  [
    3,
    'open',
    'Касса 5: чеки не уходят в ОФД 18 дней',
    'Register 5: receipts have not reached the OFD for 18 days',
    'ofd',
    'fiscal.ofd.unsent_documents',
  ],
  [
    3,
    'open',
    'ПК кассы 6: системный диск заполнится через 9 дней',
    'PC of register 6: the system disk fills up in 9 days',
    'disk',
    'host.disk.free_bytes',
  ],
  [
    4,
    'open',
    'Касса 7: документов в накопителе на 24 дня',
    'Register 7: documents in the drive last for 24 days',
    'fn_end',
    'fiscal.fn.last_document',
  ],
  [
    3,
    'solved',
    'Касса 8: агент молчал 3 часа рабочего времени',
    'Register 8: the agent was silent for 3 opening hours',
    'agent',
    '',
  ],
  [
    4,
    'open',
    'Касса 2: часы отстают на 3 минуты',
    'Register 2: the clock runs 3 minutes behind',
    'clock_register',
    'fiscal.register.clock_skew_ms',
  ],
]

function timelineOf([, status, ru, en]: Story, index: number, opened: number): IncidentView['timeline'] {
  return [
    { id: `t${index}-1`, at: iso(opened), kind: 'opened', actor: 'tillwatch', text: both(ru, en) },
    {
      id: `t${index}-2`,
      at: iso(opened + 60_000),
      kind: 'ticket',
      actor: 'redmine',
      text: both('Создана заявка № 5512', 'Ticket 5512 was created'),
    },
    {
      id: `t${index}-3`,
      at: iso(opened + HOUR),
      kind: 'worsened',
      actor: 'tillwatch',
      text: both(
        'Приоритет поднят с 3 до 2: до остановки меньше 5 дней',
        'Priority raised from 3 to 2: less than 5 days to stop',
      ),
    },
    ...(status === 'in_work'
      ? [
          {
            id: `t${index}-4`,
            at: iso(opened + 2 * HOUR),
            kind: 'taken' as const,
            actor: 'Анна',
            text: both('Взято в работу', 'Taken'),
          },
          {
            id: `t${index}-5`,
            at: iso(opened + 3 * HOUR),
            kind: 'comment' as const,
            actor: 'Анна',
            text: both(
              'Позвонила на объект: у провайдера авария, обещают к 18:00.',
              'Called the site: the provider is down till 18:00.',
            ),
          },
        ]
      : []),
  ]
}

const TICKET = { lastError: null, insteadOf: null, together: 1, gone: false, mayOpenAnew: false }
const ticketsOf = (index: number): IncidentView['tickets'] => [
  {
    ...TICKET,
    desk: 'redmine',
    number: '5512',
    url: 'https://desk.example.test/issues/5512',
    state: 'delivered',
    ...(index === 1 ? { gone: true, mayOpenAnew: true } : {}),
  },
  ...(index < 3
    ? [
        {
          ...TICKET,
          desk: 'email',
          number: null,
          url: null,
          state: 'failed' as const,
          lastError: 'invalid: SMTP 550: mailbox unavailable',
        },
        {
          ...TICKET,
          desk: 'telegram',
          number: '118',
          url: null,
          state: 'delivered' as const,
          ...{ insteadOf: 'email', together: index === 0 ? 1 : 25 },
        },
      ]
    : []),
]

/** What people did with it: one of each kind that the pages show apart. */
const workOf = (index: number, status: IncidentView['status'], now: number) => ({
  kind: index === 6 ? ('service_request' as const) : ('incident' as const),
  type: 'failure' as const,
  category: 'ofd' as const,
  source: index === 6 ? ('phone' as const) : ('monitoring' as const),
  line: index === 1 ? (2 as const) : (1 as const),
  resolution: status === 'solved' || status === 'closed' ? ('person' as const) : null,
  resolutionMode: status === 'solved' || status === 'closed' ? ('remote' as const) : null,
  solvedByLine: status === 'solved' || status === 'closed' ? (1 as const) : null,
  critical: index === 0,
  criticalSince: index === 0 ? iso(now - HOUR) : null,
  criticalReason:
    index === 0
      ? both('работа стоит 60 минут рабочего времени точки', 'the work has stood for 60 minutes of opening time')
      : null,
  children: 0,
  parentId: null,
  untold: index === 4 ? 'flood' : null,
  waitingSince: status === 'waiting' ? iso(now - 5 * HOUR) : null,
  waitingFor: status === 'waiting' ? 'Точка открыта? Есть ли интернет на рабочем месте?' : null,
  waitingUntil: status === 'waiting' ? iso(now + 19 * HOUR) : null,
  pendingOn: index === 1 ? ('ofd' as const) : null,
  pinned: index === 5,
  estimateMinutes: index === 2 ? 300 : null,
  dueAt: status === 'solved' || status === 'closed' ? null : iso(now + (index - 1) * 2 * HOUR),
  missed: index === 0 || index === 1,
  urgentAt: status === 'solved' || status === 'closed' ? null : iso(now + (index - 2) * HOUR),
  priorityComputed: index === 3 ? (2 as const) : (3 as const),
  reactedAt: status === 'open' ? null : iso(now - 2 * HOUR),
  executedAt: null,
  closedAt: null,
  silenceReason: null,
  muted: false,
  mutedUntil: null,
  parent: null,
  duplicateOf: null,
  previous: null,
  held: [],
})

function incidentOf(story: Story, index: number, now: number): IncidentView {
  const [priority, status, ru, en, causeClass, chart] = story
  const opened = now - (index * 7 + 3) * HOUR
  const solved = status === 'solved'
  return {
    id: `incident-${index + 1}`,
    number: 1040 + index,
    title: both(ru, en),
    status,
    priority,
    causeClass,
    client: 'Кафе «Вкусно и рядом»',
    site: { code: 'vkusno-1', name: 'Тверская' },
    ...workOf(index, status, now),
    ...knowledgeOf(index, opened),
    history: historyOf(causeClass, opened),
    agentId: `agent-${String(index === 8 ? 2 : index + 1).padStart(3, '0')}`,
    assignee: status === 'in_work' ? 'Анна' : null,
    openedAt: iso(opened),
    changedAt: iso(opened + HOUR),
    solvedAt: solved ? iso(now - HOUR) : null,
    silencedUntil: index === 8 ? iso(now + 14 * HOUR) : null,
    reopens: index === 4 ? 2 : 0,
    itemId: `register-${index + 1}`,
    itemTitle: 'ШТРИХ-М-02Ф · 301201',
    address: 'Москва, ул. Тверская, д. 7',
    component: both('Фискальный регистратор', 'Fiscal register'),
    explanation: both(
      `${ru}. Первый непереданный документ — 25.10, 18:05. ФН перестаёт подписывать чеки, если документ не передан 30 дней. Последняя удачная передача была до этого времени.`,
      `${en}. The first unsent document is of 25 Oct, 18:05. A drive stops signing when a document stays unsent for 30 days.`,
    ),
    expected: both(
      'Очередь ОФД пуста или старейший документ моложе суток.',
      'The OFD queue is empty or its oldest document is younger than a day.',
    ),
    priorityReason: both(
      'Остановка ближе 5 дней, другой исправной кассы этого юрлица на объекте нет.',
      'The stop is within 5 days and there is no other healthy register of the entity at the site.',
    ),
    priorityManual: index === 3,
    runbook: 'docs/runbooks/ofd-queue.md',
    onsetAt: iso(opened - 2 * HOUR),
    timeToStop:
      index < 7 && index !== 0
        ? {
            at: iso(now + (index * index * 0.6 + 2) * 24 * HOUR),
            text: both('Накопитель заблокируется', 'The drive locks'),
          }
        : null,
    gaps:
      index === 2 ? [] : [both('Часы работы объекта не указаны', 'The opening hours of the site are not filled in')],
    chart: chart ? { itemId: `register-${index + 1}`, fact: chart } : null,
    conditions: [
      {
        rule: 'ofd.queue_age',
        level: 'critical',
        since: iso(opened),
        title: both(ru, en),
        explanation: both('Старейшему документу 28 дней', 'The oldest document is 28 days old'),
      },
      {
        rule: 'fn.flags',
        level: 'minor',
        since: iso(opened + HOUR),
        title: both('ФН: ОФД не отвечает', 'FN: the OFD does not answer'),
        explanation: both('Флаг ofd_timeout стоит', 'The flag ofd_timeout is set'),
      },
    ],
    sla: slaOf(index, { status, openedAt: iso(opened) }, now),
    timeline: timelineOf(story, index, opened),
    tickets: ticketsOf(index),
  }
}

/** The stories above and enough solved ones for several pages. */
export function createMockIncidents(now: number): IncidentView[] {
  const told = STORIES.map((story, index) => incidentOf(story, index, now))
  const past = Array.from({ length: 70 }, (_, index) => ({
    ...incidentOf(STORIES[7] ?? (STORIES[0] as Story), index + 9, now),
    status: index % 2 ? ('closed' as const) : ('solved' as const),
    solvedAt: iso(now - (index + 1) * 9 * HOUR),
  }))
  return [...told, ...massIncidents(told[1] ?? (told[0] as IncidentView), now), ...past]
}
