import type { BilingualText } from '@tillwatch/shared/api'
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Language } from '../format.ts'
import { texts } from './texts.ts'

const STORAGE_KEY = 'tillwatch-language'
export const LANGUAGES: readonly Language[] = ['ru', 'en']

/** The stored choice, else Russian unless the reader's browser asks for English and no Russian. */
export function chooseLanguage(stored: string | null, wanted: readonly string[]): Language {
  if (stored === 'ru' || stored === 'en') return stored
  if (wanted.some(tag => tag.startsWith('ru'))) return 'ru'
  return wanted[0]?.startsWith('en') ? 'en' : 'ru'
}

function storedLanguage(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}

const applyToDocument = (language: string): void => {
  document.documentElement.lang = language
}

/** Prepares the texts before the first frame. */
export async function startTexts(): Promise<void> {
  const language = chooseLanguage(storedLanguage(), navigator.languages)
  applyToDocument(language)
  i18next.on('languageChanged', applyToDocument)
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'ru',
    resources: { ru: { translation: texts.ru }, en: { translation: texts.en } },
    interpolation: { escapeValue: false },
  })
}

/** Switches at once and remembers. */
export function setLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  void i18next.changeLanguage(language)
}

/** Language of the page. */
export function useLanguage(): Language {
  const { i18n } = useTranslation()
  return i18n.language === 'en' ? 'en' : 'ru'
}

/** Chooses the language of a text that came from the server. */
export function usePick(): (text: BilingualText) => string {
  const language = useLanguage()
  return text => text[language]
}
