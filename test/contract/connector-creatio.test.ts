import { type Connector, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createCreatioConnector } from '@tillwatch/collector/connectors/creatio/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { systemClock } from '@tillwatch/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  connectorContract,
  type DeskPeople,
  deskMessage,
  fileContract,
  good,
  returnsContract,
  searchableContract,
} from './connector.contract.ts'
import { awayContract, changeContract, refusalContract, secrecyContract } from './connector-lies.contract.ts'
import {
  CASE_SCHEMA,
  ENGINEER,
  type FakeCreatio,
  ITEM,
  noLies,
  PRIORITY,
  ratingId,
  STATUS,
  settingsOf,
  startFakeCreatio,
} from './desks/creatio.ts'

let fake: FakeCreatio
let connector: Connector
const signal = new AbortController().signal

beforeAll(async () => {
  fake = await startFakeCreatio()
})
afterAll(() => fake.stop())
beforeEach(() => {
  Object.assign(fake, noLies(), { faults: [] })
  connector = connect()
})

const connect = (more: object = {}): Connector =>
  createCreatioConnector(settingsOf(fake, more), createHttpClient(systemClock, 2_000))

const rows = (object: string) => fake.tables[object] ?? []
const caseOf = (id: string) => {
  const found = rows('Case').find(each => each.Id === id)
  if (!found) throw new Error(`no case ${id}`)
  return found
}
const changeCase = (id: string, columns: object) =>
  Object.assign(caseOf(id), { ModifiedOn: new Date().toISOString() }, columns)
const feedOf = (id: string) => rows('SocialMessage').filter(each => each['EntityId'] === id)
const people: DeskPeople = {
  setPhase: async (id, phase) =>
    void changeCase(id, { StatusId: { in_work: STATUS.inWork, waiting: STATUS.vendor, closed: STATUS.closed }[phase] }),
  comment: async (id, text, visibility) => {
    const html = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
    rows('SocialMessage').push({
      Id: `88888888-0000-4000-8000-${String(rows('SocialMessage').length).padStart(12, '0')}`,
      EntityId: id,
      EntitySchemaUId: CASE_SCHEMA,
      Message: `<p><span style="color:red">${html}</span></p>`,
      CreatedOn: new Date().toISOString(),
      CreatedById: ENGINEER.Id,
      HideOnPortal: visibility === 'internal',
    })
  },
  setPriority: async (id, level) => void changeCase(id, { PriorityId: PRIORITY[level] }),
  assign: async id => {
    changeCase(id, { OwnerId: ENGINEER.Id })
    return ENGINEER.Name
  },
  remove: async id => void rows('Case').splice(rows('Case').indexOf(caseOf(id)), 1),
}
const desk = () => ({
  connector,
  seen: async (key: string) => {
    const mine = rows('Case').filter(each => each['UsrTillwatchKey'] === key)
    return {
      tickets: mine.length,
      texts: mine.flatMap(each => feedOf(each.Id).map(message => String(message['Message']))),
      files: rows('CaseFile').flatMap(each =>
        mine.some(own => own.Id === each['CaseId']) ? String(each['Name']) : [],
      ),
    }
  },
  people,
})
const fail = (): never => {
  throw new Error('not searchable')
}
const create = async (more = {}) => good(await connector.create(deskMessage(more), signal))

connectorContract('Creatio imitation', desk)
searchableContract('Creatio imitation', desk)
fileContract('Creatio imitation', desk)
returnsContract('Creatio imitation', desk)
refusalContract('Creatio imitation', () => ({
  ...desk(),
  refusing: () => {
    fake.refusedColumns.add('UsrSerial')
    return connect({ serial_column: 'UsrSerial' })
  },
}))
changeContract('Creatio imitation', () => ({ ...desk(), imitation: fake }))
secrecyContract('Creatio imitation', () => ({
  ...desk(),
  expose: () => {
    fake.silentColumns.add('HideOnPortal')
  },
}))
awayContract('Creatio imitation', () => ({
  ...desk(),
  away: stranger => {
    fake.away = stranger
  },
}))

