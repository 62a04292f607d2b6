import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, it } from 'vitest'
import { type Connector, delivered, type Outcome, type Ticket } from '../connectors/connector.ts'
import { noPace } from '../connectors/testing/no-pace.ts'
import type { TicketState } from '../connectors/ticket-state.ts'
import type { Tickets } from './ticket-book.ts'
import { createTicketWatch } from './ticket-watch.ts'

const DAY = 86_400_000

/** A watch over a desk that is asked once a day and knows tickets 1 and 2; what it was asked for fills `asked`. */
function watching(read: (id: string) => Outcome<TicketState | null> = () => delivered(null)) {
  const clock = new ManualClock(0)
  const asked: string[] = []
  const tickets: Tickets = {
    cursorOf: async () => null,
    told: async () => [],
    called: async () => {},
    known: async (_desk, ids) =>
      ids.filter(id => id === '1' || id === '2').map(id => ({ id, number: id, url: null, written: {} })),
    unread: async () => [],
    took: async () => [],
    passOver: async () => {},
  }
  const connector = {
    name: 'desk',
    read: async ({ id }: Ticket) => {
      asked.push(id)
      return read(id)
    },
    changedSince: async () => {
      asked.push('changes')
      return delivered({ ids: [], cursor: 'c' })
    },
  } as unknown as Connector
  const desk = { connector, tenants: ['main'], fallback: null, pace: noPace, pollMs: DAY }
  const log = recordingLogger()
  const watch = createTicketWatch({ desk, tickets, clock, random: () => 0.5, log, changed: () => {} })
  if (!watch) throw new Error('not watched')
  return { watch, clock, asked }
}

it('R36: a call costs the tickets of ours that it names, and brings no other look nearer', async () => {
  const { watch, clock, asked } = watching()
  await watch.start()
  await clock.advance(1_000)
  expect(asked.splice(0)).toEqual(['changes'])
  watch.hint(['2', 'stranger'])
  await clock.advance(1_000)
  watch.hint(['stranger'])
  await clock.advance(DAY - 3_000)
  expect(asked.splice(0)).toEqual(['2'])
  await clock.advance(1_000)
  expect(asked).toEqual(['changes'])
  await watch.stop()
})

it('a look that we ask for is not put off by a call', async () => {
  const { watch, clock, asked } = watching()
  await watch.start()
  await clock.advance(1_000)
  watch.hint(['1'])
  watch.look()
  await clock.advance(1_000)
  expect(asked).toEqual(['changes', '1', 'changes'])
  await watch.stop()
})

it('what a call named is read again within minutes when the desk was not there, however seldom it is asked', async () => {
  let isThere = false
  const { watch, clock, asked } = watching(() =>
    isThere ? delivered(null) : { kind: 'retry', message: 'connection refused' },
  )
  await watch.start()
  await clock.advance(1_000)
  watch.hint(['1'])
  await clock.advance(1_000)
  isThere = true
  asked.length = 0
  await clock.advance(5 * 60_000)
  expect(asked.filter(id => id === '1')).toHaveLength(1)
  await watch.stop()
})

it('too many names are dropped and counted; one that waits already is not', async () => {
  const { watch } = watching()
  watch.hint(Array.from({ length: 1_100 }, (_, index) => `x${index}`))
  expect(watch.dropped).toBe(100)
  watch.hint(['x0'])
  expect(watch.dropped).toBe(100)
})
