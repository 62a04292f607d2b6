import { PRIORITY_METHOD } from '@tillwatch/rules'

type Language = 'ru' | 'en'

const TITLES = {
  ru: { page: 'Приоритеты', levels: 'Уровни' },
  en: { page: 'Priorities', levels: 'Levels' },
} as const

const partOf = (language: Language): string => {
  const levels = PRIORITY_METHOD.levels.map(
    ({ priority, name, meaning }) => `| ${priority} | ${name[language]} | ${meaning[language]} |`,
  )
  const sections = PRIORITY_METHOD.sections.map(
    ({ title, lines }) => `## ${title[language]}\n\n${lines.map(line => `- ${line[language]}`).join('\n')}`,
  )
  const table = ['| | | |', '| --- | --- | --- |', ...levels].join('\n')
  return [`# ${TITLES[language].page}`, `## ${TITLES[language].levels}\n\n${table}`, ...sections].join('\n\n')
}

/** The method of priorities as a document for clients, made from the texts that the service itself shows. */
export const prioritiesDocument = (): string => `${partOf('ru')}\n\n${partOf('en')}\n`
