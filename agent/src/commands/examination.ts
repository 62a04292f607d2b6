import type { WireItem } from '@tillwatch/shared'
import type { Check } from './doctor-check.ts'
import type { FilesChecked } from './doctor-files.ts'

/** What a look at this PC has brought. */
export interface Examination {
  readonly files: FilesChecked | null
  readonly checks: readonly Check[]
  /** Facts of the registers; of the PC and of what stands around it too where they were asked for. */
  readonly items: readonly WireItem[]
}
