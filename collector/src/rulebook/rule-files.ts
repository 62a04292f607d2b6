import { readdir } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Bilingual, type RuleFile, SHIPPED_PACKS } from '@tillwatch/rules'
import { fileTrouble, RULE_FILE_BYTES_MAX, RULE_FILES_MAX } from '@tillwatch/shared'
import type { CollectorConfig } from '../config.ts'
import { readFileText, stampOfFiles } from '../watched-files.ts'

/** Where the rules of an installation lie. */
export type RuleSettings = Pick<CollectorConfig, 'packs' | 'overrides' | 'rules_dir'>

/** The files of rules as they lie on the disk. */
export interface RuleFolder {
  read(): Promise<readonly RuleFile[]>
  /** Changes whenever a file of the customer comes, goes or is written. */
  stamp(): Promise<string>
}

export const ruleFolder = (settings: RuleSettings): RuleFolder => ({
  read: () => readRuleFiles(settings),
  stamp: () => stampOf(settings),
})

/** A file that is named by its place, not read yet. */
interface RulePath {
  readonly path: string
  /** The name by which problems cite it. */
  readonly file: string
  /** Null: its content tells. */
  readonly kind: RuleFile['kind'] | null
  readonly shipped: boolean
}

/** A file that changes rules tells so by its one key; nobody has to say what a file is. */
export const isOverride = (text: string): boolean => /^overrides\s*:/m.test(text)

/** Every file of rules: those that ship, those that the configuration names, those of its folder in the order of their names. */
export async function readRuleFiles(settings: RuleSettings): Promise<readonly RuleFile[]> {
  const { paths, problem } = await pathsOf(settings)
  return [...(await Promise.all(paths.map(read))), ...(problem ? [problem] : [])]
}

async function stampOf(settings: RuleSettings): Promise<string> {
  const { paths } = await pathsOf(settings)
  return await stampOfFiles(paths.filter(({ shipped }) => !shipped).map(({ path }) => path))
}

async function pathsOf({ packs, overrides, rules_dir: dir }: RuleSettings): Promise<{
  readonly paths: readonly RulePath[]
  readonly problem: RuleFile | null
}> {
  const named = [
    ...SHIPPED_PACKS.map(url => fileURLToPath(url)).map(path => ({
      path,
      file: basename(path),
      kind: 'pack' as const,
      shipped: true,
    })),
    ...packs.map(path => ({ path, file: path, kind: 'pack' as const, shipped: false })),
    ...overrides.map(path => ({ path, file: path, kind: 'override' as const, shipped: false })),
  ]
  if (dir === undefined) return { paths: named, problem: null }
  const isNamed = new Set(named.map(({ path }) => path))
  const found = await namesIn(dir)
  const own = found.names
    .map(name => ({ path: join(dir, name), file: relative(dirname(dir), join(dir, name)), kind: null, shipped: false }))
    .filter(({ path }) => !isNamed.has(path))
  const room = Math.max(0, RULE_FILES_MAX - named.length)
  const tooMany =
    own.length > room
      ? {
          ru: `файлов больше ${RULE_FILES_MAX}: не прочитано ${own.length - room}`,
          en: `${own.length - room} files beyond the ${RULE_FILES_MAX} that are read`,
        }
      : undefined
  const unreadable = found.unreadable ?? tooMany
  return {
    paths: [...named, ...own.slice(0, room)],
    problem: unreadable === undefined ? null : { file: dir, text: '', kind: 'pack', shipped: false, unreadable },
  }
}

/** Case files lie beside their packs and are no rules themselves. */
async function namesIn(dir: string): Promise<{ readonly names: readonly string[]; readonly unreadable?: Bilingual }> {
  try {
    return {
      names: (await readdir(dir))
        .filter(name => name.endsWith('.yaml') && !name.endsWith('.cases.yaml') && !name.startsWith('.'))
        .sort(),
    }
  } catch (thrown) {
    const { ru, en } = fileTrouble(thrown)
    return { names: [], unreadable: { ru: `каталог не читается: ${ru}`, en: `the folder cannot be read: ${en}` } }
  }
}

async function read({ path, file, kind, shipped }: RulePath): Promise<RuleFile> {
  const read = await readFileText(path, file, RULE_FILE_BYTES_MAX)
  return { ...read, kind: kind ?? (isOverride(read.text) ? 'override' : 'pack'), shipped }
}
