const REMOVED = '[removed]'

/** Names whose values are nobody's business, as keys of a log line or before `=` and `:` in a text. */
const NAMES =
  'pass(?:words?|wd|phrase|code)?|pwd|secrets?|tokens?|(?:api|access|private|session|secret)[_-]?keys?|auth(?:orization)?|cookies?|credentials?|парол[ьяюе]м?|секрет|токен'

const SECRET_KEY = new RegExp(`(?:${NAMES})$`, 'i')

/** Every repetition is bounded or begins at a place of its own: a line of half a megabyte takes no time that anybody would notice. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Before the names: their pattern would take the word `Bearer` for the whole value.
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${REMOVED}`],
  [
    new RegExp(
      String.raw`((?:${NAMES})["'\\]*\s*[:=]\s*)(?:\\+"(?:[^"\\]|\\+[^"\\])*\\+"|"(?:[^"\\]|\\.)*"|'[^']*')?\S*`,
      'gi',
    ),
    `$1${REMOVED}`,
  ],
  // User and password before the last @ of an address: a password may hold any of : / @ though it should not.
  [/(:\/\/)[^\s"'\\<>]{1,128}@/g, `$1${REMOVED}@`],
  [/(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, REMOVED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, REMOVED],
  // A JSON web token, and 256 bits as base64url: the secret of some identity, whoever wrote it down.
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g, REMOVED],
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, REMOVED],
]

/**
 * A line of the log without secrets, passwords, tokens and mail addresses: by the names of its fields where it is JSON, by patterns in
 * every text, and by the `secrets` that are known to be ones. Numbers that name things (INN, serials, РНМ) stay.
 */
export function redactLine(line: string, secrets: readonly string[]): string {
  const known = secrets.filter(isTelling).flatMap(formsOf)
  try {
    const fields: unknown = JSON.parse(line)
    if (typeof fields === 'object' && fields !== null) return JSON.stringify(redactValue(fields, known))
  } catch {
    // Not JSON, or nested deeper than anything that we write.
  }
  return redactText(line, known)
}

/** Whether a secret can be looked for everywhere: shorter ones (`30`, `PIR`) stand in other words and numbers too; their names give them away instead. */
export const isTelling = (secret: string): boolean => secret.length >= (/^\d+$/.test(secret) ? 6 : 4)

/** A secret as it may stand in a text: as it is, inside JSON, inside an address. */
const formsOf = (secret: string): readonly string[] => [
  ...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())]),
]

/** A text without what the patterns know, and without the `known` secrets. */
export function redactText(text: string, known: readonly string[] = []): string {
  const told = known.reduce((said, secret) => said.replaceAll(secret, REMOVED), text)
  return PATTERNS.reduce((said, [pattern, instead]) => said.replace(pattern, instead), told)
}

function redactValue(value: unknown, known: readonly string[]): unknown {
  if (typeof value === 'string') return redactText(value, known)
  if (Array.isArray(value)) return value.map(each => redactValue(each, known))
  if (typeof value !== 'object' || value === null) return value
  const cleared = Object.entries(value).map(([name, each]): [string, unknown] => [
    redactText(name, known),
    SECRET_KEY.test(name) ? REMOVED : redactValue(each, known),
  ])
  return Object.fromEntries(cleared)
}
