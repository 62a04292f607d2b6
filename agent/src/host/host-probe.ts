import type { WireFact, WireItem } from '@tillwatch/shared'

/** Looks at the PC. A part that cannot be read is unknown with its reason; it never costs the other parts. */
export interface HostProbe {
  /** Bounded in time, never rejects. */
  read(): Promise<readonly WireItem[]>
  /** Identity of the PC, a hash of the system's own; null where it has none or before the first reading. */
  pcId(): string | null
}

/** One source of facts about the PC. */
export interface HostPart {
  /** Names that it gives; all of them are unknown when it fails. */
  readonly names: readonly string[]
  read(): Promise<Record<string, WireFact>>
}
