/** Attributes of an answer in the order in which the register writes them. */
export type Attributes = readonly (readonly [name: string, value: string | number])[]

/** An answer that says yes; child tags hold texts. */
export interface Answer {
  readonly attributes: Attributes
  readonly children?: Attributes
}

/** An answer that says no: the register's error number, and the FN's error where the FN refused. */
export interface Failure {
  readonly no: number
  readonly fse?: string | undefined
  readonly par?: string
}

/** How a register writes its answers. */
export interface Style {
  readonly missing_space: boolean
  readonly closing: 'self' | 'tag' | 'ANS'
  readonly lower_case_names: boolean
  readonly double_quotes: boolean
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
}
const escaped = (value: string | number): string => String(value).replace(/[&<>'"]/g, sign => ESCAPES[sign] ?? sign)

/** `<OK …/>` with its attributes and children. */
export function okText({ attributes, children = [] }: Answer, style: Style): string {
  const named = (name: string) => (style.lower_case_names ? name.toLowerCase() : name)
  const quote = style.double_quotes ? '"' : "'"
  const written = attributes.map(([name, value]) => `${named(name)}=${quote}${escaped(value)}${quote}`)
  const last = written.pop() ?? ''
  const head = `<${[named('OK'), ...written].join(' ')}${style.missing_space && written.length > 0 ? '' : ' '}${last}`
  const inner = children.map(([name, value]) => `<${named(name)}>${escaped(value)}</${named(name)}>`).join('')
  if (inner === '' && style.closing === 'self') return `${head}/>`
  return `${head}>${inner}</${named(style.closing === 'ANS' ? 'ANS' : 'OK')}>`
}

/** `<ERROR No='…' FSE='…' PAR='…'/>`. */
export function errorText({ no, fse, par }: Failure): string {
  const more = [fse && ` FSE='${fse}'`, par && ` PAR='${escaped(par)}'`]
  return `<ERROR No='${no}'${more.filter(Boolean).join('')}/>`
}

/** One tag of a request; names in capitals, because the register does not tell them apart by case. */
export interface Tag {
  readonly name: string
  readonly attributes: Attributes
}

/** Every tag that a message opens, in order; none in what is no XML. */
export function tagsOf(message: string): Tag[] {
  return Array.from(message.matchAll(/<([A-Za-z]\w*)((?:'[^']*'|"[^"]*"|[^<>'"])*)>/g), ([, name = '', rest = '']) => ({
    name: name.toUpperCase(),
    attributes: Array.from(
      rest.matchAll(/([A-Za-z]\w*)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s'"<>/]+))/g),
      ([, attribute = '', single, double, bare]) => [attribute.toUpperCase(), single ?? double ?? bare ?? ''] as const,
    ),
  }))
}

/** Length of the first whole element in a stream of bare XML, 0 while it is not complete. */
export function elementLength(text: string): number {
  const element = /^<(\w+)(?:'[^']*'|"[^"]*"|[^<>'"])*?(?:\/>|>[\s\S]*?<\/\1\s*>)/i.exec(text)
  return element ? element[0].length : 0
}
