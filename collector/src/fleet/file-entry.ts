import type { DirectoryRemark } from '@tillwatch/shared/api'
import type { EntryKind } from './entry-problems.ts'

/** Where something stands in a file: its line, counted from 1, and what the file calls the field. */
export interface FilePlace {
  readonly line: number
  readonly field: string | null
}
export type FileProblem = DirectoryRemark & FilePlace

/** An entry as a file tells it, before anybody looked at it. */
export interface FileEntry {
  readonly kind: EntryKind
  readonly fields: Readonly<Record<string, unknown>>
  readonly line: number
  /** The place of one of its fields; of the entry when the field is not there. */
  placeOf(field: string): FilePlace
}

/** What was read of a file: its entries, and what stands in the way of reading more. */
export interface FileContent {
  readonly entries: readonly FileEntry[]
  readonly problems: readonly FileProblem[]
}
