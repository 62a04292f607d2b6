import {
  AppError,
  type BackoffPolicy,
  backoffMs,
  type Clock,
  type Component,
  type DownMessage,
  type EpochMs,
  type Logger,
  messageOf,
  RECONNECT_CAP_MS,
  RESEND_MS,
  unreachable,
  type WireItem,
} from '@tillwatch/shared'
import { type CrashPoint, noCrash } from '../crash-point.ts'
import { nextEpoch, type Outbox, type OutboxMessage, type Refusal } from '../outbox/outbox.ts'
import type { Connection, Dial } from './link.ts'
import { helloPacket, messagePacket, parseDown, statusPacket } from './packets.ts'
import {
  creditOf,
  type Effect,
  greet,
  offlineState,
  onHold,
  onSent,
  onStored,
  onWake,
  type Phase,
  type Step,
  type UplinkState,
} from './uplink-state.ts'

export interface UplinkOptions {
  readonly agent: string
  readonly outbox: Outbox
  readonly dial: Dial
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** A new connection id, 8 to 64 characters. */
  readonly newConnectionId: () => string
  /** How things are now, for the hello. */
  readonly snapshot: () => readonly WireItem[]
  /** The collector asks for something; must not throw. */
  readonly onCommand?: (command: Extract<DownMessage, { kind: 'command' }>) => void
  /** The collector's clock, whenever it says something that carries it. */
  readonly onCollectorTime?: (at: EpochMs) => void
  readonly logger: Logger
  /** Spread of reconnects; by default anywhere inside a minute. */
  readonly reconnect?: BackoffPolicy
  /** Factor on the resend and hello timers, for tests against a real broker. */
  readonly timerScale?: number
  readonly crash?: CrashPoint
}

/** Since the start of this process. */
export interface UplinkCounters {
  readonly sent: number
  readonly resent: number
  readonly stored: number
  readonly refused: number
  readonly held: number
  readonly reconnects: number
  /** Down messages that could not be understood. */
  readonly unreadable: number
}

export interface Uplink extends Component {
  /** Something was appended: send it if there is credit. */
  wake(): void
  phase(): Phase
  counters(): UplinkCounters
}

/** A fleet that lost its collector at one moment comes back spread over the whole minute, not in its first second. */
const RECONNECT: BackoffPolicy = { firstMs: RECONNECT_CAP_MS, capMs: RECONNECT_CAP_MS, factor: 1, jitter: 1 }
const RECONNECT_MS_MIN = 250
/** Timers run up to this share longer, so that agents held together do not ask together. */
const JITTER = 0.3
const FAREWELL_MS = 1_000

/** Drains the outbox to the collector: nothing is forgotten before the collector has said `stored`. */
class MqttUplink implements Uplink {
  readonly #options: UplinkOptions
  readonly #crash: CrashPoint
  readonly #stopping = new AbortController()
  #state: UplinkState = offlineState
  #connection: Connection | null = null
  #cancelTimer: () => void = () => undefined
  #onStop: () => void = () => undefined
  #loop: Promise<void> = Promise.resolve()
  #epoch = 0
  #highest = { epoch: 0, seq: 0 }
  #counters = { sent: 0, resent: 0, stored: 0, refused: 0, held: 0, reconnects: 0, unreadable: 0 }

  constructor(options: UplinkOptions) {
    this.#options = options
    this.#crash = options.crash ?? noCrash
  }

