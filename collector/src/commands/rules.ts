import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type CaseReport,
  compilePack,
  explainItem,
  openRuleBook,
  type PackProblem,
  type PackSource,
  type RuleFile,
  type RuleSet,
  runCases,
  SHIPPED_PACKS,
} from '@tillwatch/rules'
import { AppError, type Clock, fileTrouble, type Result, SpokenError, systemClock } from '@tillwatch/shared'
import type { Language } from '@tillwatch/shared/words'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isOverride } from '../rulebook/rule-files.ts'
import { CONFIG_OPTION, type CommandContext, languageOption } from './command-context.ts'
import { failureLines } from './failure-words.ts'
import { backtestLines, runBacktest } from './rules-backtest.ts'
import { readItem } from './rules-item.ts'
import { explainStored, storedLines } from './rules-stored.ts'

/** What the commands need of the world; tests give their own. */
export interface RulesCommandWorld extends Pick<CommandContext, 'environment'> {
  readonly clock: Pick<Clock, 'now'>
  readonly print: (text: string) => void
  readonly fail: (text: string) => void
  readonly exit: (code: 0 | 1 | 2) => void
}

const PROCESS: RulesCommandWorld = {
  clock: systemClock,
  environment: process.env,
  print: text => process.stdout.write(`${text}\n`),
  fail: text => process.stderr.write(`${text}\n`),
  exit: code => {
    process.exitCode = code
  },
}

/** What a command answers: lines for people, one value for `--json`, and whether all is well. */
interface Answer {
  readonly ok: boolean
  readonly lines: readonly string[]
  readonly json: unknown
}

const shippedFiles = (): string[] => SHIPPED_PACKS.map(url => fileURLToPath(url))
const casesOf = (pack: string): string => pack.replace(/\.yaml$/, '.cases.yaml')

async function sourceOf(file: string): Promise<PackSource> {
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (thrown) {
    const why = fileTrouble(thrown)
    throw new SpokenError(
      'rules.unreadable',
      { ru: `${file} не читается: ${why.ru}`, en: `cannot read ${file}: ${why.en}` },
      { ru: 'Проверьте путь и право его читать.', en: 'Check the path and the right to read it.' },
    )
  }
}

async function compileFiles(
  packs: readonly string[],
  overrides: readonly string[],
): Promise<Result<RuleSet, PackProblem[]>> {
  return compilePack(await Promise.all(packs.map(sourceOf)), await Promise.all(overrides.map(sourceOf)))
}

const WORDS = {
  ru: {
    refused: (count: number) => `Ошибок: ${count}. Ничего не загружено; исправьте и проверьте снова.`,
    sound: (rules: number, files: number, overrides: number) =>
      `Правил: ${rules}, файлов: ${files}${overrides > 0 ? `, из них с изменениями: ${overrides}` : ''}. Всё верно.`,
    tested: (file: string, passed: number, failed: number) => `${file}: прошло ${passed}, не прошло ${failed}`,
    failed: 'НЕ ТАК',
  },
  en: {
    refused: (count: number) => `${count} problems. Nothing was loaded; mend them and check again.`,
    sound: (rules: number, files: number, overrides: number) =>
      `${rules} rules in ${files} files are sound${overrides > 0 ? `, ${overrides} override files among them` : ''}.`,
    tested: (file: string, passed: number, failed: number) => `${file}: ${passed} passed, ${failed} failed`,
    failed: 'FAIL',
  },
} as const

const problemLine =
  (language: Language) =>
  ({ file, line, column, path, reason, ru }: PackProblem): string =>
    `${file}:${line}:${column}: ${path ? `${path}: ` : ''}${(language === 'ru' ? ru : undefined) ?? reason}`

const refused = (problems: readonly PackProblem[], language: Language): Answer => ({
  ok: false,
  lines: [...problems.map(problemLine(language)), WORDS[language].refused(problems.length)],
  json: { ok: false, problems },
})

