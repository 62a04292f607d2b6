import { AppError, type Clock, type Logger } from '@tillwatch/shared'
import type { LiveEvent } from '@tillwatch/shared/api'
import type { LiveBus } from '../live/live-bus.ts'
import type { Lookups } from '../reads/reads.ts'
import { type HttpLimits, STREAM_GATHER_MS, STREAM_GATHERED_MAX, STREAM_HEARTBEAT_MS } from './limits.ts'

/** Where the text of one stream goes. */
export interface StreamSink {
  write(text: string): void
  /** Bytes that the reader has not taken yet. */
  readonly waitingBytes: number
  end(): void
}

/** One reader of the feed. */
export interface StreamReader {
  readonly tenantId: string
  readonly userId: string
  readonly sink: StreamSink
  /** Asked with every heartbeat and every `recheck`: false ends the stream. */
  readonly stillSignedIn: () => Promise<boolean>
}

/** News of changes for pages: gathered, sealed by tenant, bounded. A reader that was cut off comes back and asks for everything anew. */
export interface LiveFeed {
  /** Begins a stream; the returned function ends it. Throws `live.full` at the cap. */
  open(reader: StreamReader): () => void
  /** Asks every reader's session anew; called when a session may have ended. */
  recheck(): void
  /** Readers that were cut off because they did not keep up. */
  readonly cutOff: number
  readonly readers: number
  /** Ends every stream. */
  stop(): void
}

export interface LiveFeedOptions {
  readonly bus: LiveBus
  readonly lookups: Pick<Lookups, 'tenantsOf'>
  readonly clock: Clock
  readonly log: Logger
  readonly limits: Pick<HttpLimits, 'streams' | 'streamsPerUser' | 'streamBytes'>
}

export function createLiveFeed({ bus, lookups, clock, log, limits }: LiveFeedOptions): LiveFeed {
  const readers = new Set<StreamReader>()
  const gathered = new Map<string, LiveEvent>()
  let tooMany = false
  let cutOff = 0
  let cancelFlush: (() => void) | null = null

  const close = (reader: StreamReader): void => {
    if (readers.delete(reader)) reader.sink.end()
  }
  const closeAll = (): void => {
    for (const reader of [...readers]) close(reader)
  }
  const send = (reader: StreamReader, text: string): void => {
    if (reader.sink.waitingBytes > limits.streamBytes) {
      cutOff++
      close(reader)
    } else reader.sink.write(text)
  }
  const flush = async (): Promise<void> => {
    cancelFlush = null
    const events = [...gathered.values()]
    const lost = tooMany
    gathered.clear()
    tooMany = false
    try {
      if (lost) return closeAll()
      const tenants = await lookups.tenantsOf(events)
      const texts = events.map(event => `data: ${JSON.stringify(event)}\n\n`)
      for (const reader of [...readers]) {
        const own = texts.filter((_, index) => tenants[index] === reader.tenantId)
        if (own.length > 0) send(reader, own.join(''))
      }
    } catch (err) {
      log.warn({ err }, 'live news were lost; the pages will ask anew')
      closeAll()
    }
  }
  const leaveBus = bus.subscribe(event => {
    if (readers.size === 0) return
    if (gathered.size >= STREAM_GATHERED_MAX) tooMany = true
    else gathered.set(`${event.topic} ${event.id}`, event)
    cancelFlush ??= clock.after(STREAM_GATHER_MS, () => void flush())
  })
  const check = async (reader: StreamReader): Promise<void> => {
    if (!(await reader.stillSignedIn().catch(() => false))) close(reader)
  }
  const beat = async (reader: StreamReader): Promise<void> => {
    if (readers.has(reader)) await check(reader)
    if (!readers.has(reader)) return
    send(reader, ': still here\n\n')
    clock.after(STREAM_HEARTBEAT_MS, () => void beat(reader))
  }
  return {
    open(reader) {
      const own = [...readers].filter(({ userId }) => userId === reader.userId).length
      if (readers.size >= limits.streams || own >= limits.streamsPerUser) {
        throw new AppError('live.full', 'too many live pages are open', { nextStep: 'Close some of them.' })
      }
      readers.add(reader)
      reader.sink.write(': welcome\n\n')
      clock.after(STREAM_HEARTBEAT_MS, () => void beat(reader))
      return () => close(reader)
    },
    recheck() {
      for (const reader of readers) void check(reader)
    },
    get cutOff() {
      return cutOff
    },
    get readers() {
      return readers.size
    },
    stop() {
      leaveBus()
      cancelFlush?.()
      closeAll()
    },
  }
}
