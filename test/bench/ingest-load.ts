import { parentPort, workerData } from 'node:worker_threads'
import { downMessage, type IdentityFile, systemClock, topicOf, WIRE_VERSION } from '@tillwatch/shared'
import { connectAsync } from 'mqtt'

export interface LoadTask {
  readonly identities: readonly IdentityFile[]
  readonly seconds: number
}

export interface LoadReport {
  /** Messages stored inside the measured time. */
  readonly stored: number
  readonly wallMs: number
  /** Of every message from its publishing to the `stored` that names it. */
  readonly latenciesMs: readonly number[]
  /** One message as it went on the wire. */
  readonly sample: string
}

/** Until every agent is known and the collector has run warm. */
const WARM_UP_MS = 3_000

/** A healthy register's reading of 20 facts; the numbers move as in a working shift. */
function reading(index: number, seq: number, at: string): object {
  return {
    kind: 'register',
    slot: 'till',
    id: String(index).padStart(16, '0'),
    at,
    source: 'register',
    facts: {
      'fiscal.register.link': 'ok',
      'fiscal.register.vendor': 'Штрих-М',
      'fiscal.register.model': 'ШТРИХ-ЛАЙТ-01Ф',
      'fiscal.register.serial': String(index).padStart(16, '0'),
      'fiscal.register.registration_number': '0001234567012345',
      'fiscal.register.inn': '7709990008',
      'fiscal.register.ffd': '1.2',
      'fiscal.register.mode': 'shift_open',
      'fiscal.register.paper': 'present',
      'fiscal.register.cover': 'closed',
      'fiscal.shift.state': 'open',
      'fiscal.shift.number': 41,
      'fiscal.shift.receipts': seq,
      'fiscal.ofd.unsent_documents': seq % 3,
      'fiscal.fn.phase': 'fiscal',
      'fiscal.fn.valid_until': '2028-02-14',
      'fiscal.fn.flags': [],
      'fiscal.fn.last_document': 1_000 + seq,
      'fiscal.fn.documents_left': 200_000 - seq,
      'fiscal.poll.port_held_ms': 400 + (seq % 50),
    },
  }
}

/** One agent that keeps its window full and notes when each of its messages was stored. */
async function startAgent(identity: IdentityFile, index: number, onStored: (latencyMs: number) => void) {
  const { agent } = identity
  const up = topicOf(agent, 'up')
  const client = await connectAsync(identity.url, {
    ...{ protocolVersion: 4, clientId: agent, username: agent, password: identity.secret, clean: true },
    ...{ ca: identity.ca, reconnectPeriod: 0, keepalive: 60 },
  })
  await client.subscribeAsync(topicOf(agent, 'down'), { qos: 1 })
  const sentAt: number[] = []
  let mark = 0
  let next = 1
  let running = true
  const messageOf = (seq: number): string => {
    const at = new Date(systemClock.now()).toISOString()
    const header = { v: WIRE_VERSION, agent, epoch: 1, seq, base: 1, recorded_at: at, sent_at: at, age_ms: 0 }
    return JSON.stringify({ ...header, kind: 'telemetry', body: { items: [reading(index, seq, at)] } })
  }
  const fill = (window: number): void => {
    while (running && next - mark <= window) {
      sentAt[next] = systemClock.monotonic()
      client.publish(up, messageOf(next++), { qos: 1 })
    }
  }
  client.on('message', (_topic, payload) => {
    const said = downMessage.parse(JSON.parse(payload.toString()) as unknown)
    if (said.kind !== 'stored') return
    const now = systemClock.monotonic()
    for (; mark < said.mark; mark++) onStored(now - (sentAt[mark + 1] ?? now))
    fill(said.window.messages)
  })
  const sent_at = new Date(systemClock.now()).toISOString()
  const hello = {
    v: WIRE_VERSION,
    kind: 'hello',
    agent,
    epoch: 1,
    base: 1,
    next: 1,
    connection: `bench-${agent}`,
    sent_at,
  }
  client.publish(up, JSON.stringify({ ...hello, snapshot: { items: [] } }), { qos: 1 })
  return {
    sample: messageOf(1),
    stop: async () => {
      running = false
      await client.endAsync(true)
    },
  }
}

async function load({ identities, seconds }: LoadTask): Promise<LoadReport> {
  let measuring = false
  const latenciesMs: number[] = []
  const onStored = (latencyMs: number): void => {
    if (measuring) latenciesMs.push(latencyMs)
  }
  const agents = await Promise.all(identities.map((identity, index) => startAgent(identity, index, onStored)))
  await systemClock.sleep(WARM_UP_MS)
  measuring = true
  const beganMs = systemClock.monotonic()
  await systemClock.sleep(seconds * 1_000)
  measuring = false
  const wallMs = systemClock.monotonic() - beganMs
  await Promise.all(agents.map(agent => agent.stop()))
  return { stored: latenciesMs.length, wallMs, latenciesMs, sample: agents[0]?.sample ?? '' }
}

parentPort?.postMessage(await load(workerData as LoadTask))
