import { readFileSync, statSync } from 'node:fs'
import { type IdentityFile, identityFile } from '@tillwatch/shared'
import { linesOf, SpokenError, type Words, words, wordsOf } from './words.ts'

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

/** What each key holds, where the schema's own words are English. */
const EXPECTED: Readonly<Record<string, string>> = {
  version: '1',
  url: 'адрес вида mqtts://узел:порт',
  agent: 'строчные латинские буквы, цифры и дефисы, от 3 до 63 знаков',
  secret: '43 знака base64url',
  ca: 'сертификат в PEM',
}

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
    const problems = parsed.error.issues.map(({ path, message }) => {
      const key = path.join('.')
      const expected = EXPECTED[key] ?? 'объект с ключами version, url, agent, secret, ca'
      return words(`${file}: ${key || 'файл'}: нужно ${expected}`, `${file}: ${key || 'file'}: expected ${message}`)
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
