/** A piece of a line: plain words, a name as it is typed, or the way to another runbook. */
export type Span =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'runbook'; readonly text: string; readonly name: string }
type Line = readonly Span[]

export type Block =
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'steps' | 'points'; readonly lines: readonly Line[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly Line[])[] }
export interface RunbookText {
  readonly title: string
  readonly blocks: readonly Block[]
}

/** Name of a runbook from the path that a rule gives: `runbooks/fn.expiry.md` is `fn.expiry`. */
export const runbookName = (path: string): string => path.split('/').at(-1)?.replace(/\.md$/, '') ?? ''

const SPAN = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g

function spansOf(line: string): Span[] {
  const spans: Span[] = []
  let end = 0
  for (const match of line.matchAll(SPAN)) {
    if (match.index > end) spans.push({ kind: 'text', text: line.slice(end, match.index) })
    const [whole, code, label = '', target = ''] = match
    if (code !== undefined) spans.push({ kind: 'code', text: code })
    else spans.push({ kind: 'runbook', text: label, name: runbookName(target) })
    end = match.index + whole.length
  }
  if (end < line.length) spans.push({ kind: 'text', text: line.slice(end) })
  return spans
}

const isRule = (row: string): boolean => /^[|\s:-]+$/.test(row)
const cellsOf = (row: string): Line[] =>
  row
    .replace(/^\||\|$/g, '')
    .split('|')
    .map(cell => spansOf(cell.trim()))

function blockOf(lines: readonly string[]): Block {
  const items = (marker: RegExp) => lines.map(line => spansOf(line.replace(marker, '')))
  if (lines.every(line => /^\d+\. /.test(line))) return { kind: 'steps', lines: items(/^\d+\. /) }
  if (lines.every(line => /^[-*] /.test(line))) return { kind: 'points', lines: items(/^[-*] /) }
  if (lines.every(line => line.startsWith('|'))) {
    const rows = lines.filter(line => !isRule(line)).map(cellsOf)
    // A heading row without words only makes a table of it.
    return { kind: 'table', rows: rows.filter(row => row.some(cell => cell.length > 0)) }
  }
  return { kind: 'paragraph', line: spansOf(lines.join(' ')) }
}

/**
 * A runbook as the blocks that its authors use: paragraphs, steps, points, tables, names and links to other runbooks.
 * The file holds a Russian part and an English one, each under its `#` heading; a lone part serves both.
 */
export function runbookOf(markdown: string, language: 'ru' | 'en'): RunbookText {
  const parts = markdown.split(/^# /m).filter(part => part.trim() !== '')
  const part = (language === 'en' ? parts[1] : parts[0]) ?? parts[0] ?? ''
  const [title = '', ...rest] = part.split('\n')
  const blocks = rest
    .join('\n')
    .split(/\n\s*\n/)
    .map(text => text.split('\n').filter(line => line.trim() !== ''))
    .filter(lines => lines.length > 0)
    .map(blockOf)
  return { title: title.trim(), blocks }
}
