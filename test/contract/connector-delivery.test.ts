import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import type { CrashPointName } from '@tillwatch/collector/crash-point'
import { createDeliveryRunner, type DeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import { createDeliveries } from '@tillwatch/collector/deliveries/delivery-store'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { DeliveryKind } from '@tillwatch/collector/deliveries/payload'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { toHouseDesk } from '@tillwatch/collector/routing/testing/house-desk'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { type Clock, systemClock } from '@tillwatch/shared'
import { recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskIncident } from './connector-incident.ts'
import { emptyIssue, FAKE_KEY_FIELD, type FakeRedmine, startFakeRedmine } from './desks/redmine.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')

let folder: string
let database: DatabaseSync
let fake: FakeRedmine
let clock: Clock
let running: DeliveryRunner[]
let crashed: boolean

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-delivery-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  fake = await startFakeRedmine()
  process.env['TILLWATCH_TEST_KEY'] = 'key'
  clock = impatientClock()
  running = []
  crashed = false
})
afterEach(async () => {
  await Promise.all(running.map(runner => runner.stop()))
  await fake.stop()
  database.close()
  rmSync(folder, { recursive: true })
})

/** Time that passes as soon as somebody waits for it. */
function impatientClock(): Clock {
  let now = NOW
  return {
    now: () => now,
    monotonic: () => now - NOW,
    sleep: async ms => {
      now += ms
      await new Promise(resolve => setImmediate(resolve))
    },
    after: () => () => {},
  }
}

async function startRunner(
  crashAt: CrashPointName | null = null,
  tenants: readonly string[] = ['main'],
): Promise<DeliveryRunner> {
  const config = redmineConfig.parse({
    kind: 'redmine',
    name: 'desk',
    url: fake.url,
    secret: { env: 'TILLWATCH_TEST_KEY' },
    project: 'tills',
    tracker: 'Bug',
    key_field: FAKE_KEY_FIELD,
    allow_private: true,
  })
  const runner = createDeliveryRunner({
    desks: [
      {
        connector: createRedmineConnector(config, createHttpClient(systemClock, 1_000)),
        pace: noPace,
        tenants,
        fallback: null,
      },
    ],
    deliveries: createDeliveries(database),
    publicUrl: 'https://tillwatch.test',
    clock,
    random: () => 0.5,
    logger: recordingLogger(),
    crashPoint: name => {
      // As near to a kill as one process can come: nothing of the runner goes on from here.
      if (name === crashAt) {
        crashed = true
        void runner.stop()
        throw new Error(`killed at ${name}`)
      }
    },
    settled: () => {},
  })
  running.push(runner)
  await runner.start()
  return runner
}

const store = () => createIncidentStore(database)

function tell(id: string, kind: DeliveryKind, text: string, priority: 1 | 2 | 3 | 4 = 3): void {
  const incidents = store()
  const incident = incidents.byId(id) ?? deskIncident(id, incidents.nextNumber('main'), NOW)
  incidents.save({ ...incident, priority })
  const subject = {
    incidentId: id,
    number: incident.number,
    key: incident.deskKey,
    episode: 1,
    causeClass: 'ofd',
    itemId: incident.itemId,
    ci: 'ШТРИХ-М 1',
    site: null,
    client: null,
    openedAt: new Date(NOW).toISOString(),
  }
  const payload = { title: incident.title, text: { ru: text, en: text }, priority, subject }
  createDeliveryOutbox(database, toHouseDesk).add(incident, kind, payload, clock.now())
}

const states = () =>
  (database.prepare('SELECT kind, state FROM deliveries ORDER BY id').all() as { kind: string; state: string }[]).map(
    row => `${row.kind} ${row.state}`,
  )
