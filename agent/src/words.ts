import { AppError, fileTrouble, SpokenError } from '@tillwatch/shared'

/** A sentence in both languages. */
export interface Words {
  readonly ru: string
  readonly en: string
}

export const words = (ru: string, en: string): Words => ({ ru, en })

/** Sentences after each other, a line each. */
export const linesOf = (sentences: readonly Words[]): Words =>
  words(sentences.map(({ ru }) => ru).join('\n'), sentences.map(({ en }) => en).join('\n'))

/** What the network, TLS and the broker say, by their codes. CONNACK codes of MQTT 3.1.1, section 3.2.2.3. */
const RUSSIAN: Readonly<Record<string, string>> = {
  ENOTFOUND: 'имя не найдено в DNS',
  EAI_AGAIN: 'DNS не отвечает',
  ECONNREFUSED: 'в соединении отказано',
  ECONNRESET: 'соединение сброшено',
  EHOSTUNREACH: 'узел недоступен',
  ENETUNREACH: 'сеть недоступна',
  ETIMEDOUT: 'нет ответа вовремя',
  ERR_TLS_CERT_ALTNAME_INVALID: 'сертификат выдан на другое имя',
  SELF_SIGNED_CERT_IN_CHAIN: 'сертификат другого центра',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'сертификат другого центра',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'сертификат другого центра',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'сертификат другого центра',
  CERT_SIGNATURE_FAILURE: 'сертификат другого центра',
  CERT_NOT_YET_VALID: 'сертификат ещё не действует',
  CERT_HAS_EXPIRED: 'срок сертификата истёк',
  '4': 'неверное имя или секрет',
  '5': 'агент неизвестен или отозван',
}

/** What was thrown, in both languages; what has no Russian words here is told by its code, or as it came. */
export function wordsOf(thrown: unknown): Words {
  if (thrown instanceof SpokenError) return thrown.text
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  // Several addresses tried in vain come as one error without a message.
  const { ru, en } = fileTrouble(thrown)
  const message = en || code
  const nextStep = thrown instanceof AppError && thrown.nextStep ? `. ${thrown.nextStep}` : ''
  return words(RUSSIAN[code] ?? (ru || message), message + nextStep)
}

/** A failure as a command tells it: what is wrong, and in a line of its own what to do about it. */
export function failureText(thrown: unknown, language: keyof Words): string {
  if (thrown instanceof SpokenError) return `${thrown.text[language]}\n${thrown.step[language]}`
  if (thrown instanceof AppError) return [thrown.message, thrown.nextStep ?? []].flat().join('\n')
  return wordsOf(thrown)[language]
}
