import { backtestRequest, backtestView, itemRulesView, type RulesView, rulesView } from '@tillwatch/shared/api'
import { z } from 'zod'
import { both, HOUR, iso, Refusal, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

const QUEUE: RulesView['rules'][number] = {
  id: 'ofd.queue_age',
  item: 'register',
  causeClass: 'ofd',
  component: both('Передача в ОФД', 'Sending to the OFD'),
  expected: both('Очередь пуста.', 'The queue is empty.'),
  runbook: 'runbooks/ofd.queue_age.md',
  file: 'fiscal.yaml',
  changedBy: ['rules/vkusno.yaml'],
  for: null,
  when: both('«Не передано в ОФД» > 0', '«Unsent documents» > 0'),
  levels: [
    {
      level: 'minor',
      name: both('незначительный', 'minor'),
      set: both('возраст очереди ≥ 24 часа', 'queue age ≥ 24 hours'),
      clear: both('возраст очереди < 12 часов', 'queue age < 12 hours'),
      hold: both('10 минут', '10 minutes'),
    },
    {
      level: 'critical',
      name: both('критический, остановка', 'critical, stopped'),
      set: both('возраст очереди ≥ 720 часов', 'queue age ≥ 720 hours'),
      clear: null,
      hold: null,
    },
  ],
  clearHold: both('30 минут', '30 minutes'),
}

const counts = { opened: 3, spared: 1, changed: 0, moved: 2 }

/** The rules page, a trial on the past, and why a rule fired. */
export function ruleRoutes(state: MockState): Routes {
  const view = (): RulesView => ({
    version: '4f2a91c07be3',
    loadedAt: iso(state.now - HOUR),
    files: [
      { file: 'fiscal.yaml', kind: 'pack', shipped: true, for: null, changes: [] },
      {
        file: 'rules/vkusno.yaml',
        kind: 'override',
        shipped: false,
        for: { tenant: 'main', client: 'vkusno' },
        changes: [
          {
            rule: QUEUE.id,
            what: both('незначительный: выдержка', 'minor: hold'),
            before: both('5 минут', '5 minutes'),
            after: both('10 минут', '10 minutes'),
          },
        ],
      },
    ],
    refused: [
      {
        file: 'rules/pekarnya.yaml',
        for: null,
        problems: [
          {
            ...{ file: 'rules/pekarnya.yaml', line: 4, column: 17, path: 'overrides.ofd.queue_age.hold' },
            reason: 'expected a duration such as 30s, 5m, 2h or 1d',
          },
        ],
        inForce: 'earlier',
      },
    ],
    rules: [
      QUEUE,
      { ...QUEUE, id: 'shift.age', causeClass: 'shift', component: both('Смена', 'Shift'), changedBy: [] },
    ],
  })
  return {
    'GET rules': () => [rulesView, view()],
    'POST rules/*': ({ parts, body }) => {
      if (parts[1] === 'reload') return [rulesView, view()]
      if (!backtestRequest.parse(body).override.startsWith('overrides:'))
        throw new Refusal(422, 'rules.invalid', 'override:1:1: "x" is not known here')
      return [z.object({ id: z.string() }), { id: 'trial' }]
    },
    'GET rules/*/trial': () => [
      backtestView,
      {
        ...{ state: 'done', done: 40, items: 40, problem: null },
        report: {
          ...{ from: iso(state.now - 720 * HOUR), to: iso(state.now), items: 40 },
          ...{ before: 12, after: 14, real: 11, reproduced: 10, total: counts, notListed: 5 },
          weeks: [{ week: '2026-11-02', ...counts }],
          rules: [{ rule: QUEUE.id, ...counts }],
          differences: [
            {
              ...{ kind: 'opened', itemId: 'register:main:0000000000301234', causeClass: 'ofd', before: null },
              after: {
                rule: QUEUE.id,
                level: 'minor',
                priority: 4,
                openedAt: iso(state.now - 90 * HOUR),
                endedAt: null,
              },
              realNumber: null,
            },
          ],
          notes: [both('Числа взяты средними за 5 мин.', 'Numbers are means over 5 min.')],
        },
      },
    ],
    'GET items/*/rules': ({ parts }) => [
      itemRulesView,
      {
        ...{ itemId: parts[1] ?? '', at: iso(state.now), version: '4f2a91c07be3' },
        place: { tenant: 'main', client: 'vkusno', site: 'vkusno-1' },
        files: [
          { file: 'fiscal.yaml', for: null },
          { file: 'rules/vkusno.yaml', for: { tenant: 'main', client: 'vkusno' } },
        ],
        rules: [
          {
            ...{ rule: QUEUE.id, causeClass: 'ofd', component: QUEUE.component, verdict: 'pending', level: null },
            text: both('Возраст очереди: 25 часов (порог 24 часа).', 'Queue age: 25 hours (threshold 24 hours).'),
            ...{ holdUntil: iso(state.now + HOUR / 6), file: QUEUE.file, changedBy: QUEUE.changedBy },
            facts: [
              {
                ...{ name: 'fiscal.ofd.unsent_documents', value: 12, at: iso(state.now - HOUR / 30), stale: false },
                title: both('Не передано в ОФД', 'Unsent documents'),
              },
            ],
            ...{ incident: null, withheld: null },
          },
          {
            ...{ rule: 'shift.age', causeClass: 'shift', component: both('Смена', 'Shift'), verdict: 'not_fired' },
            ...{ level: null, text: both('Норма.', 'Normal.'), holdUntil: null, file: QUEUE.file, changedBy: [] },
            ...{ facts: [], incident: null, withheld: null },
          },
        ],
      },
    ],
  }
}