async function until(isTrue: () => boolean): Promise<void> {
  const endsAt = performance.now() + 8_000
  while (!isTrue()) {
    if (performance.now() > endsAt) throw new Error(`still: ${states().join(', ')}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
const settled = () => until(() => states().every(state => !/ (waiting|unknown)$/.test(state)))

describe('exactly one ticket', () => {
  it('the answer to the create is cut: the ticket is found and adopted', async () => {
    fake.faults = [{ on: 'create', how: 'cut_after' }]
    tell('i1', 'open', 'stands')
    await startRunner()
    await settled()
    expect([states(), fake.issues.length]).toEqual([['open delivered'], 1])
    expect(database.prepare('SELECT external_id FROM tickets').all()).toEqual([{ external_id: '1' }])
    expect(database.prepare('SELECT text_en FROM timeline').all()).toEqual([{ text_en: 'Ticket 1 was there, adopted' }])
  })

  it('the desk fails before it creates, again and again: one ticket in the end', async () => {
    fake.faults = [
      { on: 'create', how: 'cut_before' },
      { on: 'find', how: 'error' },
      { on: 'create', how: 'error_after' },
      { on: 'find', how: 'error' },
    ]
    tell('i1', 'open', 'stands')
    await startRunner()
    await settled()
    expect([states(), fake.issues.length]).toEqual([['open delivered'], 1])
  })

  it.each(['delivery-intent', 'delivery-called', 'delivery-closed'] as const)(
    'killed at %s: the next run makes no second ticket',
    async crashAt => {
      tell('i1', 'open', 'stands')
      await startRunner(crashAt)
      await until(() => crashed)
      await running.pop()?.stop()
      await startRunner()
      await settled()
      expect([states(), fake.issues.length]).toEqual([['open delivered'], 1])
    },
  )

  it.each(['comment', 'solve'] as const)('killed after a %s arrived: it is not said twice', async kind => {
    tell('i1', 'open', 'stands')
    await startRunner()
    await settled()
    tell('i1', kind, 'said once')
    await running.pop()?.stop()
    await startRunner('delivery-called')
    await until(() => crashed)
    await running.pop()?.stop()
    expect(states()[1]).toBe(`${kind} unknown`)
    await startRunner()
    await settled()
    expect(fake.issues[0]?.notes.filter(note => note.includes('said once'))).toHaveLength(1)
  })

  it('two open tickets of one key: the oldest is kept, the other closed as its duplicate', async () => {
    tell('i1', 'open', 'stands')
    const key = String(store().byId('i1')?.deskKey)
    for (const id of [1, 2]) {
      fake.issues.push({
        ...emptyIssue(clock.now()),
        id,
        subject: 's',
        description: '',
        statusId: 1,
        priorityId: 3,
        fields: new Map([[FAKE_KEY_FIELD, key]]),
      })
    }
    await startRunner()
    await settled()
    expect(fake.issues.map(issue => issue.statusId)).toEqual([1, 3])
    expect(database.prepare('SELECT external_id FROM tickets').all()).toEqual([{ external_id: '1' }])
  })
})

describe('order', () => {
  it('Blocking is opened first; within an incident one after another', async () => {
    tell('i1', 'open', 'first')
    tell('i1', 'comment', 'then')
    tell('i2', 'open', 'urgent', 1)
    await startRunner()
    await settled()
    expect(fake.issues.map(issue => issue.description.split('\n')[0])).toEqual(['urgent', 'first'])
    expect(states()).toEqual(['open delivered', 'comment delivered', 'open delivered'])
  })

  it('states that queued up while the desk was down collapse to the last; the ticket is born with its present priority', async () => {
    tell('i1', 'open', 'stands')
    tell('i1', 'priority', 'worse', 2)
    tell('i1', 'solve', 'gone', 2)
    tell('i1', 'reopen', 'back', 2)
    tell('i1', 'solve', 'gone again', 2)
    await startRunner()
    await settled()
    expect(states()).toEqual([
      'open delivered',
      'priority skipped',
      'solve skipped',
      'reopen skipped',
      'solve delivered',
    ])
    expect(fake.issues[0]).toMatchObject({ priorityId: 4, statusId: 3, notes: [expect.stringContaining('gone again')] })
  })
})

describe('a desk that refuses', () => {
  it('is shown with its words, holds back what follows, and a person may send it again', async () => {
    fake.faults = [{ on: 'create', how: 'forbidden' }]
    tell('i1', 'open', 'stands')
    tell('i1', 'comment', 'more')
    const runner = await startRunner()
    await until(() => states()[0] === 'open failed')
    const [desk] = await runner.desks('main')
    expect(desk).toMatchObject({ state: 'failing', failed: 1, waiting: 1, problem: expect.stringContaining('403') })
    expect(database.prepare(`SELECT kind FROM timeline`).all()).toEqual([{ kind: 'delivery_failed' }])
    await runner.retryDesk('main', 'desk')
    await settled()
    expect(states()).toEqual(['open delivered', 'comment delivered'])
    expect(await runner.desks('main')).toMatchObject([{ state: 'ready', delivered: 2, failed: 0, waiting: 0 }])
  })

  it('a desk test that passes sends again what was refused', async () => {
    fake.faults = [{ on: 'create', how: 'forbidden' }]
    tell('i1', 'open', 'stands')
    const runner = await startRunner()
    await until(() => states()[0] === 'open failed')
    const { ok, steps } = await runner.testDesk('main', 'desk')
    expect([ok, steps.at(-1)]).toEqual([true, expect.objectContaining({ name: 'resend', ok: true })])
    await settled()
    expect(states()).toEqual(['open delivered'])
  })

  it('a desk test proves the places that routes name, before anything is made', async () => {
    const runner = await startRunner()
    const place = { ...USUAL_PLACE, type: 'Purchase' }
    const { ok, steps } = await runner.testDesk('main', 'desk', [place])
    expect([ok, steps.at(-1), fake.issues.length]).toEqual([
      ...[false, expect.objectContaining({ ok: false, message: expect.stringContaining('no type “Purchase”') }), 0],
    ])
  })

  it('a refused change does not hold back the next message', async () => {
    tell('i1', 'open', 'stands')
    const runner = await startRunner()
    await settled()
    fake.forbiddenStatuses.add(3)
    tell('i1', 'solve', 'gone')
    tell('i1', 'comment', 'still to be said')
    runner.wake()
    await settled()
    expect(states()).toEqual(['open delivered', 'solve failed', 'comment delivered'])
  })

  it('a pause that it asks for is kept', async () => {
    fake.faults = [{ on: 'create', how: 'wait' }]
    tell('i1', 'open', 'stands')
    await startRunner()
    await settled()
    expect(clock.now()).toBeGreaterThanOrEqual(NOW + 60_000)
    expect(fake.issues).toHaveLength(1)
  })
})

it('a desk of another tenant is neither shown nor tried nor sent to again; of a shared one each sees its own', async () => {
  fake.faults = [{ on: 'create', how: 'forbidden' }]
  tell('i1', 'open', 'stands')
  const runner = await startRunner()
  await until(() => states()[0] === 'open failed')
  expect(await runner.desks('other')).toEqual([])
  for (const attack of [runner.testDesk('other', 'desk'), runner.retryDesk('other', 'desk')])
    await expect(attack).rejects.toMatchObject({ code: 'desk.unknown', nextStep: 'Configured desks: none.' })
  expect(() => runner.mustKnow('other', 'desk')).toThrow(/there is no desk/)
  expect([states(), fake.issues.length]).toEqual([['open failed'], 0])
  const shared = await startRunner(null, ['main', 'other'])
  expect(await shared.desks('other')).toMatchObject([{ state: 'failing', failed: 0, problem: null }])
  await shared.retryDesk('other', 'desk')
  expect(states()).toEqual(['open failed'])
})

it('the desk test leaves a solved test ticket and tells each step', async () => {
  const runner = await startRunner()
  const result = await runner.testDesk('main', 'desk')
  expect(result).toMatchObject({ ok: true, url: `${fake.url}/issues/1` })
  expect(result.steps.map(step => step.name)).toEqual(expect.arrayContaining(['create', 'find', 'comment', 'solve']))
  await expect(runner.testDesk('main', 'nobody')).rejects.toMatchObject({ code: 'desk.unknown' })
})

it('what waits for a desk that was given to another tenant is not sent there', async () => {
  tell('i1', 'open', 'Очередь стоит')
  await startRunner(null, ['other'])
  await until(() => states().includes('open failed'))
  expect(fake.issues).toHaveLength(0)
})
