import { AppError, type AppErrorOptions } from '@tillwatch/shared'

/** A sentence in both languages. */
export interface Words {
  readonly ru: string
  readonly en: string
}

export const words = (ru: string, en: string): Words => ({ ru, en })

/** The same words in both languages: names, numbers, what no language changes. */
export const same = (text: string): Words => ({ ru: text, en: text })

/** Sentences after each other, a line each. */
export const linesOf = (sentences: readonly Words[]): Words =>
  words(sentences.map(({ ru }) => ru).join('\n'), sentences.map(({ en }) => en).join('\n'))

/** An error whose message and next step a person may read in either language; as an `AppError` it speaks English. */
export class SpokenError extends AppError {
  readonly text: Words
  readonly step: Words

  constructor(code: string, text: Words, step: Words, options: Omit<AppErrorOptions, 'nextStep'> = {}) {
    super(code, text.en, { ...options, nextStep: step.en })
    this.text = text
    this.step = step
  }
}

/** What the system, TLS and the broker say, by their codes. CONNACK codes of MQTT 3.1.1, section 3.2.2.3. */
const RUSSIAN: Readonly<Record<string, string>> = {
  ENOENT: 'нет такого файла или каталога',
  ENOTDIR: 'на этом пути файл, а не каталог',
  EISDIR: 'это каталог, а не файл',
  EACCES: 'нет прав',
  EPERM: 'нет прав',
  EROFS: 'диск только для чтения',
  ENOSPC: 'на диске нет места',
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
  'driver.variant': 'у драйвера нет такого варианта протокола; уберите variant из настроек кассы',
  'port.unsupported': 'драйвер не работает через такой порт; укажите порт другого вида',
}

/** What was thrown, in both languages; what has no Russian words here is told by its code, or as it came. */
export function wordsOf(thrown: unknown): Words {
  if (thrown instanceof SpokenError) return thrown.text
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  // Several addresses tried in vain come as one error without a message.
  const message = (thrown instanceof Error ? thrown.message : String(thrown)) || code
  const nextStep = thrown instanceof AppError && thrown.nextStep ? `. ${thrown.nextStep}` : ''
  return words(RUSSIAN[code] ?? message, message + nextStep)
}
