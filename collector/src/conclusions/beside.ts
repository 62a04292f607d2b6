import type { EpochMs } from '@tillwatch/shared'
import type { Profile } from './profile.ts'

/** What is known around a register beyond its own facts. Look-ups that most evaluations need not are functions. */
export interface Beside {
  /** Last day of its contract with the OFD by the directory, `YYYY-MM-DD`. */
  readonly ofdContractUntil: string | null
  readonly profile: Profile | null
  /** Settings that a person accepted, by fact. */
  readonly accepted: Readonly<Record<string, string>> | null
  /** When the system disk of its PC was last read. */
  diskReadAt(): EpochMs | null
  /** When another register at the site last issued a document, local text; null when there is none or nothing is known. */
  othersLastDocumentAt(): string | null
}
