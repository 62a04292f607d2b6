import type { Bilingual } from '@tillwatch/rules'
import { type FactValue, factDefinition, isFactName } from '@tillwatch/shared'
import { factText } from '@tillwatch/shared/words'
import { localMoment } from './local-time.ts'

const WORDS = {
  ru: { confirmed: 'да', denied: 'нет', none: 'нет' },
  en: { confirmed: 'yes', denied: 'no', none: 'none' },
} as const

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z?)$/

/**
 * A value of a fact as texts to people tell it: no codes, moments in the time of the place. Counts and numbers of documents stay whole, to
 * be copied into other programs.
 */
export function valueText(name: string, value: unknown, language: keyof Bilingual, zone: string): string {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return JSON.stringify(value)
  const hasUnit = isFactName(name) && factDefinition(name).unit !== undefined
  if (typeof value === 'number' && !hasUnit) return String(value)
  // A device tells its own wall clock, everything else an instant.
  const moment = typeof value === 'string' ? MOMENT.exec(value) : null
  if (!moment) return factText(name, value as FactValue, language, WORDS[language])
  return moment[1] === 'Z'
    ? localMoment(language, Date.parse(moment[0]), zone)
    : localMoment(language, Date.parse(`${moment[0]}Z`), 'UTC')
}
