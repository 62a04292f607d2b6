import type { DeskFile } from '../connectors/connector.ts'
import { fitting, isText } from '../evidence/evidence-file.ts'
import type { DeliveryPayload } from './payload.ts'

/** Of a log that goes as words: what a person reads in a comment. */
const LOG_IN_WORDS_MAX = 4_000
/** Less of a log says nothing. */
const LOG_IN_WORDS_MIN = 200

/** Why a desk has no file of its own. */
export type NoFile = 'takes_none' | 'too_large' | 'refused'

type Language = keyof DeliveryPayload['text']

const REASONS: Readonly<Record<Language, Readonly<Record<NoFile, string>>>> = {
  ru: {
    takes_none: 'эта служба не берёт файлов',
    too_large: 'файл больше, чем берёт эта служба',
    refused: 'служба не взяла файл',
  },
  en: {
    takes_none: 'this desk takes no files',
    too_large: 'the file is larger than this desk takes',
    refused: 'the desk did not take the file',
  },
}

/** Where the whole file is. */
const whole = (language: Language, link: string | null, { subject }: DeliveryPayload): string =>
  language === 'ru'
    ? `Целиком он в портале: ${link ?? `инцидент № ${subject.number}`}`
    : `The whole of it is in the portal: ${link ?? `incident #${subject.number}`}`

/** The file as a desk takes it, a log with a line about what is missing at its beginning; null when it cannot be made to fit. */
export function fileThatFits(
  file: DeskFile,
  bytesMax: number,
  language: Language,
  link: string | null,
  payload: DeliveryPayload,
): DeskFile | null {
  const cut = language === 'ru' ? 'начало не поместилось' : 'the beginning did not fit'
  return fitting(file, bytesMax, `… ${cut}. ${whole(language, link, payload)}\n`)
}

/** What a desk is told in place of a file: where it is, and of a log the newest lines. */
export function fileInWords(
  file: DeskFile,
  why: NoFile,
  textMax: number,
  language: Language,
  link: string | null,
  payload: DeliveryPayload,
): string {
  const said = `${payload.text[language]}: ${REASONS[language][why]}. ${whole(language, link, payload)}`
  const room = Math.min(textMax - said.length - 100, LOG_IN_WORDS_MAX)
  const lines = isText(file.type) && room >= LOG_IN_WORDS_MIN ? fitting(file, room, '…\n') : null
  return lines ? `${said}\n\n${Buffer.from(lines.bytes).toString('utf8').trimEnd()}` : said
}
