/**
 * Why lines of a log are missing in an excerpt, in words. Every line of an excerpt is one JSON object with `time` and `msg`; a line of
 * another program's log has its name as `log`, one of the agent's own has none; `note` stands where lines are missing.
 */
export const LOG_NOTES = {
  cut: { ru: 'строки старше не поместились', en: 'older lines did not fit' },
  missing: { ru: 'файла нет', en: 'there is no such file' },
  denied: { ru: 'нет прав на чтение файла', en: 'no right to read the file' },
  busy: { ru: 'файл занят другой программой', en: 'another program holds the file' },
  unreadable: { ru: 'файл не читается', en: 'the file cannot be read' },
} as const
export type LogNote = keyof typeof LOG_NOTES

/** True for one of the notes. */
export const isLogNote = (value: unknown): value is LogNote =>
  typeof value === 'string' && Object.hasOwn(LOG_NOTES, value)

/** Longest name of a log. */
export const LOG_NAME_LENGTH_MAX = 32
