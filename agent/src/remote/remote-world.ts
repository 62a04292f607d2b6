import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AgentCommand,
  type CommandResultBody,
  detailOf,
  type EpochMs,
  type SwitchTarget,
  type WireItem,
} from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { type CrashPointName, noCrash } from '../crash-point.ts'
import type { ToldLog } from '../logs/told-lines.ts'
import { MemoryOutbox } from '../outbox/memory-outbox.ts'
import { createRecorder } from '../self/recorder.ts'
import type { IncomingCommand } from './command-gate.ts'
import { createRemote, openRemoteMemory, type Remote, type RemoteMemory } from './remote.ts'
import { COMMANDS_REMEMBERED_MAX, withCommand } from './remote-state.ts'

const ALL = { messages: 10_000, bytes: Number.MAX_SAFE_INTEGER }

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
export const iso = (at: EpochMs): string => new Date(at).toISOString()

class Killed extends Error {}

/** What an agent does with commands, over runs that end and disks that fail: a till whose battery is dead and a collector with a clock of its own. For tests. */
export class RemoteWorld {
  readonly dir = mkdtempSync(join(tmpdir(), 'tillwatch-remote-'))
  readonly clock = new ManualClock(Date.parse('2001-01-01T00:00:00Z'))
  outbox = new MemoryOutbox(this.clock)
  /** Places that were polled out of turn. */
  polls: string[] = []
  whilePolling: () => void = () => undefined
  log = ''
  otherLogs: readonly ToldLog[] = []
  slots = ['front', 'bar']
  /** Crashes where it is told: what was on the disk then is what the next run finds. */
  crashAt: CrashPointName | null = null
  #ids = 0
  #run: { readonly memory: RemoteMemory; readonly remote: Remote } | null = null

  get memory(): RemoteMemory {
    if (!this.#run) throw new Error('nothing runs yet')
    return this.#run.memory
  }

  get remote(): Remote {
    if (!this.#run) throw new Error('nothing runs yet')
    return this.#run.remote
  }

  /** Begins a run over what is on the disk; the one before it ends without a farewell unless it was stopped. */
  async run(): Promise<void> {
    const { crashAt, outbox, clock } = this
    const crash = (name: CrashPointName) => {
      if (name === crashAt) throw new Killed(name)
    }
    const logger = recordingLogger()
    const memory = openRemoteMemory(this.dir, clock, logger)
    const remote = createRemote({
      ...{ memory, outbox, clock, logger, crash: crashAt ? crash : noCrash },
      recorder: createRecorder({ outbox, clock, logger, onRecorded: () => undefined }),
      registers: () => this.slots.map(slot => ({ slot, driver: 'shtrih-m', also: [] })),
      probes: ['clock'],
      pollNow: slot => {
        this.polls.push(slot)
        this.whilePolling()
        return Promise.resolve(this.#answered(slot))
      },
      log: { read: () => this.log },
      otherLogs: async () => this.otherLogs,
      secrets: ['a-secret-of-this-agent'],
    })
    this.#run = { memory, remote }
    await remote.start()
  }

  /** Stops and begins anew. */
  async restart(): Promise<void> {
    await this.remote.stop()
    await this.run()
  }

  async end(): Promise<void> {
    await Promise.race([this.remote.stop(), this.clock.advance(60_000)])
    rmSync(this.dir, { recursive: true })
  }

  collectorNow(): EpochMs {
    return Date.parse('2026-11-22T09:00:00Z') + this.clock.monotonic()
  }

  message(command: unknown, more: Partial<IncomingCommand> = {}): IncomingCommand {
    const now = this.collectorNow()
    return {
      ...{ v: 1, kind: 'command', id: this.#newId(), issued_by: 'Анна', command },
      ...{ issued_at: iso(now), sent_at: iso(now), expires_at: iso(now + 600_000) },
      ...more,
    }
  }

  /** As it comes over the uplink: the time that it carries is heard first. */
  async ask(asked: AgentCommand | IncomingCommand): Promise<IncomingCommand> {
    const said = 'do' in asked ? this.message(asked) : asked
    this.remote.hearTime(Date.parse(said.sent_at))
    this.remote.hear(said)
    await this.clock.advance(0)
    return said
  }

  disable(target: SwitchTarget, forMs = HOUR_MS): AgentCommand {
    return { do: 'disable', target, until: iso(this.collectorNow() + forMs) }
  }

  messages() {
    return this.outbox.take(0, ALL)
  }

  resultOf({ id }: IncomingCommand): CommandResultBody[] {
    return this.messages().flatMap(each => (each.kind === 'command_result' && each.body.id === id ? [each.body] : []))
  }

  /** What the collector was told last in a fact of the PC. */
  told(fact: 'agent.switched_off' | 'agent.checks') {
    const items = this.messages().flatMap(each => (each.kind === 'telemetry' ? each.body.items : []))
    return detailOf(items.at(-1)?.facts[fact] ?? null).value
  }

  /** As many commands as are remembered and a few more, one a millisecond from `from` on, as if each had come and been answered. */
  flood(from = this.collectorNow()): void {
    const given = Array.from({ length: COMMANDS_REMEMBERED_MAX + 5 }, (_, n) => ({
      ...{ id: this.#newId(), issued_at: from + n, result: null, answered: { epoch: 1, seq: n + 1 } },
    }))
    this.memory.file.change(state => given.reduce((all, one) => withCommand(all, one, this.collectorNow()), state))
  }

  /** The disk takes no change of the record, until the returned function is called. */
  fillDisk(): () => void {
    const inTheWay = join(this.dir, 'remote.json.new')
    mkdirSync(inTheWay)
    return () => rmdirSync(inTheWay)
  }

  #newId(): string {
    return `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`
  }

  #answered(slot: string): WireItem {
    return {
      ...{ kind: 'register', slot, id: null, at: iso(this.clock.now()), source: 'register' },
      facts: { 'fiscal.register.link': 'ok' },
    }
  }
}
