import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Outbox } from '@tillwatch/agent/outbox/outbox'
import { openOutbox } from '@tillwatch/agent/outbox/recover'
import { agentFacts } from '@tillwatch/agent/self/agent-facts'
import { withLastSaid } from '@tillwatch/agent/self/last-said'
import { createUplink, type Uplink } from '@tillwatch/agent/uplink/uplink'
import type { Logger, WireItem } from '@tillwatch/shared'
import type { Chance } from './chance.ts'
import { Ledger, overseen } from './ledger.ts'
import { type Life, Machine } from './machine.ts'
import type { Network } from './network.ts'
import type { Register, RegisterFault } from './register.ts'
import type { Scheduler } from './scheduler.ts'

interface TillOptions {
  readonly agentId: string
  readonly folder: string
  readonly register: Register
  readonly scheduler: Scheduler
  readonly network: Network
  readonly chance: Chance
  readonly logger: Logger
  /** Messages that its outbox may hold. */
  readonly outboxMessages: number
  /** The agent believes that the collector has everything of this epoch up to the mark. */
  readonly settles: (agentId: string, epoch: number, mark: number) => void
}

const MINUTE_MS = 60_000
const GIB = 1024 ** 3

interface Run {
  readonly life: Life
  readonly outbox: Outbox
  readonly uplink: Uplink
}

/** A POS PC with one register and the real agent's outbox and uplink; its disk is a folder that outlives every kill. */
export class Till {
  readonly agentId: string
  readonly register: Register
  readonly ledger = new Ledger()
  readonly machine: Machine
  readonly #options: TillOptions
  #folders = 0
  #run: Run | null = null
  #disk: string
  #image: string | null = null
  #newest: readonly WireItem[] = []
  #diskFree = 60 * GIB
  #isPolling = true
  #cancelPoll: () => void = () => {}

  constructor(options: TillOptions) {
    this.#options = options
    this.agentId = options.agentId
    this.register = options.register
    this.machine = new Machine(options.agentId, options.scheduler)
    this.#disk = this.#newFolder()
  }

  get isOn(): boolean {
    return this.#run !== null
  }

  /** Where its outbox stands; only while it is on. */
  get outbox(): Outbox | null {
    return this.#run?.outbox ?? null
  }

  async start(): Promise<void> {
    const { agentId, network, chance, logger, outboxMessages, settles } = this.#options
    const life = this.machine.boot()
    const limits = { messages: outboxMessages }
    const opened = openOutbox({ dir: this.#disk, clock: life, run: chance.text(8), logger, limits })
    const outbox = overseen(opened, (epoch, mark) => settles(agentId, epoch, mark))
    const uplink = createUplink({
      agent: agentId,
      outbox,
      dial: network.dialOf(agentId, life),
      clock: life,
      random: chance.random,
      newConnectionId: () => chance.text(16),
      snapshot: () => withLastSaid(this.#newest, outbox),
      logger,
      // Polls are rare here, so it also asks and knocks more rarely.
      timerScale: 30,
      reconnect: { firstMs: 10 * MINUTE_MS, capMs: 10 * MINUTE_MS, factor: 1, jitter: 1 },
    })
    this.#run = { life, outbox, uplink }
    this.#newest = []
    await uplink.start()
    this.#pollAfter(chance.between(0, MINUTE_MS))
  }

  /** The process is gone between two moments; what it had written is on its disk. */
  kill(): void {
    if (!this.#run) return
    this.#run.life.kill()
    this.#run = null
    this.#options.network.drop(this.agentId)
    // The dead process still holds its files in this one: its disk goes on as a copy.
    this.#disk = this.#copy(this.#disk)
  }

  /** The service is stopped as the system does it: the agent says farewell and closes its files. */
  shutDown(): void {
    const run = this.#run
    if (!run) return
    this.#run = null
    this.#cancelPoll()
    void run.uplink.stop().then(() => {
      run.outbox.close()
      run.life.kill()
    })
  }

  /** Keeps the disk as it is now, for `comesBackOld`. */
  takesImage(): void {
    this.#image = this.#copy(this.#disk)
  }

  /** The PC comes back as its image was. */
  async comesBackOld(): Promise<void> {
    if (this.#image === null) return
    this.kill()
    this.#disk = this.#copy(this.#image)
    this.ledger.imageRestored = true
    await this.start()
  }

  /** A person, a battery or a time server sets its clock. */
  setClock(offsetMs: number): void {
    this.machine.setOffset(offsetMs)
    this.ledger.clockSet = true
  }

  setFault(fault: RegisterFault | 'disk', isOn: boolean): void {
    const { scheduler, chance } = this.#options
    if (fault === 'disk') this.#diskFree = isOn ? chance.between(1, 12) * GIB : 60 * GIB
    else if (isOn) this.register.breaks(fault, scheduler.now)
    else this.register.heals(fault, scheduler.now)
    this.#pollAfter(chance.between(1, 3 * MINUTE_MS))
  }

  get isDiskFull(): boolean {
    return this.#diskFree < 60 * GIB
  }

  /** Nothing is polled any more, so that what is under way can come to its end. */
  endPolling(): void {
    this.#isPolling = false
  }

  close(): void {
    this.#run?.outbox.close()
  }

  #pollAfter(ms: number): void {
    const run = this.#run
    if (!run) return
    this.#cancelPoll()
    this.#cancelPoll = run.life.later(ms, 'poll', () => this.#poll(run))
  }

  /** Polls are far apart, and closer where something happens; a real agent's come every minute. */
  #poll({ life, outbox, uplink }: Run): void {
    if (!this.#isPolling) return
    const { scheduler, chance } = this.#options
    if (chance.happens(0.03)) this.register.updates()
    const at = new Date(life.now()).toISOString()
    const volume: WireItem = {
      ...{ kind: 'volume', slot: 'system', id: null, at, source: 'host' },
      facts: { 'host.disk.system': true, 'host.disk.total_bytes': 100 * GIB, 'host.disk.free_bytes': this.#diskFree },
    }
    const pc: WireItem = {
      ...{ kind: 'pc', slot: 'pc', id: null, at, source: 'agent' },
      facts: agentFacts(outbox.counts()),
    }
    const items = [this.register.read(scheduler.now, at), volume, pc]
    this.#newest = items
    const content = { kind: 'telemetry' as const, body: { items } }
    const appended = outbox.append(content)
    if (appended.ok) this.ledger.took(content, this.register.faults)
    else this.ledger.refused++
    uplink.wake()
    this.#pollAfter(chance.between(60, 110) * MINUTE_MS)
  }

  #newFolder(): string {
    const folder = join(this.#options.folder, `${this.agentId}-${++this.#folders}`)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  #copy(from: string): string {
    const to = this.#newFolder()
    cpSync(from, to, { recursive: true })
    return to
  }
}
