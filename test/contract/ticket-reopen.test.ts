import type { Connector } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { mantisConfig } from '@tillwatch/collector/connectors/mantis/config'
import { createMantisConnector } from '@tillwatch/collector/connectors/mantis/connector'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import { condition, HOUR } from '@tillwatch/collector/incidents/testing/incident-fixture'
import { systemClock } from '@tillwatch/shared'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KEY_FIELD, ENGINEER as MANTIS_ENGINEER, startFakeMantis, TOKEN } from './desks/mantis.ts'
import { FAKE_KEY_FIELD, ENGINEER as REDMINE_ENGINEER, startFakeRedmine } from './desks/redmine.ts'
import { createTicketWorld, type TicketWorld } from './ticket-world.ts'

/** A desk with one ticket, and what people do to it in its own pages. */
interface PeoplesDesk {
  readonly connector: Connector
  close(text: string): void
  reject(text: string): void
  edit(): void
  /** What the edit set, and whether it is still being worked on. */
  readonly ticket: { edited: unknown; isOpen: boolean }
  /** What is written under the ticket, oldest first. */
  readonly notes: readonly string[]
  stop(): Promise<void>
}

process.env['TILLWATCH_TEST_KEY'] = TOKEN
const common = { name: 'desk', secret: { env: 'TILLWATCH_TEST_KEY' }, language: 'en', allow_private: true }
const http = () => createHttpClient(systemClock, 2_000)

async function redmine(): Promise<PeoplesDesk> {
  const fake = await startFakeRedmine()
  const config = redmineConfig.parse({
    ...{ kind: 'redmine', ...common, url: fake.url, project: 'tills', tracker: 'Bug', key_field: FAKE_KEY_FIELD },
    statuses: { rejected: ['Closed'] },
  })
  const issue = () => fake.issues[0] ?? raise()
  const set = (fields: object) => Object.assign(issue(), fields, { updatedAt: Date.now() })
  const word = (text: string, statusId: number) => {
    issue().notes.push(text)
    set({ statusId })
  }
  return {
    connector: createRedmineConnector(config, http()),
    close: text => word(text, 3),
    reject: text => word(text, 5),
    edit: () => set({ subject: 'Касса 3', assignee: REDMINE_ENGINEER, priorityId: 1, statusId: 2 }),
    get ticket() {
      const { subject, assignee, priorityId, statusId } = issue()
      return { edited: [subject, assignee, priorityId, statusId], isOpen: statusId < 3 || statusId === 4 }
    },
    get notes() {
      return issue().notes
    },
    stop: () => fake.stop(),
  }
}

async function mantis(): Promise<PeoplesDesk> {
  const fake = await startFakeMantis()
  const config = mantisConfig.parse({
    ...{ kind: 'mantis', ...common, url: fake.url, project: 'Кассы', key_field: KEY_FIELD },
  })
  const issue = () => fake.issues[0] ?? raise()
  const set = (fields: object) => Object.assign(issue(), fields, { updatedAt: Date.now() })
  const word = (text: string, statusId: number, resolutionId: number) => {
    issue().notes.push({ text, isPrivate: true })
    set({ statusId, resolutionId })
  }
  return {
    connector: createMantisConnector(config, http()),
    close: text => word(text, 80, 20),
    reject: text => word(text, 90, 90),
    edit: () => set({ summary: 'Касса 3', handler: MANTIS_ENGINEER, priorityId: 20, statusId: 50 }),
    get ticket() {
      const { summary, handler, priorityId, statusId } = issue()
      return { edited: [summary, handler, priorityId, statusId], isOpen: statusId < 80 }
    },
    get notes() {
      return issue().notes.map(({ text }) => text)
    },
    stop: () => fake.stop(),
  }
}

function raise(): never {
  throw new Error('there is no ticket')
}

describe.each([
  ['Redmine', redmine],
  ['MantisBT', mantis],
])('what people decide in %s while the fault lasts', (_name, start) => {
  let desk: PeoplesDesk
  let world: TicketWorld
  const lasting = { firing: true, conditions: [condition()], priority: 2, priorityComputed: 2 } as const
  const ours = () => desk.notes.filter(text => text.includes('[tw-'))
  const said = (words: string) => ours().filter(text => text.includes(words)).length

  beforeEach(async () => {
    desk = await start()
  })
  afterEach(async () => {
    await world.stop()
    await desk.stop()
  })
  const begin = async (more = {}) => {
    world = createTicketWorld(desk.connector, more)
    await world.open(lasting)
  }

  it('domain 18.22, 18.26: a close is taken with one comment, reopened after the grace, and once a day', async () => {
    await begin()
    desk.close('Заменил кабель')
    await world.pass(0)
    expect(world.incident()).toMatchObject({ status: 'solved', resolution: 'person' })
    expect(ours()).toEqual([expect.stringContaining('readings are still bad')])
    await world.pass(HOUR)
    expect({ ...desk.ticket, ours: ours().length }).toMatchObject({ isOpen: false, ours: 1 })
    await world.pass(HOUR)
    expect(world.incident()).toMatchObject({ reopensUnfixed: 1, reopensHuman: 0 })
    expect(desk.ticket.isOpen).toBe(true)
    expect(said('fault lasts, reopened')).toBe(1)

    desk.close('Всё в порядке')
    await world.pass(HOUR)
    expect(world.incident().status).toBe('solved')
    await world.pass(20 * HOUR)
    expect({ isOpen: desk.ticket.isOpen, again: world.incident().reopensUnfixed }).toEqual({ isOpen: false, again: 1 })
    await world.pass(4 * HOUR)
    expect({ isOpen: desk.ticket.isOpen, again: world.incident().reopensUnfixed }).toEqual({ isOpen: true, again: 2 })
    expect([said('still bad'), said('fault lasts, reopened')]).toEqual([2, 2])
  })

  it('domain 18.26: where a tenant never wants it reopened, its ticket stays closed and says so', async () => {
    await begin({ reopenUnfixed: { main: 'never' } })
    desk.close('Ждём замены')
    await world.pass(0)
    await world.pass(30 * HOUR)
    expect({ isOpen: desk.ticket.isOpen, status: world.incident().status }).toEqual({ isOpen: false, status: 'solved' })
    expect(ours()).toEqual([expect.stringContaining('Does not reopen')])
  })

  it('domain 18.27: a rejection is muted, not reopened, whatever the readings say', async () => {
    await begin()
    desk.reject('Так и задумано')
    await world.pass(0)
    expect(world.incident()).toMatchObject({ status: 'closed', resolution: 'rejected', muted: true })
    await world.pass(30 * HOUR)
    expect(desk.ticket.isOpen).toBe(false)
    expect(world.incident()).toMatchObject({ status: 'closed', reopensUnfixed: 0 })
  })

  it('R36: title, person, priority and status that people set are never undone', async () => {
    await begin()
    desk.edit()
    const { edited } = desk.ticket
    await world.pass(0)
    expect(world.incident()).toMatchObject({ status: 'in_work', priority: 4 })
    for (const kind of ['comment', 'priority'] as const) world.send(kind)
    await world.pass(HOUR)
    await world.pass(7 * HOUR)
    expect(desk.ticket.edited).toEqual(edited)
    expect(world.incident()).toMatchObject({ status: 'in_work', priority: 4 })
  })
})
