import {
  attachmentView,
  inboundAnswer,
  inboundTicket,
  incidentLinks,
  type MachineTokenRow,
  machineTokenRow,
  machineTokenSecret,
  newMachineToken,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { both, HOUR, iso, Refusal, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

/** Requests of people, links between incidents, and keys of programs. */
export function inboundRoutes(state: MockState): Routes {
  let tokens: MachineTokenRow[] = [
    {
      id: 'token-1',
      name: 'Zabbix',
      scope: 'monitor',
      createdBy: 'Анна',
      createdAt: iso(state.now - 500 * HOUR),
      usedAt: iso(state.now - HOUR / 4),
      revokedAt: null,
    },
  ]
  let isProposed = true
  return {
    'POST tickets': ({ body }) => {
      inboundTicket.parse(body)
      return [inboundAnswer, { outcome: 'opened', incidentId: 'incident-1', number: 1040, placed: true }]
    },
    'GET incidents/*/attachments': () => [
      z.array(attachmentView),
      (['chart', 'log'] as const).map(sort => ({
        ...{ name: `tillwatch-1040-${sort}-ru.${sort === 'chart' ? 'png' : 'txt'}`, sort, language: 'ru' },
        ...{ size: sort === 'chart' ? 47_000 : 18_500, at: iso(state.now - HOUR / 2) },
      })),
    ],
    'GET incidents/*/links': ({ parts }) => [
      incidentLinks,
      parts[1] === 'incident-2'
        ? {
            links: [
              {
                id: 'incident-1',
                number: 1040,
                title: both('Чеки не уходят', 'Receipts do not leave'),
                status: 'open',
                state: isProposed ? 'proposed' : 'linked',
              },
            ],
            author: { name: 'Мария', contact: '+7 000 000-00-00' },
          }
        : { links: [], author: null },
    ],
    'POST incidents/*/links': () => {
      isProposed = false
      return null
    },
    'GET tokens': () => [z.array(machineTokenRow), tokens],
    'POST tokens': ({ body }) => {
      const id = `token-${tokens.length + 1}`
      const fresh = { createdBy: 'Анна', createdAt: iso(state.now), usedAt: null, revokedAt: null }
      tokens = [{ id, ...newMachineToken.parse(body), ...fresh }, ...tokens]
      return [machineTokenSecret, { id, secret: 'shown-once-and-never-again-0123456789' }]
    },
    'DELETE tokens/*': ({ parts }) => {
      if (!tokens.some(token => token.id === parts[1]))
        throw new Refusal(404, 'token.unknown', 'There is no such token')
      tokens = tokens.map(token => (token.id === parts[1] ? { ...token, revokedAt: iso(state.now) } : token))
      return null
    },
  }
}
