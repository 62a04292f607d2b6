import { readdir, readFile } from 'node:fs/promises'
import type { Bilingual } from '@tillwatch/rules'

/** A runbook as a search finds it. */
export interface Article {
  readonly name: string
  readonly title: Bilingual
  readonly excerpt: Bilingual
  readonly text: string
}

const EXCERPT_LENGTH = 200

/** A runbook's text in its two parts: Russian first, each begins with its heading. */
export function articleOf(name: string, markdown: string): Article {
  const [ru = '', en = ru] = markdown.split(/^# /m).slice(1)
  const halves = { ru: partOf(ru), en: partOf(en) }
  return {
    name,
    title: { ru: halves.ru.title, en: halves.en.title },
    excerpt: { ru: halves.ru.excerpt, en: halves.en.excerpt },
    text: `${name}\n${markdown}`,
  }
}

/** A row of a table as a sentence; other lines as they are. */
function sentenceOf(line: string): string {
  if (!line.startsWith('|')) return line
  const cells = line.split('|').map(cell => cell.trim())
  return `${cells.filter(Boolean).join(': ').replace(/\.$/, '')}.`
}

function partOf(text: string): { readonly title: string; readonly excerpt: string } {
  const [title = '', ...lines] = text.split('\n')
  const isRuled = (line = '') => /^\|[-| :]+\|$/.test(line.trim())
  const told = lines.filter((line, at) => !isRuled(line) && !isRuled(lines[at + 1]))
  const body = told
    .map(sentenceOf)
    .join(' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  const excerpt = body.length > EXCERPT_LENGTH ? `${body.slice(0, EXCERPT_LENGTH).replace(/\s\S*$/, '')} …` : body
  return { title: title.trim(), excerpt }
}

/** Reads every runbook of a folder, by name. */
export async function readArticles(folder: URL): Promise<readonly Article[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.md')).sort()
  return Promise.all(
    names.map(async name => articleOf(name.replace(/\.md$/, ''), await readFile(new URL(name, folder), 'utf8'))),
  )
}
