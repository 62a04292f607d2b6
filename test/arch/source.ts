import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** One source file of the workspace: its path from the root with forward slashes, its text, and what it imports. */
export interface Source {
  readonly path: string
  readonly text: string
  /** Specifiers as written: `./x.ts`, `@tillwatch/shared`, `zod`. */
  readonly imports: readonly string[]
  /** Paths from the root of the relative ones. */
  readonly importedFiles: readonly string[]
}

/** Folders whose sources the architecture tests read. */
const FOLDERS = ['shared', 'rules', 'agent', 'collector', 'installers', 'test']

/** Every TypeScript file of the workspace, read and parsed once. */
export const sources: readonly Source[] = FOLDERS.flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !/[\\/](node_modules|dist)[\\/]/.test(path))
    .map(read),
)

function read(absolute: string): Source {
  const text = readFileSync(absolute, 'utf8')
  const path = relative(root, absolute).split(sep).join('/')
  const { module } = parseSync(absolute, text)
  const imports = [
    ...module.staticImports.map(found => found.moduleRequest.value),
    ...module.staticExports.flatMap(found => found.entries.flatMap(entry => entry.moduleRequest?.value ?? [])),
    ...module.dynamicImports
      .map(found => text.slice(found.moduleRequest.start, found.moduleRequest.end))
      .filter(written => /^['"]/.test(written))
      .map(written => written.slice(1, -1)),
  ]
  const importedFiles = imports
    .filter(specifier => specifier.startsWith('.'))
    .map(specifier =>
      relative(root, join(dirname(absolute), specifier))
        .split(sep)
        .join('/'),
    )
  return { path, text, imports, importedFiles }
}

/** The floor of a file: its package, with the portal apart. */
export const floorOf = (path: string): string =>
  path.startsWith('collector/portal/') ? 'portal' : (path.split('/')[0] ?? '')

export const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) || path.startsWith('test/') || path.includes('/testing/')
