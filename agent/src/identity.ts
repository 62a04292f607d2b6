import { readFileSync, statSync } from 'node:fs'
import { type IdentityFile, identityFile, SpokenError } from '@tillwatch/shared'
import { linesOf, type Words, words, wordsOf } from './words.ts'

/** An identity that was read, and what a person should know about its file. */
export interface LoadedIdentity {
  readonly identity: IdentityFile
  /** Null when only the owner can read the file, or when the system does not tell (Windows). */
  readonly warning: Words | null
}

const NEXT_STEP = words(
  'Сделайте на коллекторе файл этого агента и положите его туда, где он указан в настройках.',
  'Make an identity file for this agent at the collector and put it where the configuration says.',
)

/** What each key holds. */
const EXPECTED: Readonly<Record<string, Words>> = {
  version: words('1', '1'),
  url: words('адрес вида mqtts://узел:порт', 'an address as mqtts://host:port'),
  agent: words(
    'строчные латинские буквы, цифры и дефисы, от 3 до 63 знаков',
    'lower case letters, digits and hyphens, 3 to 63 of them',
  ),
  secret: words('43 знака base64url', '43 characters of base64url'),
  ca: words('сертификат в PEM', 'a certificate in PEM'),
}
const ALL_KEYS = 'version, url, agent, secret, ca'
const WHOLE = words(`объект с ключами ${ALL_KEYS}`, `an object with the keys ${ALL_KEYS}`)

/** Reads the identity file. Throws `identity.unreadable` or `identity.invalid`; no message ever holds a part of the secret. */
export function loadIdentity(file: string): LoadedIdentity {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    const reason = wordsOf(thrown)
    throw new SpokenError(
      'identity.unreadable',
      words(`Файл агента ${file} не читается: ${reason.ru}`, `${file} cannot be read: ${reason.en}`),
      NEXT_STEP,
      { cause: thrown },
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and the text holds the secret.
    throw new SpokenError('identity.invalid', words(`${file}: это не JSON`, `${file} is not JSON`), NEXT_STEP)
  }
  const parsed = identityFile.safeParse(value)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path }) => {
      const key = path.join('.')
      const { ru, en } = EXPECTED[key] ?? WHOLE
      return words(`${file}: ${key || 'файл'}: нужно ${ru}`, `${file}: ${key || 'file'}: expected ${en}`)
    })
    throw new SpokenError('identity.invalid', linesOf(problems), NEXT_STEP)
  }
  const isOpen = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0
  return {
    identity: parsed.data,
    warning: isOpen
      ? words(
          `Файл ${file} могут читать другие, а в нём секрет: chmod 600 ${file}`,
          `${file} can be read by others; it holds a secret: chmod 600 ${file}`,
        )
      : null,
  }
}