describe('R22: exactly one case', () => {
  it.each(['cut_after', 'error_after', 'unreadable'] as const)(
    'a create with %s is found under its own identifier',
    async how => {
      await connector.probe(signal)
      fake.faults = [{ on: 'create', how }]
      const first = deskMessage()
      const ticket = good(await connector.create(first, signal))
      expect(ticket.number).toMatch(/^SR\d+$/)
      expect((await desk().seen(first.subject.key)).tickets).toBe(1)
    },
  )

  it('a second create of the same incident hits the primary key and takes what is there', async () => {
    const first = deskMessage()
    const ticket = good(await connector.create(first, signal))
    const again = good(await connect().create({ ...first, mayHaveArrived: true }, signal))
    expect(again.id).toBe(ticket.id)
    expect((await desk().seen(first.subject.key)).tickets).toBe(1)
  })

  it('another episode is another case', async () => {
    const first = deskMessage()
    const { id } = good(await connector.create(first, signal))
    const next = { ...first, subject: { ...first.subject, episode: 2 } }
    expect(good(await connector.create(next, signal)).id).not.toBe(id)
  })

  it('an installation that gives identifiers of its own is taken at its word, and read', async () => {
    fake.ownIds = true
    const ticket = await create()
    expect(caseOf(ticket.id)).toBeDefined()
  })

  it('a cut before it arrived stays open', async () => {
    await connector.probe(signal)
    fake.faults = [{ on: 'create', how: 'cut_before' }]
    expect((await connector.create(deskMessage(), signal)).kind).toBe('unknown')
  })

  it('a create that is answered and not kept is seen by looking at it', async () => {
    await connector.probe(signal)
    fake.faults = [{ on: 'create', how: 'forgotten' }]
    expect((await connector.create(deskMessage(), signal)).kind).toBe('unknown')
  })

  it.each([
    ['error', 'retry'],
    ['unreadable', 'rejected'],
    ['wait', 'retry'],
  ] as const)('a search with %s is %s, never "none"', async (how, kind) => {
    await connector.probe(signal)
    fake.faults = [{ on: 'find', how }]
    expect((await connector.find?.('tw-1', signal))?.kind).toBe(kind)
  })

  it('a search that returns strangers is neither found nor "none"', async () => {
    await create()
    fake.ignoresFilter = true
    expect(await connector.find?.('tw-mine', signal)).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
  })

  it('finds every one of many, page by page, oldest first', async () => {
    const first = deskMessage()
    const own = good(await connector.create(first, signal))
    const copies = Array.from({ length: 120 }, (_, at) => ({
      ...caseOf(own.id),
      Id: `77777777-0000-4000-8000-${String(at).padStart(12, '0')}`,
      CreatedOn: new Date(Date.parse('2030-01-01') + at).toISOString(),
    }))
    rows('Case').push(...copies)
    const found = good((await connector.find?.(first.subject.key, signal)) ?? fail())
    expect([found.length, found[0]?.id]).toEqual([121, own.id])
    rows('Case').splice(-120)
  })
})

