import { readFileSync } from 'node:fs'
import type { Bilingual } from '@tillwatch/rules'
import { articleOf } from '../problems/articles.ts'
import { runbookName } from '../problems/runbook-name.ts'

/** A runbook in the words of a ticket: what it is called, and its steps. */
export interface RunbookText {
  readonly title: Bilingual
  readonly steps: { readonly ru: readonly string[]; readonly en: readonly string[] }
}

const FOLDER = new URL('../../../docs/runbooks/', import.meta.url)

/** Reads runbooks by the paths that rules give, each once; null for what is no file of ours, such as an address of the customer's own. */
export function createRunbookTexts(folder = FOLDER): (path: string) => RunbookText | null {
  const read = new Map<string, RunbookText | null>()
  return path => {
    const name = runbookName(path)
    if (name === null) return null
    const known = read.get(name)
    if (known !== undefined) return known
    const text = textIn(folder, name)
    read.set(name, text)
    return text
  }
}

function textIn(folder: URL, name: string): RunbookText | null {
  const markdown = contentOf(new URL(`${name}.md`, folder))
  if (markdown === null) return null
  const [ru = '', en = ru] = markdown.split(/^# /m).slice(1)
  return { title: articleOf(name, markdown).title, steps: { ru: stepsOf(ru), en: stepsOf(en) } }
}

function contentOf(file: URL): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** The numbered lines, without what only a page can show. */
const stepsOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(line => /^\d+\. /.test(line))
    .map(line =>
      line
        .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
        .replace(/[`*]/g, '')
        .trim(),
    )
