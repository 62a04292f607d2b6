import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Evaluator } from '@tillwatch/collector/alerting/evaluator-port'
import { hashSecret } from '@tillwatch/collector/broker/access'
import { createAedesBroker } from '@tillwatch/collector/broker/aedes-broker'
import { type BrokerTls, openAuthority } from '@tillwatch/collector/broker/authority'
import type { Broker } from '@tillwatch/collector/broker/broker'
import { createHouseCalls } from '@tillwatch/collector/fleet/house-calls'
import type { AcceptedMessage } from '@tillwatch/collector/ingest/batch'
import { createIngest } from '@tillwatch/collector/ingest/ingest'
import { createIntake } from '@tillwatch/collector/ingest/intake'
import { createUplinkMetrics } from '@tillwatch/collector/ingest/uplink-metrics'
import { createLiveBus } from '@tillwatch/collector/live/live-bus'
import { createMemorySeriesStore } from '@tillwatch/collector/store/memory-series-store'
import { inTransaction, openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { advanceMarks } from '@tillwatch/collector/store/sqlite/marks'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { createFleet } from '@tillwatch/collector/store/sqlite/sqlite-fleet'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { type DownMessage, downMessage, systemClock, topicOf } from '@tillwatch/shared'
import { recordingLogger } from '@tillwatch/shared/testing'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { Registry } from 'prom-client'

const SECRET = 'a'.repeat(43)

/** A collector's floor without rules: real broker over TLS, real files, and an evaluator that only keeps what it is given. */
export interface IngestWorld {
  readonly broker: Broker
  readonly tls: BrokerTls
  readonly stored: AcceptedMessage[]
  /** Ids that nobody has, as the broker told them. */
  readonly strangers: string[]
  readonly fleet: ReturnType<typeof createFleet>
  readonly database: ReturnType<typeof openDatabase>
  /** Set: the next commits fail so many times. */
  failures: number
  addAgent(id: string): Promise<void>
  count(metric: string, labels: Readonly<Record<string, string>>): Promise<number>
  stop(): Promise<void>
}

const folders: string[] = []

/** Removes the folders of all worlds. */
export function removeWorlds(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

export async function createIngestWorld(
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-ingest-')),
): Promise<IngestWorld> {
  if (!folders.includes(folder)) folders.push(folder)
  const log = recordingLogger()
  const clock = systemClock
  const database = openDatabase(join(folder, 'state.db'))
  migrate(database, STATE_MIGRATIONS)
  const fleet = createFleet(database)
  const tls = await openAuthority(join(folder, 'tls'), [], () => `${Math.random()}`)
  const registry = new Registry()
  const intake = createIntake()
  const stored: AcceptedMessage[] = []
  const strangers: string[] = []
  const world = { failures: 0 }
  const evaluator: Pick<Evaluator, 'derive' | 'commit'> = {
    derive: async messages => messages,
    commit: (messages, _now) =>
      inTransaction(database, () => {
        if (world.failures > 0) {
          world.failures--
          throw new Error('disk I/O error')
        }
        advanceMarks(database, messages)
        stored.push(...messages)
        return { itemIds: [], incidentIds: [], failures: [] }
      }),
  }
  const metrics = createUplinkMetrics(registry, { connections: () => broker.connections, queued: () => intake.size })
  const run = await fleet.beginRun(clock.now())
  const ingest = createIngest({
    ...{ intake, fleet, evaluator, metrics, clock, log, live: createLiveBus(), series: createMemorySeriesStore() },
    ...{ crash: () => {}, random: Math.random, send: (agentId, message) => broker.send(agentId, message) },
  })
  const houseCalls = createHouseCalls({ fleet, broker: () => broker, run, clock, log })
  const broker: Broker = createAedesBroker({
    ...{ listen: { host: '127.0.0.1', port: 0 }, tls, connectionsMax: 100, clock, log, refused: metrics.broker },
    gatekeeper: { credentialsOf: id => fleet.credentialsOf(id), unknownAgent: id => strangers.push(id) },
    ...{ onPacket: ingest.take, onHeard: houseCalls.heard },
  })
  for (const part of [ingest, broker, houseCalls]) await part.start()
  return Object.assign(world, {
    ...{ broker, tls, stored, strangers, fleet, database },
    addAgent: (id: string) =>
      fleet.addAgent({ id, tenantId: 'main', site: null, secretHash: hashSecret(SECRET) }, clock.now()),
    count: async (metric: string, labels: Readonly<Record<string, string>>) => {
      const { values } = (await registry.getSingleMetric(metric)?.get()) ?? { values: [] }
      const wanted = Object.entries(labels)
      const found = values.find(value => wanted.every(([name, label]) => value.labels[name] === label))
      return found?.value ?? 0
    },
    stop: async () => {
      for (const part of [houseCalls, broker, ingest]) await part.stop()
      database.close()
    },
  })
}

/** A bare MQTT client that says what it is told to. */
export interface TestAgent {
  readonly client: MqttClient
  readonly heard: DownMessage[]
  publish(topic: string, message: object | string, options?: { qos?: 0 | 1 | 2; retain?: boolean }): void
  /** The next answer of the collector that `matches`; answers before it are passed over. */
  answer<K extends DownMessage['kind']>(kind: K): Promise<Extract<DownMessage, { kind: K }>>
  end(): Promise<void>
}

export const clientOptions = (world: IngestWorld, id: string, more: IClientOptions = {}): IClientOptions => ({
  ...{ host: '127.0.0.1', port: world.broker.port, protocol: 'mqtts', ca: world.tls.ca },
  ...{ clientId: id, username: id, password: SECRET, reconnectPeriod: 0, protocolVersion: 4, connectTimeout: 5000 },
  ...more,
})

export async function connectAgent(world: IngestWorld, id: string, more: IClientOptions = {}): Promise<TestAgent> {
  const client = await mqtt.connectAsync(clientOptions(world, id, more))
  client.on('error', () => {})
  const heard: DownMessage[] = []
  const waiting: { kind: string; resolve: (message: DownMessage) => void }[] = []
  client.on('message', (_topic, payload) => {
    const message = downMessage.parse(JSON.parse(payload.toString()))
    const index = waiting.findIndex(one => one.kind === message.kind)
    if (index >= 0) waiting.splice(index, 1)[0]?.resolve(message)
    else heard.push(message)
  })
  await client.subscribeAsync(topicOf(id, 'down'), { qos: 1 })
  return {
    client,
    heard,
    publish: (topic, message, options = {}) => {
      const payload = typeof message === 'string' ? message : JSON.stringify(message)
      client.publish(topic, payload, { qos: 1, ...options }, () => {})
    },
    answer: async kind => {
      const index = heard.findIndex(message => message.kind === kind)
      const found = index >= 0 ? heard.splice(index, 1)[0] : undefined
      const message = found ?? (await new Promise<DownMessage>(resolve => waiting.push({ kind, resolve })))
      return message as Extract<DownMessage, { kind: typeof kind }>
    },
    end: () => client.endAsync(true),
  }
}

/** Resolves when the collector ends the connection. */
export const closed = (agent: TestAgent): Promise<void> =>
  agent.client.connected ? new Promise(resolve => agent.client.once('close', () => resolve())) : Promise.resolve()

const at = () => new Date().toISOString()

export const hello = (
  agent: string,
  place: { epoch: number; base: number; next: number },
  connection = 'c0ffee01',
) => ({
  ...{ v: 1, kind: 'hello', agent, ...place, connection, sent_at: at() },
  snapshot: { items: [] },
})

export const telemetry = (agent: string, place: { epoch: number; seq: number; base: number }, facts: object = {}) => ({
  ...{ v: 1, kind: 'telemetry', agent, ...place, recorded_at: at(), sent_at: at(), age_ms: 0 },
  body: {
    items: [
      {
        kind: 'register',
        slot: 'r1',
        id: '0000000000301234',
        at: at(),
        source: 'register',
        facts: { 'fiscal.ofd.unsent_documents': 3, ...facts },
      },
    ],
  },
})