describe('a Creatio that lies', () => {
  it('a column that is not there: told by the probe; the case is not left behind open and nameless', async () => {
    await create()
    fake.silentColumns.add('UsrTillwatchKey')
    const steps = await connect().probe(signal)
    expect(steps.filter(step => !step.ok).map(step => step.message)).toEqual([
      expect.stringContaining('UsrTillwatchKey'),
    ])
    fake.silentColumns.clear()
    await connector.probe(signal)
    fake.silentColumns.add('UsrTillwatchKey')
    const outcome = await connector.create(deskMessage(), signal)
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
    expect(rows('Case').at(-1)?.['StatusId']).toBe(STATUS.solved)
  })

  it.each([true, false])('a move that stages forbid goes by way of another status (loud: %s)', async loud => {
    const ticket = await create()
    Object.assign(fake, { movesFailLoudly: loud, forbiddenMoves: new Set([`${STATUS.opened}>${STATUS.solved}`]) })
    good(await connector.setStatus(ticket, 'solved', deskMessage({ kind: 'solve' }), signal))
    expect(caseOf(ticket.id)['StatusId']).toBe(STATUS.solved)
  })

  it('a move that cannot be made is told with both statuses, and the comment is there once', async () => {
    const ticket = await create()
    fake.forbiddenMoves = new Set([STATUS.opened, STATUS.inWork].map(from => `${from}>${STATUS.solved}`))
    const solve = deskMessage({ kind: 'solve' })
    const outcome = await connector.setStatus(ticket, 'solved', solve, signal)
    expect(outcome).toMatchObject({ reason: 'change_refused', message: expect.stringMatching(/В работе.*Разрешено/) })
    await connector.setStatus(ticket, 'solved', { ...solve, mayHaveArrived: true }, signal)
    expect(feedOf(ticket.id)).toHaveLength(1)
  })

  it('a serial that the column does not take does not keep the case from being opened', async () => {
    const first = deskMessage()
    const unfit = connect({ serial_column: 'UsrSerial' })
    await unfit.probe(signal)
    fake.refusedColumns.add('UsrSerial')
    good(await unfit.create(first, signal))
    expect(rows('Case').at(-1)?.['UsrSerial']).toBeUndefined()
    fake.refusedColumns.clear()
    good(await unfit.create(deskMessage(), signal))
    expect(rows('Case').at(-1)?.['UsrSerial']).toBe('ШТРИХ-М 1')
  })

  it('names that do not exist are told with those that do; two of one name ask for the identifier', async () => {
    const wrong = connect({ priorities: { 1: 'Blocker' }, statuses: { waiting: ['Ждём'] }, service: 'Весы' })
    const steps = await wrong.probe(signal, [{ ...USUAL_PLACE, team: 'Двойник' }])
    expect(steps.filter(step => !step.ok).map(step => step.message)).toEqual([
      expect.stringContaining('Критический'),
      expect.stringContaining('У производителя'),
      expect.stringContaining('Весы'),
      expect.stringContaining('Весы'),
    ])
    const places = await connector.probe(signal, [{ ...USUAL_PLACE, team: 'Двойник' }])
    expect(places.at(-1)).toMatchObject({ ok: false, message: expect.stringContaining('more than once') })
    const outcome = await wrong.create(deskMessage(), signal)
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'misconfigured' })
  })
})

describe('where a case goes, and what hangs on it', () => {
  it('service, group and owner by their names, columns as they are', async () => {
    const placement = {
      ...USUAL_PLACE,
      project: 'Кассы',
      team: 'Первая линия',
      assignee: ENGINEER.Name,
      fields: { AccountId: ITEM.Id },
    }
    expect((await connector.probe(signal, [placement])).filter(step => !step.ok)).toEqual([])
    const { id } = await create({ placement })
    expect(caseOf(id)).toMatchObject({
      OwnerId: ENGINEER.Id,
      AccountId: ITEM.Id,
      GroupId: expect.stringContaining('f3'),
    })
    const typed = await connector.create(deskMessage({ placement: { ...USUAL_PLACE, type: 'Сбой' } }), signal)
    expect(typed).toMatchObject({ kind: 'delivered', warning: expect.stringContaining('category') })
  })

  it('R36: tells the points that the client gave, when the settings name the rating', async () => {
    const ticket = await create()
    changeCase(ticket.id, { SatisfactionLevelId: ratingId(4) })
    const ratingBy = async (desk: Connector) => good((await desk.read?.(ticket, signal)) ?? fail())?.rating
    expect(await ratingBy(connect({ rating: {} }))).toBe(4)
    expect(await ratingBy(connector)).toBeNull()
  })

  it('R34: is tied to the item with the serial; an unknown serial is false', async () => {
    const ticket = await create()
    const item = { kind: 'register', serial: ITEM.SerialNumber }
    expect(good((await connector.linkItem?.(ticket, item, signal)) ?? fail())).toBe(true)
    expect(good((await connector.linkItem?.(ticket, item, signal)) ?? fail())).toBe(true)
    expect(caseOf(ticket.id)['ConfItemId']).toBe(ITEM.Id)
    expect(good((await connector.linkItem?.(ticket, { ...item, serial: "1' or 1" }, signal)) ?? fail())).toBe(false)
    expect(connect({ item: undefined }).linkItem).toBeUndefined()
  })

  it('files go as records of OData where the installation wants that', async () => {
    const modern = connect({ files: 'odata' })
    const ticket = good(await modern.create(deskMessage(), signal))
    const file = { name: 'log.txt', type: 'text/plain', bytes: Buffer.from('1') }
    good((await modern.attach?.(ticket, file, signal)) ?? fail())
    expect(fake.requests.at(-2)).toMatch(/^PUT .*\/Data$/)
  })

  it('what closing demands is written, a solution of a person stays', async () => {
    const strict = connect({ closure_code: 'Устранено', solution_column: 'Solution' })
    const solve = deskMessage({ kind: 'solve', text: 'Прошло само' })
    const ticket = good(await strict.create(deskMessage(), signal))
    good(await strict.setStatus(ticket, 'solved', solve, signal))
    expect(caseOf(ticket.id)).toMatchObject({ Solution: 'Прошло само', ClosureCodeId: expect.stringContaining('f2') })
    const other = good(await strict.create(deskMessage(), signal))
    changeCase(other.id, { Solution: 'Заменили кабель' })
    good(await strict.setStatus(other, 'solved', solve, signal))
    expect(caseOf(other.id)['Solution']).toBe('Заменили кабель')
  })
})

