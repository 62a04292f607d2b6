import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Connector, type DeskFile, type DeskItem, rejected } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import type { CrashPointName } from '@tillwatch/collector/crash-point'
import { createDeliveryRunner, type DeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import { createDeliveries } from '@tillwatch/collector/deliveries/delivery-store'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { DeliveryKind, DeliveryPayload } from '@tillwatch/collector/deliveries/payload'
import { createAttachmentStore } from '@tillwatch/collector/evidence/attachment-store'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { toHouseDesk } from '@tillwatch/collector/routing/testing/house-desk'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { type Clock, systemClock } from '@tillwatch/shared'
import { recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskIncident } from './connector-incident.ts'
import { FAKE_KEY_FIELD, type FakeRedmine, startFakeRedmine } from './desks/redmine.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const CHART = 'tillwatch-1-chart-ru.png'
const LOG = 'tillwatch-1-log-ru.txt'

let folder: string
let database: DatabaseSync
let fake: FakeRedmine
let clock: Clock
let running: DeliveryRunner[]
let crashed: boolean
let sent: DeskFile[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-evidence-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  fake = await startFakeRedmine()
  process.env['TILLWATCH_TEST_KEY'] = 'key'
  let now = NOW
  clock = {
    now: () => now,
    monotonic: () => now - NOW,
    sleep: async ms => {
      now += ms
      await new Promise(resolve => setImmediate(resolve))
    },
    after: () => () => {},
  }
  running = []
  crashed = false
  sent = []
})
afterEach(async () => {
  await Promise.all(running.map(runner => runner.stop()))
  await fake.stop()
  database.close()
  rmSync(folder, { recursive: true })
})

async function startRunner(
  crashAt: CrashPointName | null = null,
  more: (own: Connector) => Partial<Connector> = () => ({}),
) {
  const config = redmineConfig.parse({
    ...{ kind: 'redmine', name: 'desk', url: fake.url, secret: { env: 'TILLWATCH_TEST_KEY' } },
    ...{ project: 'tills', tracker: 'Bug', key_field: FAKE_KEY_FIELD, allow_private: true },
  })
  const real = createRedmineConnector(config, createHttpClient(systemClock, 1_000))
  const connector: Connector = {
    ...real,
    attach: (ticket, file, signal) => {
      sent.push(file)
      return real.attach?.(ticket, file, signal) ?? Promise.reject(new Error('takes no files'))
    },
    ...more(real),
  }
  const runner = createDeliveryRunner({
    desks: [{ connector, pace: noPace, tenants: ['main'], fallback: null }],
    deliveries: createDeliveries(database),
    ...{ publicUrl: null, clock, random: () => 0.5, logger: recordingLogger(), settled: () => {} },
    crashPoint: name => {
      // As near to a kill as one process can come: nothing of the runner goes on from here.
      if (name !== crashAt) return
      crashed = true
      void runner.stop()
      throw new Error(`killed at ${name}`)
    },
  })
  running.push(runner)
  await runner.start()
  return runner
}

function tell(kind: DeliveryKind, more: Partial<DeliveryPayload> = {}): void {
  const incidents = createIncidentStore(database)
  const incident = incidents.byId('i1') ?? deskIncident('i1', incidents.nextNumber('main'), NOW)
  incidents.save(incident)
  const { deskKey: key, title, priority, itemId, number } = incident
  const openedAt = new Date(NOW).toISOString()
  const subject = { incidentId: 'i1', number, key, episode: 1, causeClass: 'ofd', itemId, ci: 'ШТРИХ-М 1', openedAt }
  const payload = { title, text: title, priority, subject: { ...subject, site: null, client: null }, ...more }
  createDeliveryOutbox(database, toHouseDesk).add(incident, kind, payload, clock.now())
}

