import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileTrouble, SpokenError, systemClock } from '@tillwatch/shared'
import type { ImportReport } from '@tillwatch/shared/api'
import type { Language } from '@tillwatch/shared/words'
import type { Command } from 'commander'
import { type DirectoryFile, decodeDirectoryFile, readDirectoryFile } from '../fleet/directory-file.ts'
import type { FileProblem } from '../fleet/file-entry.ts'
import { createDirectoryStore } from '../store/sqlite/sqlite-directory-store.ts'
import { CONFIG_OPTION, type CommandContext, languageOption } from './command-context.ts'
import { TENANT, withState } from './offline-stores.ts'

interface ImportOptions {
  readonly config: string
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly lang: Language
}

/** `tillwatch import FILE`: clients, legal entities, sites, terminals, contracts and responsibles. All or nothing. */
export function registerImportCommand(program: Command, context: CommandContext): void {
  const { print } = context
  program
    .command('import <file>')
    .description('clients, legal entities, sites and terminals from YAML or CSV; contracts and responsibles from YAML')
    .option(...CONFIG_OPTION)
    .option('--dry-run', 'say what would change and change nothing')
    .option('--json', 'JSON alone on standard output')
    .addOption(languageOption(context))
    .action(async (name: string, { config, dryRun = false, json, lang }: ImportOptions) => {
      const file = readDirectoryFile(read(name), name)
      const changesNothing = dryRun || file.problems.length > 0
      const report = await withState(config, ({ database }) =>
        createDirectoryStore(database, randomUUID).importDirectory(
          TENANT,
          file.directory,
          changesNothing,
          file.faulty,
          {
            name: 'tillwatch import',
            at: systemClock.now(),
          },
        ),
      )
      const problems = allProblems(file, report)
      if (json) print(JSON.stringify({ ...report, dryRun, problems }))
      else for (const line of lines(name, { ...report, dryRun }, problems, lang)) print(line)
      if (problems.length > 0) {
        const { ru, en } = WORDS
        throw new SpokenError(
          'import.problems',
          { ru: ru.refused(name, problems.length), en: en.refused(name, problems.length) },
          { ru: ru.nextStep, en: en.nextStep },
        )
      }
    })
}

function read(file: string): string {
  try {
    return decodeDirectoryFile(readFileSync(file))
  } catch (cause) {
    const why = fileTrouble(cause)
    throw new SpokenError(
      'import.unreadable',
      { ru: `${file} не читается: ${why.ru}`, en: `cannot read ${file}: ${why.en}` },
      { ru: 'Проверьте путь и права.', en: 'Check the path and its rights.' },
      { cause },
    )
  }
}

/** What the file shows by itself and what it shows beside the directory, in the order of its lines. */
const allProblems = (file: DirectoryFile, report: ImportReport): FileProblem[] =>
  [...file.problems, ...report.problems.map(problem => ({ ...problem, ...file.placeOf(problem.where) }))].sort(
    (a, b) => a.line - b.line,
  )

const WORDS = {
  ru: {
    kinds: {
      ...{ clients: 'клиент', legal_entities: 'юрлицо', sites: 'объект', terminals: 'терминал' },
      ...{ contracts: 'договор', responsibles: 'ответственный' },
    },
    created: 'новое',
    updated: 'меняется',
    gap: 'пробел',
    nothing: 'ничего не изменено',
    dryRun: 'проверка, ничего не изменено',
    done: 'сделано',
    totals: (created: number, updated: number, unchanged: number) =>
      `новых ${created}, меняется ${updated}, без изменений ${unchanged}`,
    refused: (file: string, problems: number) => `${file} не импортирован, ошибок: ${problems}`,
    nextStep: 'Исправьте названные места и импортируйте снова.',
  },
  en: {
    kinds: {
      ...{ clients: 'client', legal_entities: 'legal entity', sites: 'site', terminals: 'terminal' },
      ...{ contracts: 'contract', responsibles: 'responsible' },
    },
    created: 'new',
    updated: 'changed',
    gap: 'gap',
    nothing: 'nothing was changed',
    dryRun: 'dry run, nothing was changed',
    done: 'done',
    totals: (created: number, updated: number, unchanged: number) =>
      `${created} new, ${updated} changed, ${unchanged} unchanged`,
    refused: (file: string, problems: number) => `${file} was not imported: ${problems} problem(s)`,
    nextStep: 'Correct the named places and import again.',
  },
}

function* lines(
  name: string,
  { created, updated, unchanged, gaps, dryRun }: ImportReport,
  problems: readonly FileProblem[],
  lang: Language,
): Generator<string> {
  const words = WORDS[lang]
  for (const { line, field, message } of problems)
    yield `${name}:${line}: ${field === null ? '' : `${field}: `}${message[lang]}`
  if (problems.length > 0) return yield words.nothing
  const kindOf = (kind: string) => Object.entries(words.kinds).find(([name]) => name === kind)?.[1] ?? kind
  for (const { kind, code } of created) yield `${words.created}: ${kindOf(kind)} ${code}`
  for (const { kind, code, fields } of updated) yield `${words.updated}: ${kindOf(kind)} ${code} (${fields.join(', ')})`
  for (const { where, message } of gaps) {
    const [kind = '', ...rest] = where.split(' ')
    yield `${words.gap}: ${kindOf(kind)} ${rest.join(' ')}: ${message[lang]}`
  }
  const totals = words.totals(created.length, updated.length, unchanged)
  yield `${totals}: ${dryRun ? words.dryRun : words.done}`
}
