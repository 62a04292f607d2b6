const REMOVED = '[removed]'

/** Names whose values are nobody's business, as keys of a log line or before `=` and `:` in a text. */
const NAMES =
  'passwords?|passwd|pwd|passphrase|secrets?|tokens?|api[_-]?keys?|authorization|cookies?|credentials?|парол[ья]|секрет|токен'

const SECRET_KEY = new RegExp(`(?:${NAMES})$`, 'i')

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
  [/(:\/\/)[^\s/@]+@/g, `$1${REMOVED}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, REMOVED],
  // 256 bits as base64url: the secret of some identity, whoever wrote it down.
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, REMOVED],
]

/**
 * A line of the log without secrets, passwords and tokens: by the names of its fields where it is JSON, by patterns in every text, and
 * by the `secrets` that are known to be ones. Numbers that name things (INN, serials, РНМ) stay.
 */
export function redactLine(line: string, secrets: readonly string[]): string {
  const fields = fieldsOf(line)
  return fields === null ? redactText(line, secrets) : JSON.stringify(redactValue(fields, secrets))
}

/** A shorter secret (`30`, `admin`) would tear other words apart; its name gives it away instead. */
const SECRET_LENGTH_MIN = 6

function redactText(text: string, secrets: readonly string[]): string {
  const long = secrets.filter(({ length }) => length >= SECRET_LENGTH_MIN)
  const known = long.reduce((said, secret) => said.replaceAll(secret, REMOVED), text)
  return PATTERNS.reduce((said, [pattern, instead]) => said.replace(pattern, instead), known)
}

function redactValue(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return redactText(value, secrets)
  if (Array.isArray(value)) return value.map(each => redactValue(each, secrets))
  if (typeof value !== 'object' || value === null) return value
  const cleared = Object.entries(value).map(([name, each]): [string, unknown] => [
    redactText(name, secrets),
    SECRET_KEY.test(name) ? REMOVED : redactValue(each, secrets),
  ])
  return Object.fromEntries(cleared)
}

function fieldsOf(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