  start(): Promise<void> {
    this.#loop = this.#run()
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort()
    this.#cancelTimer()
    this.#state = offlineState
    const connection = this.#connection
    this.#connection = null
    if (connection) await connection.farewell(statusPacket(this.#options.agent, 'offline', connection.id), FAREWELL_MS)
    this.#onStop()
    await this.#loop
  }

  phase = () => this.#state.phase
  counters = () => ({ ...this.#counters })

  wake(): void {
    this.#attempt(() => this.#drain())
  }

  async #run(): Promise<void> {
    const { clock, random, reconnect = RECONNECT } = this.#options
    const { signal } = this.#stopping
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (await this.#connectOnce()) attempt = 0
      await clock.sleep(Math.max(RECONNECT_MS_MIN, backoffMs(reconnect, attempt, random())), signal)
    }
  }

  /** One connection from its beginning to its end; false when there was none. */
  async #connectOnce(): Promise<boolean> {
    const { dial, logger, newConnectionId } = this.#options
    const { signal } = this.#stopping
    const closed = Promise.withResolvers<string>()
    this.#onStop = () => closed.resolve('stopped')
    try {
      const events = {
        onMessage: (payload: Uint8Array) => this.#attempt(() => this.#hear(payload)),
        onClosed: (reason: string) => closed.resolve(reason),
      }
      const connection = await dial(newConnectionId(), events, signal)
      if (signal.aborted) {
        connection.destroy()
        return true
      }
      this.#connected(connection)
      const reason = await closed.promise
      if (!signal.aborted) logger.warn({ reason }, 'the connection to the collector is lost; messages are kept')
      return true
    } catch (thrown) {
      const nextStep = thrown instanceof AppError ? thrown.nextStep : undefined
      if (!signal.aborted)
        logger.warn({ reason: messageOf(thrown), nextStep }, 'the collector cannot be reached; messages are kept')
      return false
    } finally {
      this.#disconnected()
    }
  }

  #connected(connection: Connection): void {
    this.#connection = connection
    this.#counters.reconnects++
    this.#options.logger.info({ connection: connection.id }, 'connected to the collector')
    connection.publish(statusPacket(this.#options.agent, 'online', connection.id))
    this.#attempt(() => this.#take(greet(this.#options.outbox.position())))
  }

  #disconnected(): void {
    this.#connection?.destroy()
    this.#connection = null
    this.#cancelTimer()
    this.#state = offlineState
  }

  #hear(payload: Uint8Array): void {
    const { logger } = this.#options
    const parsed = parseDown(payload)
    if ('problem' in parsed) {
      this.#counters.unreadable++
      logger.warn({ reason: parsed.problem }, 'a message of the collector cannot be understood and is left out')
      return
    }
    this.#understand(parsed.message)
  }

  #understand(message: DownMessage): void {
    if (message.kind === 'hold') {
      this.#counters.held++
      const { reason, retry_after_ms: retryAfterMs } = message
      this.#options.logger.warn({ reason, retryAfterMs }, 'the collector asks to hold; messages are kept')
      this.#take(onHold(this.#state, message))
      return
    }
    if (message.sent_at !== undefined) this.#options.onCollectorTime?.(Date.parse(message.sent_at))
    if (message.kind === 'command') this.#options.onCommand?.(message)
    else this.#take(onStored(this.#state, this.#options.outbox.position(), message))
  }

