const REMOVED = '[removed]'

/** Names whose values are nobody's business, as keys of a log line or before `=` and `:` in a text; of most also with what is added to them. */
const NAMES = [
  String.raw`(?:passw(?:or)?d|pwd|secret|token|credential)\w{0,24}`,
  'парол[а-яё]{0,6}|секрет[а-яё]{0,6}|токен[а-яё]{0,6}|пин(?:-?код[а-яё]{0,3})?|ключ (?:доступа|шифрования|api)',
  'pass(?:phrase|code)?|pin(?:[_-]?code)?|cvv2?|(?:api|access|private|session|secret)[_-]?keys?|session[_-]?id',
  'auth(?:orization)?|cookies?',
].join('|')

const SECRET_KEY = new RegExp(`(?:${NAMES})$`, 'i')

/** Names after which a secret may stand without a sign between. */
const SPOKEN = 'passw(?:or)?d|passcode|pwd|pass|pin|парол[а-яё]{0,6}|пин-?код[а-яё]{0,3}'

type Replacing = (found: string, ...groups: string[]) => string

/** Every repetition is bounded or begins at a place of its own: a line of half a megabyte takes no time that anybody would notice. */
const PATTERNS: readonly (readonly [RegExp, string | Replacing])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, REMOVED],
  // A header is its whole line: its value has words, quotes and signs of its own.
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)(\s*[:=]\s*)(?!["'\\])[^\r\n]*/gi, `$1$2${REMOVED}`],
  // Before the names: their pattern would take the word `Bearer` for the whole value.
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${REMOVED}`],
  // What is written between tags, or beside the name of a setting.
  [new RegExp(`(<[^<>]{0,40}(?:${NAMES})>)[^<]{1,256}(?=<)`, 'gi'), `$1${REMOVED}`],
  [new RegExp(String.raw`((?:${NAMES})["']\s{1,8}value\s{0,8}=\s{0,8})(?:"[^"]*"?|'[^']*'?)`, 'gi'), `$1${REMOVED}`],
  // Up to the closing quote, which may have been cut off; up to the semicolon of a connection string, after which the next name or the end
  // comes; or one word.
  [
    new RegExp(
      String.raw`((?:${NAMES})["'\\]*\s*[:=]\s*)(?:\\+"(?:[^"\\]|\\+[^"\\])*(?:\\+"|$)\S*|"(?:[^"\\]|\\.)*(?:"|$)\S*|'[^']*(?:'|$)\S*|[^\s;="'\\][^;="'\r\n\\]{0,63}(?=;(?:[ \w]{0,40}=|["'\s]|$))|\S*)`,
      'gi',
    ),
    `$1${REMOVED}`,
  ],
  // «пароль от AnyDesk: qwerty», «пароль администратора — 30»
  [
    new RegExp(
      String.raw`((?<![\p{L}\d])(?:${SPOKEN})(?: [\p{L}\d.]{1,24}){1,3} ?(?::|=|[-–—→]|[-=]>) ?)[^\s,;]{1,128}`,
      'giu',
    ),
    `$1${REMOVED}`,
  ],
  // «password hunter2», «пароль — 1234»: words without a number tell of passwords, not what they are.
  [
    new RegExp(String.raw`((?<![\p{L}\d])(?:${SPOKEN})(?: ?[-–—→]>?| is)? )(?=[^\s,;]{0,63}\d)[^\s,;]{1,64}`, 'giu'),
    `$1${REMOVED}`,
  ],
  // User and password before the last @ of an address: a password may hold any of : / @ though it should not.
  [/(:\/\/)[^\s"'\\<>]{1,128}@/g, `$1${REMOVED}@`],
  [/(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, REMOVED],
  // A JSON web token, keys of well-known services, and 256 bits as base64url: the secret of some identity, whoever wrote it down.
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g, REMOVED],
  [/(?<!\w)(?:gh[a-z]_\w{20,100}|sk-[\w-]{16,200}|AKIA[A-Z0-9]{16}|\d{6,12}:[\w-]{30,64})(?![\w-])/g, REMOVED],
  [/(?<=\/bot)\d{6,12}:[\w-]{30,64}/g, REMOVED],
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, REMOVED],
  // A line of a key or a certificate without its heading.
  [/(?<![\w+/-])[A-Za-z0-9+/]{60,76}={0,2}(?![\w+/-])/g, REMOVED],
  [/(?<![\d.])[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?!\d)/g, found => (isCard(found) ? REMOVED : found)],
]

/** By its check digit: sixteen digits name registers and drives too, though theirs begin otherwise. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 1 : 2)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}

/** Signs that nobody sees, and zero bytes of texts in another encoding: a name with one inside would not be known. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSEEN = /[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2060\ufeff]/g

/**
 * A line of the log without secrets, passwords, tokens, cards and mail addresses: by the names of its fields where it is JSON, by patterns
 * in every text, and by the `secrets` that are known to be ones. Numbers that name things (INN, serials, РНМ) stay.
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

const NAME_ALONE = new RegExp(String.raw`(?:${NAMES})["']?\s*[:=]\s*$`, 'i')
const KEY_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
const KEY_ENDS = /-----END [A-Z ]*PRIVATE KEY-----/

/** Lines that follow one another, each without its secrets, and without those that began on the line before: a value below its name, a key of many lines. */
export function redactLines(lines: readonly string[], secrets: readonly string[] = []): readonly string[] {
  let inKey = false
  let isValue = false
  return lines.map(line => {
    const wasInKey = inKey
    const wasValue = isValue
    // After its end another may begin.
    inKey = KEY_BEGINS.test(line.split(KEY_ENDS).at(-1) ?? '') || (wasInKey && !KEY_ENDS.test(line))
    isValue = NAME_ALONE.test(line)
    if (wasValue) return REMOVED
    if (!wasInKey) return redactLine(line, secrets)
    return inKey ? REMOVED : `${REMOVED}${redactLine(line.split(KEY_ENDS).slice(1).join(''), secrets)}`
  })
}

/** Whether a secret can be looked for everywhere: shorter ones (`30`, `PIR`) stand in other words and numbers too; their names give them away instead. */
export const isTelling = (secret: string): boolean => secret.length >= (/^\d+$/.test(secret) ? 6 : 4)

/** A secret as it may stand in a text: as it is, inside JSON, inside an address. */
const formsOf = (secret: string): readonly string[] => [
  ...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())]),
]

/** A text without what the patterns know, and without the `known` secrets. */
export function redactText(text: string, known: readonly string[] = []): string {
  const seen = text.replace(UNSEEN, '')
  const told = known.reduce((said, secret) => said.replaceAll(secret, REMOVED), seen)
  return PATTERNS.reduce((said, [pattern, instead]) => said.replace(pattern, instead as string), told)
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
