import { parseHours } from '@tillwatch/rules'

/** Why a text of opening hours is not understood, or null. */
export function hoursProblem(text: string): string | null {
  const parsed = parseHours(text)
  if (parsed.ok) return null
  return parsed.error.nextStep ? `${parsed.error.message}. ${parsed.error.nextStep}` : parsed.error.message
}

/** What the sites table keeps beside the text: the hours as rules read them, as JSON. */
export function hoursJson(text: string | null): string | null {
  if (text === null) return null
  const parsed = parseHours(text)
  return parsed.ok ? JSON.stringify(parsed.value) : null
}