describe('people at the desk', () => {
  it('R24: a priority that a person changed is not written over; a higher one is not lowered', async () => {
    const ticket = await create()
    await people.setPriority(ticket.id, 4)
    const raise = deskMessage({ kind: 'priority', priority: 1, text: 'Выше' })
    good(await connector.setPriority(ticket, raise, signal))
    expect([caseOf(ticket.id)['PriorityId'], feedOf(ticket.id).length]).toEqual([PRIORITY[4], 1])
    const high = await create({ priority: 1 })
    good(await connector.setPriority(high, deskMessage({ kind: 'priority', priority: 2 }), signal))
    expect(caseOf(high.id)['PriorityId']).toBe(PRIORITY[1])
  })

  it('a priority whose answer was lost is known for ours: the next rise is written', async () => {
    const ticket = await create()
    const lost = deskMessage({ kind: 'priority', priority: 2 })
    good(await connector.setPriority(ticket, lost, signal))
    const again = good(await connector.setPriority(ticket, { ...lost, mayHaveArrived: true }, signal))
    good(await connector.setPriority(again, deskMessage({ kind: 'priority', priority: 1 }), signal))
    expect(caseOf(ticket.id)['PriorityId']).toBe(PRIORITY[1])
  })

  it('a case that a person closed or cancelled counts as solved, and is told as what it is', async () => {
    const ticket = await create()
    changeCase(ticket.id, { StatusId: STATUS.cancelled })
    good(await connector.setStatus(ticket, 'solved', deskMessage({ kind: 'solve' }), signal))
    expect(caseOf(ticket.id)['StatusId']).toBe(STATUS.cancelled)
    expect(good((await connector.read?.(ticket, signal)) ?? fail())).toMatchObject({
      phase: 'rejected',
      status: 'Отменено',
    })
  })

  it('a case that is gone takes no comment', async () => {
    const ticket = await create()
    await people.remove(ticket.id)
    const outcome = await connector.comment(ticket, deskMessage({ kind: 'comment' }), signal)
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'not_found' })
  })

  it('a message in the feed changes no case, and is news all the same', async () => {
    const ticket = await create()
    changeCase(ticket.id, { ModifiedOn: '2020-01-01T00:00:00.000Z' })
    await create()
    const start = good((await connector.changedSince?.(null, signal)) ?? fail())
    await people.comment(ticket.id, 'Смотрю', 'public')
    const changes = good((await connector.changedSince?.(start.cursor, signal)) ?? fail())
    expect(changes.ids).toContain(ticket.id)
  })

  it('a change of hundreds of cases at one moment does not hold the look for changes', async () => {
    const at = new Date(Date.now() + 60_000).toISOString()
    const crowd = Array.from({ length: 640 }, (_, index) => ({
      Id: `66666666-0000-4000-8000-${String(index).padStart(12, '0')}`,
      ModifiedOn: at,
    }))
    rows('Case').push(...crowd)
    const first = good((await connector.changedSince?.('|', signal)) ?? fail())
    const second = good((await connector.changedSince?.(first.cursor, signal)) ?? fail())
    expect(new Set([...first.ids, ...second.ids]).size).toBeGreaterThanOrEqual(640)
    fake.turnsNoPages = true
    good((await connector.changedSince?.(at, signal)) ?? fail())
    fake.turnsNoPages = false
    rows('Case').splice(-640)
  })
})
