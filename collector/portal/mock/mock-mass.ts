import type { IncidentView } from '@tillwatch/shared/api'
import { both, HOUR, iso } from './mock-call.ts'

const ID = 'incident-mass'
const NUMBER = 1200
const SITES = [
  ['vkusno-1', 'Тверская', 'Кафе «Вкусно и рядом»', 'Москва, ул. Тверская, д. 7'],
  ['vkusno-2', 'Пятницкая', 'Кафе «Вкусно и рядом»', 'Москва, ул. Пятницкая, д. 22, стр. 1'],
  ['vkusno-3', 'Невский', 'Кафе «Вкусно и рядом»', 'Санкт-Петербург, Невский пр-т, д. 88'],
  ['apteka-zdorovo-4', 'Красный проспект', 'Аптеки «Здорово»', 'Новосибирск, Красный проспект, д. 65'],
] as const
const CHILDREN = 13

const TITLE = both(
  'Массовый инцидент, ОФД Платформа (7704358518): фискальный регистратор, 13 касс, 4 объекта',
  'Mass incident, OFD Platforma (7704358518): fiscal register, 13 registers, 4 sites',
)

function parentOf(base: IncidentView, held: IncidentView['held'], now: number): IncidentView {
  const openedAt = iso(now - 2 * HOUR)
  return {
    ...base,
    ...{ id: ID, number: NUMBER, itemId: 'mass:register:ofd:7704358518', itemTitle: '', title: TITLE },
    ...{ status: 'open', priority: 2, priorityComputed: 2, priorityManual: false, assignee: null, line: 1 },
    ...{ client: null, site: null, agentId: null, address: null, gaps: [], chart: null, timeToStop: null },
    ...{ openedAt, onsetAt: iso(now - 2.5 * HOUR), changedAt: openedAt, reactedAt: null, pendingOn: null },
    ...{ dueAt: iso(now + 2 * HOUR), urgentAt: iso(now + HOUR), missed: false, knownError: null, problems: [] },
    ...{ children: CHILDREN, held: [...held], review: { problemId: 'problem-2', unlocked: false, doneAt: null } },
    explanation: both(
      'Одна причина у многих. Общее: ОФД Платформа (7704358518). Затронуто 13 из 40 на связи, на пике 16. Клиентам: знаем о сбое, он затронул многих, восстанавливаем; обращаться отдельно не нужно.',
      'One cause for many. Shared: OFD Platforma (7704358518). Affected: 13 of 40 in contact, 16 at the peak. For clients: we know of the failure, it has hit many and is being repaired; there is no need to report it.',
    ),
    expected: both(
      'Общая причина устранена, показания всех затронутых в норме.',
      'The shared cause is removed and the readings of all affected are good.',
    ),
    priorityReason: both('Массовый инцидент: не ниже критического.', 'A mass incident: Critical at least.'),
    conditions: [],
    timeline: [{ id: 'mass-1', at: openedAt, kind: 'opened', actor: 'tillwatch', text: TITLE }],
  }
}

function childOf(base: IncidentView, index: number, now: number): IncidentView {
  const [code, name, client, address] = SITES[index % SITES.length] ?? SITES[0]
  const till = 20 + index
  const openedAt = iso(now - 2 * HOUR + index * 60_000)
  const solved = index >= CHILDREN - 3
  const status = solved ? 'solved' : 'open'
  return {
    ...base,
    ...{ id: `incident-mass-${index + 1}`, number: NUMBER + 1 + index, status, priority: 3, priorityComputed: 3 },
    title: both(`Касса ${till}: чеки не уходят в ОФД 2 часа`, `Register ${till}: receipts have not left for 2 hours`),
    ...{ client, site: { code, name }, address, agentId: `agent-${String(till).padStart(3, '0')}` },
    ...{ itemId: `register-${till}`, assignee: null, line: 1, untold: index < 9 ? 'mass' : null, pendingOn: null },
    ...{ openedAt, onsetAt: openedAt, changedAt: openedAt, solvedAt: solved ? iso(now - HOUR / 2) : null },
    ...{ dueAt: null, urgentAt: null, missed: false, knownError: null, problems: [], tickets: [], reactedAt: null },
    ...{ parentId: ID, parent: { id: ID, number: NUMBER, title: TITLE, status: 'open' } },
    timeline: [
      {
        ...{ id: `mass-${index}`, at: openedAt, kind: 'note', actor: 'tillwatch' },
        text: both(
          `Часть массового инцидента №${NUMBER}: отдельная заявка не создаётся`,
          `Part of mass incident #${NUMBER}: no ticket of its own is created`,
        ),
      },
    ],
  }
}

/** An outage of one OFD at four sites: the incident that people work on, and those that it holds together. */
export function massIncidents(base: IncidentView, now: number): IncidentView[] {
  const children = Array.from({ length: CHILDREN }, (_, index) => childOf(base, index, now))
  const held = children.map(({ id, number, title, status }) => ({ id, number, title, status }))
  return [parentOf(base, held, now), ...children]
}
