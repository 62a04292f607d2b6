import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import {
  openRuleBook,
  type PackProblem,
  type RefusedFile,
  type RuleBook,
  type RuleFile,
  type RulePlace,
} from '@tillwatch/rules'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { IncidentRoom } from '../incidents/room.ts'
import { createRecheck } from './recheck.ts'

/** What is in force since when, and what was refused; plain data, because it crosses threads. */
export interface RuleBookState {
  /** Short name of exactly these texts. */
  readonly version: string
  readonly loadedAt: EpochMs
  readonly files: readonly RuleFile[]
  readonly refused: readonly RefusedFile[]
}

/** The rules in force. Lives in the state thread under the name `rulebook`. */
export interface RuleKeeping {
  state(): Promise<RuleBookState>
  /**
   * Takes files as they are now. What is wrong is refused and its earlier text goes on. When the rules are other ones afterwards, every
   * item is looked at again, some at a time.
   */
  load(files: readonly RuleFile[], now: EpochMs): Promise<RuleBookState>
}

export interface RuleKeeper {
  readonly rules: Pick<RuleBook, 'of'>
  readonly service: RuleKeeping
  readonly room: IncidentRoom
}

/** `file:line:column path: reason`, as editors understand it. */
export const problemLine = ({ file, line, column, path, reason }: PackProblem): string =>
  `${file}:${line}:${column}: ${path ? `${path}: ` : ''}${reason}`

/** Opens the files over a connection of the state thread. Throws `rules.invalid` when a pack that ships is wrong; one of the customer is only refused. */
export function createRuleKeeper(database: DatabaseSync, files: readonly RuleFile[], now: EpochMs): RuleKeeper {
  const recheck = createRecheck(database)
  let book = openRuleBook(files, placesOf(database))
  const ours = book.refused.filter(({ shipped }) => shipped).flatMap(({ problems }) => problems)
  if (ours.length > 0) {
    throw new AppError('rules.invalid', `the rule packs are wrong:\n  ${ours.map(problemLine).join('\n  ')}`, {
      nextStep: 'Install the program anew; `tillwatch rules check` checks its packs without starting.',
    })
  }
  let version = versionOf(book.files)
  let loadedAt = now
  const state = (): RuleBookState => ({ version, loadedAt, files: book.files, refused: book.refused })
  // The rules may be other ones than those of the last run.
  recheck.begin()
  return {
    rules: { of: place => book.of(place) },
    room: recheck.room,
    service: {
      state: async () => state(),
      load: async (next, at) => {
        book = openRuleBook(next, placesOf(database), new Map(book.files.map(file => [file.file, file])))
        loadedAt = at
        const before = version
        version = versionOf(book.files)
        if (version !== before) recheck.begin()
        return state()
      },
    },
  }
}

/** Every place that an item can stand at. */
const placesOf = (database: DatabaseSync): readonly RulePlace[] =>
  database
    .prepare(
      `SELECT s.tenant_id AS tenant, c.code AS client, s.code AS site
         FROM sites s JOIN clients c ON c.id = s.client_id AND c.tenant_id = s.tenant_id`,
    )
    .all() as unknown as RulePlace[]

const versionOf = (files: readonly RuleFile[]): string =>
  createHash('sha256')
    .update(JSON.stringify(files.map(({ file, text }) => [file, text])))
    .digest('hex')
    .slice(0, 12)
