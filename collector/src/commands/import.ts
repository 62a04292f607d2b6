import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AppError } from '@tillwatch/shared'
import type { ImportReport } from '@tillwatch/shared/api'
import type { Command } from 'commander'
import { decodeDirectoryFile, parseDirectoryFile } from '../fleet/directory-file.ts'
import { createDirectoryStore } from '../store/sqlite/sqlite-directory-store.ts'
import { CONFIG_OPTION, type CommandContext } from './command-context.ts'
import { TENANT, withState } from './offline-stores.ts'

/** `tillwatch import FILE`: clients, legal entities, sites and terminals. All or nothing. */
export function registerImportCommand(program: Command, { print }: CommandContext): void {
  program
    .command('import <file>')
    .description('clients, legal entities, sites and terminals from YAML or CSV')
    .option(...CONFIG_OPTION)
    .option('--dry-run', 'say what would change and change nothing')
    .option('--json', 'JSON alone on standard output')
    .action(async (file: string, options: { config: string; dryRun?: boolean; json?: boolean }) => {
      const directory = parseDirectoryFile(read(file), file)
      const report = await withState(options.config, ({ database }) =>
        createDirectoryStore(database, randomUUID).importDirectory(TENANT, directory, options.dryRun ?? false),
      )
      if (options.json) print(JSON.stringify(report))
      else for (const line of lines(report)) print(line)
      if (report.problems.length > 0) {
        throw new AppError('import.problems', `${file} was not imported: ${report.problems.length} problem(s)`, {
          nextStep: 'Correct them and import again; nothing was changed.',
        })
      }
    })
}

function read(file: string): string {
  try {
    return decodeDirectoryFile(readFileSync(file))
  } catch (cause) {
    throw new AppError('import.unreadable', `cannot read ${file}`, {
      nextStep: 'Check the path and its rights.',
      cause,
    })
  }
}

function* lines(report: ImportReport): Generator<string> {
  for (const { where, message } of report.problems) yield `problem  ${where}: ${message}`
  for (const { kind, code } of report.created) yield `new      ${kind} ${code}`
  for (const { kind, code, fields } of report.updated) yield `changed  ${kind} ${code}: ${fields.join(', ')}`
  for (const { where, message } of report.gaps) yield `gap      ${where}: ${message}`
  const done =
    report.problems.length > 0 ? 'nothing was changed' : report.dryRun ? 'dry run, nothing was changed' : 'done'
  yield `${report.created.length} new, ${report.updated.length} changed, ${report.unchanged} unchanged: ${done}`
}
