import { readFileSync } from 'node:fs'
import {
  type DownMessage,
  downMessage,
  type EventBody,
  type IdentityFile,
  identityFile,
  systemClock,
  topicOf,
  WIRE_VERSION,
  type WireItem,
} from '@tillwatch/shared'
import { connectAsync, type MqttClient } from 'mqtt'

/** Header of a message; what is left out is as an honest agent would say it. */
interface MessageHeader {
  readonly v?: number
  readonly base?: number
  readonly recorded_at?: string
  readonly sent_at?: string
  readonly age_ms?: number | null
}

/** An agent that says exactly what a test or a benchmark wants, over the real broker. */
export interface ScriptedAgent {
  /** Everything that the collector has said, oldest first. */
  readonly heard: readonly DownMessage[]
  hello(position: { base: number; next: number }, items?: readonly WireItem[]): Promise<void>
  telemetry(seq: number, items: readonly WireItem[], header?: MessageHeader): Promise<void>
  event(seq: number, body: EventBody, header?: MessageHeader): Promise<void>
  /** A message of any kind, also of one that does not exist. */
  say(seq: number, kind: string, body: unknown, header?: MessageHeader): Promise<void>
  /** Bytes on the up topic as they are. Like every message, rejects when the broker cuts us. */
  raw(payload: string | Uint8Array): Promise<void>
  /** Speaks on the down topic of another agent, as only the collector may. Resolves when the broker has taken it or cut us. */
  forge(agentId: string, message: unknown): Promise<void>
  /** Resolves with the first thing said, past or to come, that fits; rejects after `timeoutMs`. */
  said(fits: (message: DownMessage) => boolean, timeoutMs?: number): Promise<DownMessage>
  /** Everything of the epoch up to `mark` is stored. */
  stored(mark: number, timeoutMs?: number): Promise<DownMessage>
  /** True while the broker has not cut us. */
  isOpen(): boolean
  close(): Promise<void>
}

export const readIdentity = (file: string): IdentityFile =>
  identityFile.parse(JSON.parse(readFileSync(file, 'utf8')) as unknown)

/** Connects with an identity and speaks in one epoch. `onDown` is called with each message as it comes. */
export async function connectScripted(
  identity: IdentityFile,
  epoch: number,
  onDown: (message: DownMessage) => void = () => undefined,
): Promise<ScriptedAgent> {
  const { agent } = identity
  const connection = `scripted-${Math.random().toString(36).slice(2)}`
  const client = await connectAsync(identity.url, {
    ...{ protocolVersion: 4, clientId: agent, username: agent, password: identity.secret, clean: true },
    ...{ ca: identity.ca, rejectUnauthorized: true, reconnectPeriod: 0, keepalive: 60, connectTimeout: 20_000 },
  })
  const heard: DownMessage[] = []
  const waiting = new Set<(message: DownMessage) => void>()
  client.on('error', () => undefined)
  client.on('message', (_topic, payload) => {
    const message = downMessage.parse(JSON.parse(payload.toString()) as unknown)
    if (heard.push(message) > HEARD_MAX) heard.shift()
    onDown(message)
    for (const wait of waiting) wait(message)
  })
  await client.subscribeAsync(topicOf(agent, 'down'), { qos: 1 })

  const up = topicOf(agent, 'up')
  const raw = (payload: string | Uint8Array) => publish(client, up, payload)
  const now = () => new Date(systemClock.now()).toISOString()
  const message = (seq: number, kind: string, body: unknown, header: MessageHeader = {}) => {
    const at = now()
    const honest = { v: WIRE_VERSION, base: 1, recorded_at: at, sent_at: at, age_ms: 0 }
    return raw(JSON.stringify({ ...honest, agent, epoch, seq, kind, body, ...header }))
  }
  const said = (fits: (message: DownMessage) => boolean, timeoutMs = 15_000): Promise<DownMessage> => {
    const past = heard.find(fits)
    if (past) return Promise.resolve(past)
    return new Promise((resolve, reject) => {
      const look = (next: DownMessage): void => {
        if (!fits(next)) return
        finish()
        resolve(next)
      }
      const finish = (): void => {
        cancel()
        waiting.delete(look)
      }
      const cancel = systemClock.after(timeoutMs, () => {
        finish()
        reject(new Error(`${agent} was not told within ${timeoutMs} ms; last: ${JSON.stringify(heard.at(-1))}`))
      })
      waiting.add(look)
    })
  }
  return {
    heard,
    hello: ({ base, next }, items = []) =>
      raw(
        JSON.stringify({
          ...{ v: WIRE_VERSION, kind: 'hello', agent, epoch, base, next, connection, sent_at: now() },
          snapshot: { items },
        }),
      ),
    telemetry: (seq, items, header) => message(seq, 'telemetry', { items }, header),
    event: (seq, body, header) => message(seq, 'event', body, header),
    say: message,
    raw,
    forge: (agentId, forged) =>
      publish(client, topicOf(agentId, 'down'), JSON.stringify(forged)).catch(() => undefined),
    said,
    stored: (mark, timeoutMs) =>
      said(told => told.kind === 'stored' && told.epoch === epoch && told.mark >= mark, timeoutMs),
    isOpen: () => client.connected,
    close: () => client.endAsync(true),
  }
}

/** Messages kept to look back at. */
const HEARD_MAX = 10_000

/** Rejects when the connection ends before the broker has acknowledged. */
async function publish(client: MqttClient, topic: string, payload: string | Uint8Array): Promise<void> {
  const closed = Promise.withResolvers<never>()
  const fail = (): void => closed.reject(new Error('the connection was closed'))
  client.once('close', fail)
  const published = client.publishAsync(topic, typeof payload === 'string' ? payload : Buffer.from(payload), { qos: 1 })
  try {
    await Promise.race([published, closed.promise])
  } finally {
    client.off('close', fail)
  }
}
