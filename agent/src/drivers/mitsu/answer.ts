import { protocolError } from '../../codec/bytes.ts'
import { decodeCp1251 } from '../../codec/codepage.ts'
import { localDate, localDateTime } from '../kit/told.ts'

/** An answer as its attributes and child tags, whatever the case of their names. */
export interface Answer {
  readonly isError: boolean
  /** Value of the first of these attributes that is there; null when none is. */
  attribute(...names: string[]): string | null
  /** Text of a child tag; null when it is not there. */
  child(name: string): string | null
}

const ROOT = /<(OK|ERROR)/i
const HEAD = /^(?:'[^']*'|"[^"]*"|[^<>'"])*/
// Names have an end: one of thousands of letters, tried from each of them, would take the agent's time for itself.
const ATTRIBUTE = /([A-Za-z]\w{0,31})\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s'"<>/]+))/g
const CHILD = /<([A-Za-z]\w{0,31})(?:\s[^<>]*)?>([^<>]*)<\/\1\s*>/gi

/**
 * Reads an answer by what its attributes look like rather than by the rules of XML: registers leave out blanks between them and after
 * the name of the tag, and close it in more than one way (MITSU 1-F command description, printed examples). Windows-1251.
 * Throws `protocol.answer` for what is neither OK nor ERROR.
 */
export function parseAnswer(payload: Uint8Array): Answer {
  const text = decodeCp1251(payload)
  const root = ROOT.exec(text)
  if (!root) throw protocolError('answer', `neither OK nor ERROR: ${text.slice(0, 80)}`)
  const rest = text.slice(root.index + root[0].length)
  const head = HEAD.exec(rest)?.[0] ?? ''
  const attributes = new Map<string, string>()
  for (const [, name = '', single, double, bare] of head.matchAll(ATTRIBUTE)) {
    if (!attributes.has(name.toUpperCase())) attributes.set(name.toUpperCase(), plain(single ?? double ?? bare ?? ''))
  }
  const children = new Map<string, string>()
  for (const [, name = '', inner = ''] of rest.slice(head.length).matchAll(CHILD))
    children.set(name.toUpperCase(), plain(inner))
  return {
    isError: root[1]?.toUpperCase() === 'ERROR',
    attribute(...names) {
      const name = names.find(one => attributes.has(one.toUpperCase()))
      return name === undefined ? null : (attributes.get(name.toUpperCase()) ?? null)
    },
    child: name => children.get(name.toUpperCase()) ?? null,
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '').trim()

/** A whole number; null for anything else. */
export const countOf = (text: string | null): number | null =>
  text !== null && /^\d{1,10}$/.test(text) ? Number(text) : null

/** A byte written in hexadecimal as `0x08`, or as one digit; null for anything else, which could be read in two ways. */
export const byteOf = (text: string | null): number | null =>
  text !== null && /^(0x0{0,6}[0-9a-f]{1,2}|\d)$/i.test(text) ? Number(text) : null

/** `YYYY-MM-DD`; null for what is no day of the calendar, such as `2000-00-00`. */
export function dateOf(text: string | null): string | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '')
  return (parts && localDate(Number(parts[1]), Number(parts[2]), Number(parts[3]))) ?? null
}

/** Local date and time from two attributes, with seconds where they are given; null for what cannot be. */
export function dateTimeOf(date: string | null, time: string | null): string | null {
  const parts = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(time ?? '')
  const day = dateOf(date)
  if (!parts || day === null) return null
  const seconds = parts[3] === undefined ? undefined : Number(parts[3])
  return localDateTime(day, Number(parts[1]), Number(parts[2]), seconds) ?? null
}
