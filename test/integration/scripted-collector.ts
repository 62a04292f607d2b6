import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { openAuthority } from '@tillwatch/collector/broker/authority'
import {
  decodeUp,
  type Envelope,
  type Hello,
  type IdentityFile,
  type Status,
  topicOf,
  WINDOW_BYTES_MAX,
  WIRE_VERSION,
} from '@tillwatch/shared'
import { Aedes, type Client } from 'aedes'

const AGENT = 'till-0001'

/** What the scripted collector has on its imaginary disk, and what it saw. */
export interface ScriptedCollector {
  readonly identity: IdentityFile
  readonly identityFile: string
  readonly dir: string
  /** Messages in the order in which they were taken: each (epoch, seq) once. */
  readonly taken: Envelope[]
  readonly hellos: Hello[]
  readonly statuses: Status[]
  /** Every sequenced message that arrived, taken or not. */
  readonly arrivals: { readonly epoch: number; readonly seq: number }[]
  /** False: messages arrive and nobody answers. */
  isAnswering: boolean
  window: number
  /** Forgets everything after the first `messages`, as a restored backup does. */
  restoreTo(messages: number): void
  /** Cuts every connection, without a word. */
  cutAll(): void
  /** Takes the broker away and brings it back on the same port. */
  stopBroker(): Promise<void>
  startBroker(): Promise<void>
  close(): Promise<void>
}

/** A broker over TLS with the rules of accepting written down once more, apart from the collector's own. */
export async function createScriptedCollector(): Promise<ScriptedCollector> {
  const dir = mkdtempSync(join(tmpdir(), 'scripted-collector-'))
  const tls = await openAuthority(join(dir, 'tls'), [], () => randomBytes(16).toString('hex'))
  const secret = randomBytes(32).toString('base64url')
  const marks = new Map<number, number>()
  let broker: Aedes
  let server: Server
  let port = 0
  const sockets: TLSSocket[] = []
  const secrets = { url: '', agent: AGENT, secret, ca: tls.ca, version: 1 } as const

  const collector: ScriptedCollector = {
    identity: secrets,
    identityFile: join(dir, 'identity.json'),
    dir,
    taken: [],
    hellos: [],
    statuses: [],
    arrivals: [],
    isAnswering: true,
    window: 64,
    restoreTo: messages => {
      collector.taken.length = Math.min(messages, collector.taken.length)
      marks.clear()
      for (const { epoch, seq } of collector.taken) marks.set(epoch, seq)
    },
    cutAll: () => {
      for (const socket of sockets.splice(0)) socket.destroy()
    },
    stopBroker: async () => {
      collector.cutAll()
      server.close()
      await new Promise<void>(resolve => broker.close(() => resolve()))
    },
    startBroker: async () => {
      broker = await Aedes.createBroker({
        authenticate: (_client: Client, name, word, done) => done(null, name === AGENT && word?.toString() === secret),
      })
      broker.on('publish', ({ topic, payload }, client) => {
        if (client) hear(topic, Buffer.from(payload))
      })
      server = createServer({ key: tls.key, cert: tls.cert }, socket => {
        sockets.push(socket)
        socket.on('error', () => undefined)
        broker.handle(socket)
      })
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    },
    close: async () => {
      await collector.stopBroker()
      rmSync(dir, { recursive: true })
    },
  }

  const answer = (epoch: number) => {
    if (!collector.isAnswering) return
    const stored = {
      v: WIRE_VERSION,
      kind: 'stored',
      epoch,
      mark: marks.get(epoch) ?? 0,
      highest_epoch: Math.max(epoch, ...marks.keys()),
      window: { messages: collector.window, bytes: WINDOW_BYTES_MAX },
      sent_at: new Date().toISOString(),
    }
    const payload = Buffer.from(JSON.stringify(stored))
    const packet = {
      cmd: 'publish',
      topic: topicOf(AGENT, 'down'),
      payload,
      qos: 1,
      retain: false,
      dup: false,
    } as const
    broker.publish(packet, () => undefined)
  }

  const hear = (topic: string, payload: Buffer) => {
    if (topic === topicOf(AGENT, 'status')) {
      collector.statuses.push(JSON.parse(payload.toString()))
      return
    }
    const decoded = decodeUp(payload)
    if (!('message' in decoded)) throw new Error(`the agent sent nonsense: ${decoded.unreadable.reason}`)
    const { message } = decoded
    if (message.kind === 'hello') collector.hellos.push(message)
    else {
      collector.arrivals.push({ epoch: message.epoch, seq: message.seq })
      const mark = marks.get(message.epoch) ?? 0
      const isNext = message.seq === mark + 1 || (message.seq > mark && message.seq === message.base)
      if (isNext && collector.isAnswering) {
        marks.set(message.epoch, message.seq)
        collector.taken.push(message)
      }
    }
    answer(message.epoch)
  }

  await collector.startBroker()
  const identity: IdentityFile = { ...secrets, url: `mqtts://127.0.0.1:${port}` }
  writeFileSync(collector.identityFile, JSON.stringify(identity), { mode: 0o600 })
  return Object.assign(collector, { identity })
}

/** Waits until the condition holds, looking often; fails after `timeoutMs` with what was waited for. */
export async function until(what: string, condition: () => boolean, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
