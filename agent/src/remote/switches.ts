import { type EpochMs, type SwitchKind, switchedOffReason, targetKey } from '@tillwatch/shared'
import type { RemoteFile } from './remote-file.ts'
import { type SwitchedOff, switchedOffAt } from './remote-state.ts'

/** The kill switches of this agent: what is left alone until when. Each ends by itself; all of them outlive a restart. */
export interface Switches {
  isDisabled(kind: SwitchKind, name: string): boolean
  /** Why a fact that is not asked for has no value; null while the check is on. */
  offReason(kind: SwitchKind, name: string): string | null
  /** Names as on the wire (`slot:front`), sorted. */
  off(): readonly string[]
}

/** Switches that are all on, for polls without a collector. */
export const allOn: Switches = { isDisabled: () => false, offReason: () => null, off: () => [] }

/** The switches in the agent's file. `now` is the collector's clock. */
export function createSwitches(file: Pick<RemoteFile, 'state'>, now: () => EpochMs): Switches {
  const find = (kind: SwitchKind, name: string): SwitchedOff | undefined =>
    switchedOffAt(file.state, now()).find(({ target }) => targetKey(target) === `${kind}:${name}`)
  return {
    isDisabled: (kind, name) => find(kind, name) !== undefined,
    offReason: (kind, name) => {
      const off = find(kind, name)
      return off ? switchedOffReason(off.by, new Date(off.until).toISOString()) : null
    },
    off: () =>
      switchedOffAt(file.state, now())
        .map(({ target }) => targetKey(target))
        .sort(),
  }
}