async function check(
  files: readonly string[],
  { override, lang }: { override: string[]; lang: Language },
): Promise<Answer> {
  const named = Map.groupBy(await Promise.all(files.map(sourceOf)), ({ text }) => isOverride(text))
  const packs = named.get(false) ?? (await Promise.all(shippedFiles().map(sourceOf)))
  const overrides = [...(named.get(true) ?? []), ...(await Promise.all(override.map(sourceOf)))]
  const ruleFile = (kind: RuleFile['kind']) => (source: PackSource) => ({ ...source, kind, shipped: false })
  const book = openRuleBook([...packs.map(ruleFile('pack')), ...overrides.map(ruleFile('override'))], [])
  if (book.refused.length > 0)
    return refused(
      book.refused.flatMap(({ problems }) => problems),
      lang,
    )
  const rules = [...new Set(book.files.flatMap(({ file }) => book.effectOf(file).with.rules.map(({ id }) => id)))]
  return {
    ok: true,
    lines: [WORDS[lang].sound(rules.length, packs.length + overrides.length, overrides.length)],
    json: { ok: true, rules },
  }
}

/** A case file is for the pack that stands beside it, or for all shipped packs. */
const packsOf = (file: string): string[] => {
  const beside = file.replace(/\.cases\.yaml$/, '.yaml')
  return beside !== file && existsSync(beside) ? [beside] : shippedFiles()
}

async function test(
  files: readonly string[],
  { pack, override, lang }: { pack: string[]; override: string[]; lang: Language },
): Promise<Answer> {
  const reports: CaseReport[] = []
  for (const file of files.length > 0 ? files : shippedFiles().map(casesOf)) {
    const compiled = await compileFiles(pack.length > 0 ? pack : packsOf(file), override)
    if (!compiled.ok) return refused(compiled.error, lang)
    const { text } = await sourceOf(file)
    reports.push(runCases(compiled.value, text, file))
  }
  const ok = reports.every(report => report.problems.length === 0 && report.failed === 0)
  return { ok, lines: reports.flatMap(report => reportLines(report, lang)), json: { ok, reports } }
}

function reportLines({ file, problems, checks, passed, failed }: CaseReport, language: Language): string[] {
  const words = WORDS[language]
  const failures = checks
    .filter(one => !one.ok)
    .flatMap(one => [`${words.failed} ${one.file}:${one.line}: ${one.name}`, ...one.diff.map(line => `  ${line}`)])
  return [...problems.map(problemLine(language)), ...failures, words.tested(basename(file), passed, failed)]
}

interface ExplainOptions {
  readonly item?: string
  readonly itemId?: string
  readonly config: string
  readonly rule?: string
  readonly now?: number
  readonly pack: string[]
  readonly override: string[]
  readonly lang: Language
}

async function explain(options: ExplainOptions, item: string, world: RulesCommandWorld): Promise<Answer> {
  const compiled = await compileFiles(options.pack.length > 0 ? options.pack : shippedFiles(), options.override)
  if (!compiled.ok) return refused(compiled.error, options.lang)
  const now = options.now ?? world.clock.now()
  const view = readItem(await sourceOf(item), now)
  const explanations = explainItem(compiled.value, view, null, now)
  return {
    ok: true,
    lines: explanations.map(
      ({ rule, verdict, level, text }) => `${rule}: ${verdict}${level ? ` (${level})` : ''}\n  ${text[options.lang]}`,
    ),
    json: { ok: true, item: view.id, now: new Date(now).toISOString(), explanations },
  }
}

async function explainById(options: ExplainOptions, itemId: string, world: RulesCommandWorld): Promise<Answer> {
  const view = await explainStored({ ...options, itemId, now: options.now ?? world.clock.now() })
  return { ok: true, lines: storedLines(view, options.lang), json: { ok: true, ...view } }
}

interface BacktestCommandOptions extends Pick<ExplainOptions, 'config' | 'lang' | 'pack' | 'override'> {
  readonly from?: number
  readonly to?: number
  readonly client?: string
  readonly site?: string
}

async function backtest(options: BacktestCommandOptions, world: RulesCommandWorld): Promise<Answer> {
  const trial = async (files: readonly string[], kind: RuleFile['kind']) =>
    (await Promise.all(files.map(sourceOf))).map(source => ({ ...source, kind, shipped: false }))
  const files = [...(await trial(options.pack, 'pack')), ...(await trial(options.override, 'override'))]
  const { from, to, client, site, config } = options
  const report = await runBacktest({ config, trial: files, from, to, client, site, now: world.clock.now() }, world.fail)
  return { ok: true, lines: backtestLines(report, options.lang), json: { ok: true, ...report } }
}

