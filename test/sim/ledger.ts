import type { Content, Outbox } from '@tillwatch/agent/outbox/outbox'
import type { WireItem } from '@tillwatch/shared'
import type { RegisterFault } from './register.ts'

/** One poll of one register that its agent was told to keep. */
interface Reading {
  readonly poll: number
  readonly serial: string
  readonly faults: ReadonlySet<RegisterFault>
  readonly firmware: string | null
}

/** What one agent was given to keep and what its outbox said of it: the truth that the collector's books are held against. */
export class Ledger {
  readonly readings: Reading[] = []
  /** Messages that the outbox took, and that it refused. */
  kept = 0
  refused = 0
  /** An old image of the disk came back: what was said since is gone uncounted, what waited in it may come twice. */
  imageRestored = false
  /** The collector came back from a backup: what it had stored since and no outbox holds any more is gone. */
  collectorRestored = false
  /** The PC's clock was set: times of readings from before are guesses. */
  clockSet = false

  took(content: Content, faults: ReadonlySet<RegisterFault>): void {
    this.kept++
    if (content.kind !== 'telemetry') return
    for (const item of content.body.items) {
      const reading = readingOf(item, faults)
      if (reading) this.readings.push(reading)
    }
  }
}

function readingOf(item: WireItem, faults: ReadonlySet<RegisterFault>): Reading | null {
  const poll = item.facts['fiscal.poll.commands']
  if (item.kind !== 'register' || typeof poll !== 'number') return null
  const firmware = item.facts['fiscal.register.firmware']
  return {
    poll,
    serial: item.id ?? '',
    faults: new Set(faults),
    firmware: typeof firmware === 'string' ? firmware : null,
  }
}

/** An outbox that tells when the agent believes that something is stored. */
export function overseen(outbox: Outbox, settles: (epoch: number, mark: number) => void): Outbox {
  return new Proxy(outbox, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'settle') return value.bind(target)
      return (mark: number) => {
        settles(target.position().epoch, mark)
        target.settle(mark)
      }
    },
  })
}
