import { parentPort, workerData } from 'node:worker_threads'
import { type IdentityFile, systemClock, topicOf, WIRE_VERSION } from '@tillwatch/shared'
import { connectAsync, type MqttClient } from 'mqtt'
import { healthyFacts, serialOf } from './rules-fleet.ts'
import type { Published, RulesLoadTask } from './rules-load.ts'

const MINUTE_MS = 60_000
/** Every so many readings one of a register that was good until now shows a drive that ends within days. */
const BAD_EVERY = 37
const DAY_MS = 86_400_000

interface Agent {
  readonly client: MqttClient
  readonly id: string
  seq: number
}

async function connectAgent({ agent, secret, ca, url }: IdentityFile): Promise<Agent> {
  const client = await connectAsync(url, {
    ...{ protocolVersion: 4, clientId: agent, username: agent, password: secret, clean: true },
    ...{ ca, reconnectPeriod: 0, keepalive: 60 },
  })
  await client.subscribeAsync(topicOf(agent, 'down'), { qos: 1 })
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
  client.publish(topicOf(agent, 'up'), JSON.stringify({ ...hello, snapshot: { items: [] } }), { qos: 1 })
  return { client, id: agent, seq: 0 }
}

/** Sends one reading; the moment at which it was given to the connection. */
function send(agent: Agent, register: number, isBad: boolean): number {
  const now = systemClock.now()
  const at = new Date(now).toISOString()
  const seq = ++agent.seq
  const serial = serialOf(register)
  const facts = healthyFacts(register, seq)
  const ends = new Date(now + 3 * DAY_MS).toISOString().slice(0, 10)
  const item = {
    ...{ kind: 'register', slot: serial, id: serial, at, source: 'register' },
    facts: isBad ? { ...facts, 'fiscal.fn.valid_until': ends } : facts,
  }
  const header = { v: WIRE_VERSION, agent: agent.id, epoch: 1, seq, base: 1, recorded_at: at, sent_at: at, age_ms: 0 }
  agent.client.publish(
    topicOf(agent.id, 'up'),
    JSON.stringify({ ...header, kind: 'telemetry', body: { items: [item] } }),
    {
      qos: 1,
    },
  )
  return now
}

/** Every register reports once a minute, evenly spread, whatever the collector does. */
async function load({ identities, registers, warmUpMs, seconds }: RulesLoadTask): Promise<void> {
  const agents = await Promise.all(identities.map(connectAgent))
  const bad = new Set<number>()
  const beganMs = systemClock.monotonic()
  const endMs = warmUpMs + seconds * 1_000
  for (let sent = 0; ; ) {
    const elapsedMs = systemClock.monotonic() - beganMs
    if (elapsedMs > endMs) break
    for (; sent < (elapsedMs * registers) / MINUTE_MS; sent++) {
      const register = sent % registers
      const agent = agents[register % agents.length]
      if (!agent) continue
      const turnsBad = elapsedMs > warmUpMs && sent % BAD_EVERY === 0 && !bad.has(register)
      if (turnsBad) bad.add(register)
      const at = send(agent, register, bad.has(register))
      if (turnsBad) parentPort?.postMessage({ serial: serialOf(register), at } satisfies Published)
    }
    await systemClock.sleep(1)
  }
  parentPort?.postMessage('over')
}

await load(workerData as RulesLoadTask)
