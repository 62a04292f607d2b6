import {
  type Connector,
  type DeskFile,
  type DeskMessage,
  type Outcome,
  type Ticket,
  USUAL_PLACE,
  type Visibility,
} from '@tillwatch/collector/connectors/connector'
import { attempt } from '@tillwatch/collector/deliveries/attempt'
import type { Delivery } from '@tillwatch/collector/deliveries/delivery-port'
import type { Priority } from '@tillwatch/rules'
import { systemClock } from '@tillwatch/shared'
import { describe, expect, it } from 'vitest'
import type { Imitation } from './desks/imitation.ts'

/** What a suite needs of one desk. */
export interface DeskUnderTest {
  readonly connector: Connector
  /** What the desk holds of a key, seen by other means than the connector: number of tickets or mails, their texts, names of their files. */
  seen(key: string): Promise<{
    readonly tickets: number
    readonly texts: readonly string[]
    readonly files?: readonly string[]
  }>
}

/** What people do in a desk, by other means than the connector. */
export interface DeskPeople {
  /** Sets a status of this meaning. */
  setPhase(ticketId: string, phase: 'in_work' | 'waiting' | 'closed'): Promise<void>
  comment(ticketId: string, text: string, visibility: Visibility): Promise<void>
  /** Sets the desk's priority for our level. */
  setPriority(ticketId: string, level: Priority): Promise<void>
  /** Gives the ticket to somebody whose name this resolves to. */
  assign(ticketId: string): Promise<string>
  remove(ticketId: string): Promise<void>
}

/** Bounded by the runner: every call has a deadline of its own, and a slow desk takes minutes for a suite. */
const signal = new AbortController().signal
let counter = 0

/** A message as the runner makes it, with a key that nobody has. */
export function deskMessage(more: Partial<DeskMessage> = {}): DeskMessage {
  const key =
    more.subject?.key ?? `tw-${process.pid.toString(36)}${Math.floor(performance.now()).toString(36)}${counter++}`
  return {
    eventId: `${key}.desk.${counter++}`,
    kind: 'open',
    at: '2026-11-23T09:00:00.000Z',
    title: 'Касса 2: чеки не уходят в ОФД 3 дня',
    text: 'Очередь стоит с четверга.',
    priority: 3,
    visibility: 'internal',
    placement: USUAL_PLACE,
    subject: {
      incidentId: key,
      number: 12,
      key,
      episode: 1,
      causeClass: 'ofd',
      itemId: 'register:main:1',
      ci: 'ШТРИХ-М 1',
      site: 'На Мира',
      client: 'Пекарня',
      openedAt: '2026-11-23T09:00:00.000Z',
    },
    link: 'https://tillwatch.test/incidents/1',
    mayHaveArrived: false,
    ...more,
  }
}

/** The opening of an incident as the runner takes it from the outbox. */
const deliveryOf = ({ eventId, title, text, priority, subject }: DeskMessage): Delivery => ({
  ...{ id: 1, tenantId: 'main', incidentId: subject.incidentId, desk: 'desk', eventId, kind: 'open' },
  payload: { title: { ru: title, en: title }, text: { ru: text, en: text }, priority, subject },
  ...{ attempts: 1, createdAt: Date.UTC(2026, 10, 23, 9), mayHaveArrived: false, ticket: null },
})
const fail = (): never => {
  throw new Error('takes no files')
}

/** The value of a good outcome; anything else fails the test with its message. */
export function good<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'delivered') throw new Error(`${outcome.kind}: ${outcome.message}`)
  return outcome.value
}

