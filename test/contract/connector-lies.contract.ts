import { type Connector, type DeskMessage, type Ticket, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { describe, expect, it } from 'vitest'
import { type DeskUnderTest, deskMessage, good } from './connector.contract.ts'
import type { Imitation } from './desks/imitation.ts'

/** Every call has a deadline of its own. */
const signal = new AbortController().signal

/** What every desk makes of wishes that it does not take: `refusing` is a connector whose next ticket has a value that the desk refuses. */
export function refusalContract(
  name: string,
  desk: () => DeskUnderTest & { readonly refusing: () => Connector },
): void {
  const made = async (connector: Connector, first: DeskMessage): Promise<string> => {
    const outcome = await connector.create(first, signal)
    good(outcome)
    expect((await desk().seen(first.subject.key)).tickets).toBe(1)
    return (outcome.kind === 'delivered' && outcome.warning) || ''
  }

  describe(`${name}: a ticket beats none`, () => {
    it('R27: a value that the desk refuses is left out, and the warning says so', async () => {
      expect(await made(desk().refusing(), deskMessage())).toContain('left out')
    })

    it('R27: where the desk does not know a name of the placement, the ticket goes to the usual place with a warning', async () => {
      const placement = { ...USUAL_PLACE, assignee: 'nobody-has-this-name' }
      expect(await made(desk().connector, deskMessage({ placement }))).toContain('not placed as the routes say')
    })

    it('one that goes where it should has none', async () => {
      expect(await made(desk().connector, deskMessage())).toBe('')
    })
  })
}

/** Every change is read back: for imitations, which swallow it on demand. */
export function changeContract(
  name: string,
  desk: () => DeskUnderTest & { readonly imitation: Pick<Imitation, 'faults'> },
): void {
  const file = { name: 'tillwatch-12-log.txt', type: 'text/plain', bytes: Buffer.from('строка') }
  const changes: readonly [what: string, change: (ticket: Ticket, first: DeskMessage) => Promise<unknown>][] = [
    ['a comment', (ticket, first) => desk().connector.comment(ticket, { ...first, kind: 'comment' }, signal)],
    ['a priority', (ticket, first) => desk().connector.setPriority(ticket, { ...first, priority: 1 }, signal)],
    [
      'a solution',
      (ticket, first) => desk().connector.setStatus(ticket, 'solved', { ...first, kind: 'solve' }, signal),
    ],
    ['a file', async ticket => desk().connector.attach?.(ticket, file, signal)],
  ]
  describe(`${name}: a desk that answers "done" and does nothing`, () => {
    it.each(changes)('%s that is not there is not taken for delivered', async (_what, change) => {
      const first = deskMessage()
      const ticket = good(await desk().connector.create(first, signal))
      const { imitation } = desk()
      imitation.faults = Array.from({ length: 8 }, () => ({ on: 'change', how: 'swallowed' }))
      const outcome = await change(ticket, { ...first, eventId: `${first.eventId}.x` })
      imitation.faults = []
      expect(outcome).toMatchObject({ kind: 'rejected', reason: 'change_refused' })
    })

    it('a priority whose words are there and which is not is refused', async () => {
      const first = deskMessage()
      const ticket = good(await desk().connector.create(first, signal))
      const raise = { ...first, priority: 1 as const, kind: 'priority' as const, eventId: `${first.eventId}.p` }
      good(await desk().connector.comment(ticket, raise, signal))
      const { imitation } = desk()
      imitation.faults = Array.from({ length: 8 }, () => ({ on: 'change', how: 'swallowed' }))
      const outcome = await desk().connector.setPriority(ticket, { ...raise, mayHaveArrived: true }, signal)
      imitation.faults = []
      const priority = (await desk().connector.read?.(ticket, signal)) ?? { kind: 'retry' }
      // Delivered only where a priority is nothing but words.
      if (outcome.kind === 'delivered') expect(priority).toMatchObject({ value: { priority: first.priority } })
      else expect(outcome).toMatchObject({ reason: 'change_refused' })
      expect(outcome.kind === 'delivered' && outcome.value.written['priorityId'] !== ticket.written['priorityId']).toBe(
        false,
      )
    })
  })
}

/** Comments for the staff that a desk shows to clients: for imitations, in which `expose` takes the right to private ones away. */
export function secrecyContract(name: string, desk: () => DeskUnderTest & { readonly expose: () => void }): void {
  it(`${name}: an internal comment that became public is told`, async () => {
    const { connector, expose } = desk()
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    const comment = (at: number) => ({ ...first, kind: 'comment' as const, eventId: `${first.eventId}.c${at}` })
    expect(await connector.comment(ticket, comment(1), signal)).not.toHaveProperty('warning')
    expose()
    const exposed = await connector.comment(ticket, comment(2), signal)
    expect(exposed).toMatchObject({ kind: 'delivered', warning: expect.stringContaining('clients can read') })
    const open = { ...comment(3), visibility: 'public' as const }
    expect(await connector.comment(ticket, open, signal)).not.toHaveProperty('warning')
  })
}

/** What an address may answer that is the desk's no more: a proxy, another site, the desk's own page of apology. */
const STRANGERS = [
  { status: 404, text: '<html><body>404 не найдено (not found)</body></html>' },
  { status: 404, text: '{"message":"not found","errors":"not found","code":1100}' },
  { status: 200, text: '<html><body>It works!</body></html>' },
  { status: 200, text: '{}' },
  { status: 200, text: '{"value":[],"issues":[],"items":[],"error":true,"errorText":"Инцидент не найден"}' },
  { status: 400, text: 'Информационная база не найдена' },
  { status: 410, text: '' },
]

/** What a connector makes of an address where the desk is no more: `away` puts a stranger there, or the desk again. */
export function awayContract(
  name: string,
  desk: () => DeskUnderTest & { readonly away: (stranger: (typeof STRANGERS)[number] | null) => void },
): void {
  describe(`${name}: a desk that is not where it was`, () => {
    it.each(STRANGERS)('$status $text says nothing about a ticket', async stranger => {
      const { connector, away } = desk()
      const ticket = good(await connector.create(deskMessage(), signal))
      away(stranger)
      const found = await connector.read?.(ticket, signal)
      away(null)
      // A ticket that is passed over as refused would lose what people did in it.
      expect(found).toMatchObject({ kind: 'retry', message: expect.stringContaining('not there') })
      expect(await connector.read?.(ticket, signal)).toMatchObject({ value: { phase: 'open' } })
    })
  })
}
