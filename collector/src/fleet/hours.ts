import { parseHours } from '@tillwatch/rules'

/** What the sites table keeps beside the text: the hours as rules read them, as JSON. */
export function hoursJson(text: string | null): string | null {
  if (text === null) return null
  const parsed = parseHours(text)
  return parsed.ok ? JSON.stringify(parsed.value) : null
}