/** What every connector promises, whatever it speaks to. */
export function connectorContract(name: string, desk: () => DeskUnderTest): void {
  const next = (first: DeskMessage, kind: DeskMessage['kind'], text: string): DeskMessage => ({
    ...first,
    kind,
    text,
    eventId: `${first.eventId}.${kind}.${counter++}`,
  })

  describe(`${name}: every connector`, () => {
    it('proves address, rights and fields before it is needed', async () => {
      const steps = await desk().connector.probe(signal)
      expect(steps.length).toBeGreaterThan(0)
      expect(steps.filter(step => !step.ok)).toEqual([])
    })

    it('opens, comments, raises, solves and reopens', async () => {
      const { connector } = desk()
      const first = deskMessage()
      const ticket = good(await connector.create(first, signal))
      const commented = good(await connector.comment(ticket, next(first, 'comment', 'Стало хуже'), signal))
      const raised = good(
        await connector.setPriority(commented, { ...next(first, 'priority', 'Выше'), priority: 1 }, signal),
      )
      const solved = good(await connector.setStatus(raised, 'solved', next(first, 'solve', 'Прошло само'), signal))
      good(await connector.setStatus(solved, 'reopened', next(first, 'reopen', 'Вернулось'), signal))
      expect(solved.id).toBe(ticket.id)
      const { texts } = await desk().seen(first.subject.key)
      for (const text of ['Стало хуже', 'Выше', 'Прошло само', 'Вернулось']) expect(texts.join('\n')).toContain(text)
    })

    it('takes a title and a text that are far too long and cuts them at a character', async () => {
      const first = deskMessage({ title: '🧾'.repeat(600), text: 'щ'.repeat(200_000) })
      good(await desk().connector.create(first, signal))
    })

    it('R19: a text that is far too long makes a ticket all the same, and none of its facts is lost', async () => {
      const { connector } = desk()
      const facts = Array.from({ length: 6_000 }, (_, at) => `Факт ${at}: чек не ушёл`)
      const first = deskMessage({ text: `${facts.join('\n')}\nпоследний факт` })
      const files: DeskFile[] = []
      const attach: Connector['attach'] =
        connector.attach &&
        (async (ticket, file, stop) => {
          files.push(file)
          return (await connector.attach?.(ticket, file, stop)) ?? fail()
        })
      const spied = { ...connector, ...(attach ? { attach } : {}) }
      const done = await attempt(spied, deliveryOf(first), { link: first.link, file: null }, systemClock, signal)
      expect(done).toMatchObject({ kind: 'delivered', value: { adopted: false } })
      const { tickets, texts, files: names = [] } = await desk().seen(first.subject.key)
      expect(tickets).toBe(1)
      if (connector.attach) {
        expect(files.map(file => Buffer.from(file.bytes).toString('utf8'))).toEqual([first.text])
        expect(
          names.some(each => each.includes(files[0]?.name ?? '-')) || texts.join().includes(files[0]?.name ?? '-'),
        ).toBe(true)
      } else expect(texts.join('\n')).toContain('последний факт')
    })

    it('ends when it is told to stop', async () => {
      const stopped = AbortSignal.abort()
      const outcome = await desk().connector.create(deskMessage(), stopped)
      expect(outcome.kind).not.toBe('delivered')
    })
  })
}

/** What a connector promises besides when its desk can be searched: exactly one ticket. */
export function searchableContract(name: string, desk: () => DeskUnderTest): void {
  const find = async (key: string) => {
    const { connector } = desk()
    if (!connector.find) throw new Error('not searchable')
    return good(await connector.find(key, signal))
  }
  const ticketOf = async (first: DeskMessage) => good(await desk().connector.create(first, signal))

  describe(`${name}: a searchable desk`, () => {
    it('finds by key in every state, and only its own', async () => {
      const first = deskMessage()
      const ticket = await ticketOf(first)
      await ticketOf(deskMessage())
      expect((await find(first.subject.key)).map(each => [each.id, each.open])).toEqual([[ticket.id, true]])
      good(
        await desk().connector.setStatus(
          ticket,
          'solved',
          { ...first, kind: 'solve', eventId: `${first.eventId}.s` },
          signal,
        ),
      )
      expect((await find(first.subject.key)).map(each => [each.id, each.open])).toEqual([[ticket.id, false]])
      expect(await find('tw-nobody')).toEqual([])
    })

    it('does not repeat a comment that may have arrived', async () => {
      const first = deskMessage()
      const ticket = await ticketOf(first)
      const comment = { ...first, kind: 'comment' as const, eventId: `${first.eventId}.c`, text: 'Один раз' }
      good(await desk().connector.comment(ticket, comment, signal))
      good(await desk().connector.comment(ticket, { ...comment, mayHaveArrived: true }, signal))
      const { texts } = await desk().seen(first.subject.key)
      expect(texts.filter(text => text.includes('Один раз'))).toHaveLength(1)
    })

    it('repeats a change of status without a second note', async () => {
      const first = deskMessage()
      const ticket = await ticketOf(first)
      const solve = { ...first, kind: 'solve' as const, eventId: `${first.eventId}.s`, text: 'Прошло' }
      good(await desk().connector.setStatus(ticket, 'solved', solve, signal))
      good(await desk().connector.setStatus(ticket, 'solved', { ...solve, mayHaveArrived: true }, signal))
      const { texts } = await desk().seen(first.subject.key)
      expect(texts.filter(text => text.includes('Прошло'))).toHaveLength(1)
    })
  })
}

/** What a connector promises besides when its desk takes files. */
export function fileContract(name: string, desk: () => DeskUnderTest): void {
  const file = {
    name: 'tillwatch-12-queue.png',
    type: 'image/png',
    bytes: Uint8Array.from({ length: 3_000 }, (_, at) => at % 251),
  }

  describe(`${name}: a desk that takes files`, () => {
    it('R29, R32: adds a file once, however often it is asked', async () => {
      const { connector } = desk()
      if (!connector.attach) throw new Error('takes no files')
      expect(connector.capabilities.fileMax).toBeGreaterThan(0)
      const first = deskMessage()
      const ticket = good(await connector.create(first, signal))
      const attached = good(await connector.attach(ticket, file, signal))
      good(await connector.attach(attached, file, signal))
      const { files = [] } = await desk().seen(first.subject.key)
      expect(files.filter(each => each.includes('tillwatch-12-queue'))).toHaveLength(1)
    })
  })
}

