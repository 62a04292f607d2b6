const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;' } as const
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** A plain text with everything that HTML would take for markup escaped; lines stay lines. */
export const escapedHtml = (text: string): string =>
  text.replace(/[&<>]/g, character => ESCAPES[character as keyof typeof ESCAPES])

/** A plain text as HTML, its lines with breaks. */
export const htmlOf = (text: string): string => escapedHtml(text).replace(/\r?\n/g, '<br>')

/** What a person reads of an HTML text: without markup, blocks and breaks as lines. Strangers write it: its length counts once. */
export function textOfHtml(html: string): string {
  const lines = html
    .replace(/\r?\n/g, ' ')
    .replace(/<(script|style)\b[^<>]*>.*?(?:<\/\1>|$)/gis, '')
    .replace(/<br\s*\/?>|<\/(p|div|li|tr|h[1-6])>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
  return lines
    .replace(/&(#x?[\da-f]+|\w+);/gi, entityOf)
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
    .trim()
}

function entityOf(whole: string, name: string): string {
  if (!name.startsWith('#')) return NAMED[name.toLowerCase()] ?? whole
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return Number.isInteger(code) && code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
}
