import type { WireFact, WireItem } from '@tillwatch/shared'

/** Every probe by the name under which it is configured and switched off. */
export const PROBE_NAMES = [
  'system',
  'clock',
  'antivirus',
  'remote_access',
  'services',
  'pos_app',
  'egais_utm',
  'chz_lm',
  'ts_piot',
  'ofd_reach',
] as const
export type ProbeName = (typeof PROBE_NAMES)[number]

/** Looks at one thing on the till's PC or beside it. It reads and never changes anything. */
export interface HostProbe {
  readonly name: ProbeName
  /** Seconds between two looks. */
  readonly intervalS: number
  /** Seconds before the first look, where it needs what others read first; at once when left out. */
  readonly firstAfterS?: number
  /**
   * Bounded in time; rejects only on a programming error. What cannot be read is unknown with its reason and never costs the other
   * facts; what is not there gives no item.
   */
  read(): Promise<readonly WireItem[]>
}

/** One source of facts about the PC. */
export interface HostPart {
  /** Names that it gives; all of them are unknown when it fails. */
  readonly names: readonly string[]
  read(): Promise<Record<string, WireFact>>
}