/** What a connector promises besides when its desk can be read: what people do there comes back. */
export function returnsContract(name: string, desk: () => DeskUnderTest & { readonly people: DeskPeople }): void {
  const opened = async (): Promise<{ first: DeskMessage; ticket: Ticket }> => {
    const first = deskMessage()
    return { first, ticket: good(await desk().connector.create(first, signal)) }
  }
  const read = async (ticket: Ticket) => {
    const { connector } = desk()
    if (!connector.read) throw new Error('cannot be read')
    return good(await connector.read(ticket, signal))
  }
  const changedSince = async (cursor: string | null) => {
    const { connector } = desk()
    if (!connector.changedSince) throw new Error('cannot be asked for changes')
    return good(await connector.changedSince(cursor, signal))
  }

  describe(`${name}: a desk that can be read`, () => {
    it('R36: tells status, priority and assignee as people left them', async () => {
      const { ticket } = await opened()
      expect(await read(ticket)).toMatchObject({ phase: 'open', priority: 3, assignee: null })
      await desk().people.setPhase(ticket.id, 'in_work')
      await desk().people.setPriority(ticket.id, 1)
      const assignee = await desk().people.assign(ticket.id)
      expect(await read(ticket)).toMatchObject({ phase: 'in_work', priority: 1, assignee })
      await desk().people.setPhase(ticket.id, 'waiting')
      expect(await read(ticket)).toMatchObject({ phase: 'waiting' })
      await desk().people.setPhase(ticket.id, 'closed')
      expect((await read(ticket))?.phase).toMatch(/^(closed|solved)$/)
    })

    it('R168: tells the comments of people, and which ones are ours', async () => {
      const { first, ticket } = await opened()
      const { connector, people } = desk()
      const ours = { ...first, kind: 'comment' as const, eventId: `${first.eventId}.c`, text: 'Очередь растёт' }
      good(await connector.comment(ticket, ours, signal))
      await people.comment(ticket.id, 'Выехал инженер <завтра> & позвоню', 'public')
      const comments = (await read(ticket))?.comments ?? []
      expect(comments.filter(each => each.ours).map(each => each.text.includes('Очередь растёт'))).toEqual([true])
      const theirs = comments.filter(each => !each.ours)
      expect(theirs.map(each => each.text)).toEqual(['Выехал инженер <завтра> & позвоню'])
      if (connector.capabilities.internalComment) {
        expect(comments.find(each => each.ours)?.internal).toBe(true)
        expect(theirs[0]?.internal).toBe(false)
      }
    })

    it('names the tickets that changed since the last look, however close together', async () => {
      const { ticket } = await opened()
      const start = await changedSince(null)
      const { ticket: second } = await opened()
      await desk().people.comment(ticket.id, 'Смотрю', 'public')
      const changes = await changedSince(start.cursor)
      expect(changes.ids).toEqual(expect.arrayContaining([ticket.id, second.id]))
      await desk().people.setPhase(ticket.id, 'in_work')
      expect((await changedSince(changes.cursor)).ids).toContain(ticket.id)
    })

    it('says that a ticket is gone, and only then', async () => {
      const { ticket } = await opened()
      expect(await read(ticket)).not.toBeNull()
      await desk().people.remove(ticket.id)
      expect(await read(ticket)).toBeNull()
    })
  })
}

/** How a connector over HTTP takes what a desk or the way to it may do; for imitations, which do it on demand. */
export function faultContract(
  name: string,
  desk: () => DeskUnderTest & { readonly imitation: Pick<Imitation, 'faults'> },
): void {
  describe(`${name}: what goes wrong`, () => {
    it.each([
      ['create', 'cut_after', 'unknown'],
      ['create', 'cut_before', 'unknown'],
      ['create', 'error_after', 'unknown'],
      ['create', 'unreadable', 'unknown'],
      ['create', 'forbidden', 'rejected'],
      ['find', 'error', 'retry'],
      ['find', 'unreadable', 'rejected'],
    ] as const)('%s with %s is %s', async (on, how, kind) => {
      const { connector, imitation } = desk()
      good(await connector.create(deskMessage(), signal))
      imitation.faults = [{ on, how }]
      const outcome =
        on === 'create' ? await connector.create(deskMessage(), signal) : await connector.find?.('tw-1', signal)
      expect(outcome?.kind).toBe(kind)
    })

    it('a pause that the desk asks for is handed on', async () => {
      const { connector, imitation } = desk()
      imitation.faults = [{ on: 'create', how: 'wait' }]
      expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'retry', afterMs: 60_000 })
    })
  })
}