  #take(step: Step): void {
    this.#state = step.state
    for (const effect of step.effects) this.#perform(effect)
    this.#drain()
  }

  #perform(effect: Effect): void {
    const { outbox, logger } = this.#options
    switch (effect.do) {
      case 'hello':
        this.#hello()
        return
      case 'wake':
        this.#arm(effect.ms)
        return
      case 'new_epoch':
        this.#beginEpoch(effect.above, effect.reason)
        return
      case 'quarantine':
        this.#quarantine(effect.refused)
        return
      case 'settle':
        this.#counters.stored += Math.max(0, effect.mark - outbox.position().mark)
        this.#crash('before-settle')
        this.#bestEffort(() => outbox.settle(effect.mark))
        this.#crash('after-settle')
        return
      case 'rewind':
        logger.warn({ mark: effect.mark }, 'the collector has less than before; sending again from there')
        this.#bestEffort(() => outbox.rewind(effect.mark))
        return
      default:
        unreachable(effect)
    }
  }

  #arm(ms: number): void {
    const { clock, random, timerScale = 1 } = this.#options
    this.#cancelTimer()
    this.#cancelTimer = clock.after(ms * timerScale * (1 + JITTER * random()), () =>
      this.#attempt(() => this.#take(onWake(this.#state, this.#options.outbox.position()))),
    )
  }

  #beginEpoch(above: number, reason: string): void {
    const { outbox, logger, clock } = this.#options
    const before = outbox.position()
    outbox.beginEpoch(nextEpoch(Math.max(before.epoch, above), clock.now()))
    logger.warn({ before, after: outbox.position(), reason }, 'a new epoch begins; what is not stored goes with it')
    this.#take(greet(this.#options.outbox.position()))
  }

  #quarantine(refused: readonly Refusal[]): void {
    const { outbox, logger } = this.#options
    const before = outbox.counts().refused
    this.#bestEffort(() => outbox.quarantine(refused))
    this.#counters.refused += outbox.counts().refused - before
    for (const { seq, reason } of refused) {
      logger.error({ seq, reason }, 'the collector refused a message; a copy is in the quarantine')
    }
  }

  /** False when the disk did not take it. A mark that lags behind what the collector said costs repeated messages, not the uplink. */
  #bestEffort(run: () => void): boolean {
    try {
      run()
      return true
    } catch (thrown) {
      this.#options.logger.warn({ reason: messageOf(thrown) }, 'the outbox cannot note how far it was sent or stored')
      return false
    }
  }

  #hello(): void {
    const { agent, outbox, clock, snapshot } = this.#options
    const position = outbox.position()
    this.#epoch = position.epoch
    this.#connection?.publish(helloPacket(agent, this.#connection.id, position, snapshot(), clock))
  }

  /** Publishes what the window allows; nothing that could not be noted as offered, or a restart would take it for another's. */
  #drain(): void {
    const { outbox, agent, clock } = this.#options
    if (this.#isRenewed()) {
      this.#take(greet(outbox.position()))
      return
    }
    const connection = this.#connection
    if (!connection?.isOpen() || this.#state.phase !== 'flowing') return
    const position = outbox.position()
    const credit = creditOf(this.#state)
    if (credit.messages === 0 || this.#state.sent >= position.next - 1) return
    const batch = outbox.take(this.#state.sent, credit)
    const last = batch.at(-1)
    if (!last || !this.#bestEffort(() => outbox.offer(last.seq))) return
    this.#crash('before-publish')
    if (this.#state.underWay.length === 0) this.#perform({ do: 'wake', ms: RESEND_MS })
    for (const message of batch) {
      const packet = messagePacket(agent, message, position.base, clock)
      const bytes = Buffer.byteLength(packet.payload)
      if (this.#state.underWay.length > 0 && bytes > creditOf(this.#state).bytes) return
      if (!connection.publish(packet)) return
      this.#count(message)
      this.#state = onSent(this.#state, message.seq, bytes)
    }
    this.#crash('after-publish')
  }

  #count({ epoch, seq }: OutboxMessage): void {
    const isAgain = epoch === this.#highest.epoch && seq <= this.#highest.seq
    this.#counters[isAgain ? 'resent' : 'sent']++
    if (!isAgain) this.#highest = { epoch, seq }
  }

  /** True after the outbox was set aside in the middle of work: the numbers we remember are of a file that is gone. */
  #isRenewed(): boolean {
    return this.#state.phase !== 'offline' && this.#options.outbox.position().epoch !== this.#epoch
  }

  /** A fault in one input is logged and the connection begun anew, which asks the collector where we stand. */
  #attempt(run: () => void): void {
    try {
      run()
    } catch (thrown) {
      this.#options.logger.error({ reason: messageOf(thrown) }, 'the uplink failed; it connects again')
      this.#connection?.destroy()
    }
  }
}

/** The uplink over any link. */
export const createUplink = (options: UplinkOptions): Uplink => new MqttUplink(options)
