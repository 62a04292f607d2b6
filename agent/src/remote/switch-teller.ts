import type { Clock, Component } from '@tillwatch/shared'
import type { Checks } from './checks.ts'
import type { Switches } from './switches.ts'

/** A check that was off and is on again by itself is told within this time, and so is one that was found. */
const LOOK_MS = 30_000

/** Tells what can be switched off and what is: at the start, when it changes, and when a switch ends by itself. */
export interface SwitchTeller extends Component {
  /** Something was switched. */
  tellNews(): void
}

export interface SwitchTellerOptions {
  readonly checks: Checks
  readonly switches: Pick<Switches, 'off'>
  /** False when it could not be kept: then it is told again. */
  readonly tell: () => boolean
  /** Called at every look. */
  readonly onLook: () => void
  readonly clock: Clock
}

export function createSwitchTeller({ checks, switches, tell, onLook, clock }: SwitchTellerOptions): SwitchTeller {
  const stopping = new AbortController()
  let told: string | null = null
  let loop: Promise<void> = Promise.resolve()
  const tellNews = () => {
    const now = JSON.stringify([checks.names(), switches.off()])
    if (now !== told && tell()) told = now
  }
  const run = async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(LOOK_MS, stopping.signal)
      await checks.look()
      if (stopping.signal.aborted) return
      onLook()
      tellNews()
    }
  }
  return {
    tellNews,
    start: async () => {
      await checks.look()
      tellNews()
      loop = run()
    },
    stop: async () => {
      stopping.abort()
      await loop
    },
  }
}