function keepFiles(logBytes = 200): void {
  const attachments = createAttachmentStore(database)
  const incident = { tenantId: 'main', id: 'i1' }
  const lines = Array.from({ length: logBytes / 10 }, (_, n) => `${String(n).padStart(9, '0')}\n`).join('')
  const chart = { name: CHART, type: 'image/png', bytes: Buffer.from('png'), language: 'ru' } as const
  const log = { name: LOG, type: 'text/plain', bytes: Buffer.from(lines), language: 'ru' } as const
  attachments.keep(incident, 'chart', [chart], NOW)
  attachments.keep(incident, 'log', [log], NOW)
  tell('attach', { evidence: 'chart', text: { ru: 'График', en: 'Chart' } })
  tell('attach', { evidence: 'log', text: { ru: 'Журнал', en: 'Log' } })
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

describe('R32: files of an incident come to its ticket', () => {
  it('after the opening and in order, each once', async () => {
    tell('open')
    keepFiles()
    await startRunner()
    await settled()
    expect(states()).toEqual(['open delivered', 'attach delivered', 'attach delivered'])
    expect(fake.issues.map(({ files }) => files)).toEqual([[CHART, LOG]])
  })

  it('the connection breaks after the upload: the file is found and not sent twice', async () => {
    tell('open')
    await startRunner()
    await settled()
    fake.faults = [{ on: 'change', how: 'cut_after' }]
    keepFiles()
    running[0]?.wake()
    await settled()
    expect([fake.faults, fake.issues[0]?.files]).toEqual([[], [CHART, LOG]])
  })

  it.each(['delivery-intent', 'delivery-called', 'delivery-closed'] as const)(
    'killed at %s: each once',
    async crashAt => {
      tell('open')
      await startRunner()
      await settled()
      await running.pop()?.stop()
      keepFiles()
      await startRunner(crashAt)
      await until(() => crashed)
      await running.pop()?.stop()
      await startRunner()
      await settled()
      expect(states()).toEqual(['open delivered', 'attach delivered', 'attach delivered'])
      expect(fake.issues.map(({ files }) => files)).toEqual([[CHART, LOG]])
    },
  )

  it('while the ticket is not there they wait, and words go before them', async () => {
    fake.faults = [
      { on: 'create', how: 'cut_before' },
      { on: 'find', how: 'error' },
    ]
    tell('open')
    keepFiles()
    tell('comment')
    await startRunner()
    await settled()
    expect(fake.issues[0]).toMatchObject({ files: [CHART, LOG], notes: [expect.any(String)] })
  })

  it('an upload that fails again and again holds back no solution', async () => {
    tell('open')
    keepFiles()
    tell('solve')
    await startRunner(null, () => ({
      attach: async () => ({ kind: 'retry', message: 'the disk of the desk is full' }),
    }))
    await until(() => states().includes('solve delivered'))
    expect(fake.issues[0]?.statusId).toBe(3)
  })

  it('a log that is too large is cut to its newest lines, a chart stays in the portal', async () => {
    tell('open')
    keepFiles(2_000)
    await startRunner(null, ({ capabilities }) => ({ capabilities: { ...capabilities, fileMax: 300 } }))
    await settled()
    const [file] = sent.filter(({ name }) => name === LOG)
    const text = Buffer.from(file?.bytes ?? []).toString()
    expect(file?.bytes.length).toBeLessThanOrEqual(300)
    expect(text).toMatch(/^… начало не поместилось. Целиком он в портале: инцидент № 1\n(\d{9}\n)+$/)
    expect(text.endsWith('000000199\n')).toBe(true)
  })

  it.each([
    [
      'takes none',
      ({ capabilities }: Connector) => ({ capabilities: { ...capabilities, fileMax: 0 } }),
      'не берёт файлов',
    ],
    [
      'takes smaller ones',
      ({ capabilities }: Connector) => ({ capabilities: { ...capabilities, fileMax: 1 } }),
      'больше, чем берёт',
    ],
    ['refuses them', () => ({ attach: async () => rejected('invalid', 'too big') }), 'не взяла файл'],
  ])(
    'a desk that %s is told once where they are, of a log its newest lines, and is not called ill',
    async (_, more, why) => {
      tell('open')
      keepFiles(6_000)
      const runner = await startRunner(null, more)
      await settled()
      expect(states()).toEqual(['open delivered', 'attach delivered', 'attach delivered'])
      const notes = fake.issues[0]?.notes ?? []
      expect(notes).toHaveLength(2)
      for (const note of notes) expect(note).toMatch(new RegExp(`^График: .*${why}.* инцидент № 1|^Журнал: .*${why}`))
      expect(notes[1]).toContain('000000599')
      expect(notes[1]).not.toContain('000000001')
      expect(await runner.desks('main')).toMatchObject([{ state: 'ready', failed: 0 }])
    },
  )

  it('an answer to such words that was lost does not make them twice', async () => {
    tell('open')
    await startRunner(null, ({ capabilities }) => ({ capabilities: { ...capabilities, fileMax: 0 } }))
    await settled()
    fake.faults = [{ on: 'change', how: 'cut_after' }]
    keepFiles()
    running[0]?.wake()
    await settled()
    expect([fake.faults, fake.issues[0]?.notes.length]).toEqual([[], 2])
  })
})

describe('the device of a ticket', () => {
  const item: DeskItem = { kind: 'register', serial: '0000000000301234' }

  it('is linked after the opening with its serial', async () => {
    const linked: [string, DeskItem][] = []
    tell('open')
    tell('link', { item })
    await startRunner(null, () => ({
      linkItem: async (ticket, device) => {
        linked.push([ticket.id, device])
        return { kind: 'delivered', value: true }
      },
    }))
    await settled()
    expect([states(), linked]).toEqual([['open delivered', 'link delivered'], [['1', item]]])
  })

  it('that the inventory does not know is no failure', async () => {
    tell('open')
    tell('link', { item })
    const runner = await startRunner(null, () => ({ linkItem: async () => ({ kind: 'delivered', value: false }) }))
    await settled()
    expect(states()).toEqual(['open delivered', 'link skipped'])
    expect(await runner.desks('main')).toMatchObject([{ state: 'ready', failed: 0 }])
  })
})
