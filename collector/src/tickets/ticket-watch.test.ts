import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, it } from 'vitest'
import { type Connector, delivered, type Outcome, rejected, type Ticket } from '../connectors/connector.ts'
import { noPace } from '../connectors/testing/no-pace.ts'
import type { TicketState } from '../connectors/ticket-state.ts'
import type { Tickets } from './ticket-book.ts'
import { createTicketWatch } from './ticket-watch.ts'

const ticketOf = (id: string): Ticket => ({ id, number: id, url: null, written: {} })
const there = delivered<TicketState | null>(null)

/** A watch over tickets 1 and 2, both due, of a desk that answers like this; `took` and `passed` fill as it looks. */
function watching(read: (id: string) => Promise<Outcome<TicketState | null>>) {
  const clock = new ManualClock(0)
  const took: string[] = []
  const passed: string[] = []
  const tickets: Tickets = {
    cursorOf: async () => null,
    told: async () => [],
    called: async () => {},
    known: async (_desk, ids) => ids.map(ticketOf),
    unread: async () => (took.length + passed.length === 0 ? ['1', '2'].map(ticketOf) : []),
    took: async ({ id }) => {
      took.push(id)
      return []
    },
    passOver: async (_desk, id) => void passed.push(id),
  }
  const connector = { name: 'desk', read: (ticket: Ticket) => read(ticket.id) } as unknown as Connector
  const desk = { connector, tenants: ['main'], fallback: null, pace: noPace, pollMs: 60_000 }
  const log = recordingLogger()
  const watch = createTicketWatch({ desk, tickets, clock, random: () => 0.5, log, changed: () => {} })
  if (!watch) throw new Error('not watched')
  return { watch, clock, took, passed }
}

it('a ticket that may not be read does not keep the others from being read, and is told', async () => {
  const { watch, clock, took, passed } = watching(async id =>
    id === '1' ? rejected('forbidden', 'moved to the managers') : there,
  )
  await watch.start()
  await clock.advance(1_000)
  expect({ took, passed, lastError: watch.lastError }).toEqual({
    ...{ took: ['2'], passed: ['1'], lastError: 'moved to the managers' },
  })
  await watch.stop()
})

it('a desk that does not know us is not asked ticket by ticket', async () => {
  const { watch, clock, took, passed } = watching(async () => rejected('unauthorised', 'no'))
  await watch.start()
  await clock.advance(1_000)
  expect([...took, ...passed]).toEqual([])
  await watch.stop()
})

it('a ticket on which the desk chokes holds up no other, and is asked for again', async () => {
  let answers = false
  const { watch, clock, took, passed } = watching(async id =>
    id === '1' && !answers ? { kind: 'retry', message: '500' } : there,
  )
  await watch.start()
  await clock.advance(1_000)
  expect({ took, passed, lastError: watch.lastError }).toEqual({ took: ['2'], passed: ['1'], lastError: '500' })
  answers = true
  await clock.advance(60_000)
  expect({ took, lastError: watch.lastError }).toEqual({ took: ['2', '1'], lastError: null })
  await watch.stop()
})

it('a desk that fails twice in a row is asked no further at this look', async () => {
  let asked = 0
  const { watch, clock } = watching(async () => {
    asked++
    return { kind: 'unknown', message: 'no answer' }
  })
  await watch.start()
  await clock.advance(1_000)
  expect(asked).toBe(2)
  await watch.stop()
})

it('a ticket that cannot be written down holds up no other', async () => {
  const { watch, clock, took, passed } = watching(async () => there)
  const push = took.push.bind(took)
  took.push = (...ids) => {
    if (ids[0] === '1') throw new Error('a row that cannot be')
    return push(...ids)
  }
  await watch.start()
  await clock.advance(1_000)
  expect({ took: [...took], passed }).toEqual({ took: ['2'], passed: ['1'] })
  await watch.stop()
})

it('what is said of a ticket while it is read is looked at again', async () => {
  let again = true
  const { watch, clock, took } = watching(async id => {
    if (id === '7' && again) watch.hint(['7'])
    again &&= id !== '7'
    return there
  })
  watch.hint(['7'])
  await watch.start()
  await clock.advance(120_000)
  expect(took.filter(id => id === '7')).toHaveLength(2)
  await watch.stop()
})
