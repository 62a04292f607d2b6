import { criticalSettings, criticalView, overrideReport, priorityMethod } from '@tillwatch/shared/api'
import { z } from 'zod'
import { both, HOUR, iso, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

const METHOD = {
  levels: [
    { priority: 1, name: both('Блокирующий', 'Blocking'), meaning: both('Касса не продаёт.', 'It does not sell.') },
    { priority: 2, name: both('Критический', 'Critical'), meaning: both('Есть обходной путь.', 'There is a way.') },
    { priority: 3, name: both('Важный', 'Important'), meaning: both('Работать труднее.', 'The work is harder.') },
    { priority: 4, name: both('Незначительный', 'Minor'), meaning: both('Не мешает.', 'No loss of function.') },
  ],
  sections: [
    {
      title: both('Как считается', 'How it is worked out'),
      lines: [both('Действует самая срочная строка.', 'The most urgent line counts.')],
    },
  ],
}

/** Priorities: the method, what people changed, and what makes an incident critical. */
export function priorityRoutes(state: MockState): Routes {
  let critical: z.infer<typeof criticalView> = {
    usual: { blockingMinutes: 60, siteStoppedMinutes: 5, markedPriority: 2 },
    clients: [
      {
        code: 'vkusno',
        name: 'Кафе «Вкусно и рядом»',
        blockingMinutes: 30,
        siteStoppedMinutes: 5,
        markedPriority: null,
      },
    ],
    sites: [{ code: 'vkusno-1', name: 'Тверская', client: 'Кафе «Вкусно и рядом»', markedBy: 'Анна' }],
  }
  return {
    'GET assignees': () => [
      z.array(z.string()),
      state.users.filter(user => !user.disabled && user.role !== 'viewer').map(user => user.name),
    ],
    'GET priority-method': () => [priorityMethod, METHOD],
    'GET reports/*': () => [
      overrideReport,
      {
        ...{ total: 3, raised: 2, lowered: 1, inflated: 1 },
        groups: [
          { rule: 'ofd.queue_age', author: 'Анна', total: 2, raised: 2, lowered: 0, inflated: 1 },
          { rule: 'disk.system', author: 'Пётр', total: 1, raised: 0, lowered: 1, inflated: 0 },
        ],
        rows: state.incidents.slice(0, 3).map(({ id, number, title, client }, index) => ({
          at: iso(state.now - (index + 1) * 9 * HOUR),
          incident: { id, number, title },
          client,
          rule: index < 2 ? 'ofd.queue_age' : 'disk.system',
          author: index < 2 ? 'Анна' : 'Пётр',
          side: 'support' as const,
          computed: index < 2 ? (3 as const) : (2 as const),
          set: index < 2 ? (1 as const) : (4 as const),
          reason: both('Просил директор сети', 'The head of the chain asked'),
          inflated: index === 0,
        })),
      },
    ],
    'GET critical-criteria': () => [criticalView, critical],
    'PUT critical-criteria': ({ body }) => {
      const { usual, clients, sites } = criticalSettings.parse(body)
      critical = {
        usual,
        clients: clients.map(client => ({ ...client, name: client.code })),
        sites: sites.map(code => ({ code, name: code, client: null, markedBy: state.person.name })),
      }
      return null
    },
  }
}