function instantArgument(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Expected a time such as 2026-11-22T12:00:00Z.')
  return ms
}

/**
 * Adds `tillwatch rules check | test | explain | backtest`. Exit codes: 0 all is well, 1 a fault was found. Wrong use and `--help`
 * reject with a CommanderError whose `exitCode` is 2 or 0, for the program to exit with.
 */
export function registerRulesCommand(program: Command, world: RulesCommandWorld = PROCESS): void {
  const rules = program
    .command('rules')
    .description('rule packs: check them, run their cases, explain what they say about an item')
    .exitOverride(error => {
      throw Object.assign(error, { exitCode: error.exitCode === 0 ? 0 : 2 })
    })
  const packs = () => new Option('--pack <file...>', 'packs to use instead of those shipped').default([])
  const overrides = () => new Option('--override <file...>', 'files that change thresholds and holds').default([])
  const language = () => languageOption(world)
  const json = () => new Option('--json', 'one JSON value on standard output')

  rules
    .command('check')
    .description('read and compile packs; every fault with file, line and column')
    .argument(
      '[files...]',
      'packs, and files with overrides, told by their content; shipped packs when no pack is given',
    )
    .addOption(overrides())
    .addOption(language())
    .addOption(json())
    .action((files: string[], options) => answer(world, options, () => check(files, options)))
  rules
    .command('test')
    .description('run case files against the pack beside them')
    .argument('[files...]', '*.cases.yaml; those shipped when none is given')
    .addOption(packs())
    .addOption(overrides())
    .addOption(language())
    .addOption(json())
    .action((files: string[], options) => answer(world, options, () => test(files, options)))
  rules
    .command('explain')
    .description('what every rule says about one item, and why')
    .addOption(new Option('--item <file>', 'JSON of one item: id, kind, facts, site').conflicts('itemId'))
    .option('--item-id <id>', 'an item of the state database, which is only read')
    .option(...CONFIG_OPTION)
    .option('--rule <id>', 'this rule alone, for --item-id')
    .option('--now <time>', 'the moment to judge at, ISO 8601 (default: now)', instantArgument)
    .addOption(language())
    .addOption(packs())
    .addOption(overrides())
    .addOption(json())
    .action((options: ExplainOptions & { json?: boolean }, command: Command) => {
      const { item, itemId } = options
      if (itemId !== undefined) return answer(world, options, () => explainById(options, itemId, world))
      if (item !== undefined) return answer(world, options, () => explain(options, item, world))
      return command.error('error: give --item FILE or --item-id ID')
    })
  rules
    .command('backtest')
    .description('what changed rules would have opened, spared or changed in the stored past')
    .option(...CONFIG_OPTION)
    .addOption(new Option('--pack <file...>', 'packs to try beside those in force').default([]))
    .addOption(new Option('--override <file...>', 'changes to try after those in force').default([]))
    .option('--from <time>', 'ISO 8601 (default: 30 days before --to)', instantArgument)
    .option('--to <time>', 'ISO 8601 (default: now)', instantArgument)
    .option('--client <code>', 'items of this client alone')
    .option('--site <code>', 'items of this site alone')
    .addOption(language())
    .addOption(json())
    .action((options: BacktestCommandOptions & { json?: boolean }) =>
      answer(world, options, () => backtest(options, world)),
    )
}

async function answer(
  world: RulesCommandWorld,
  options: { json?: boolean; lang: Language },
  run: () => Promise<Answer>,
): Promise<void> {
  try {
    const { ok, lines, json } = await run()
    if (options.json) world.print(JSON.stringify(json))
    else for (const line of lines) world.print(line)
    world.exit(ok ? 0 : 1)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    for (const line of failureLines(thrown, options.lang)) world.fail(line)
    if (options.json)
      world.print(JSON.stringify({ ok: false, code: thrown.code, message: thrown.message, nextStep: thrown.nextStep }))
    world.exit(1)
  }
}
