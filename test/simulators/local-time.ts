/**
 * A device's local time in milliseconds, counted as if its zone were UTC. A register knows no zone, so neither does this.
 */
export type LocalMs = number

/** Reads `YYYY-MM-DD` or `YYYY-MM-DDTHH:mm[:ss]`, which the state's schema has checked. */
export const parseLocal = (text: string): LocalMs =>
  Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text.length === 16 ? `${text}:00Z` : `${text}Z`)

/** Local time of this machine at a wall-clock instant. */
export const localOf = (epochMs: number): LocalMs => epochMs - new Date(epochMs).getTimezoneOffset() * 60_000

/** Day, month, two-digit year, hour, minute and second, as fiscal protocols put them on the wire. */
export function fieldsOf(at: LocalMs) {
  const date = new Date(at)
  return {
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year: date.getUTCFullYear() % 100,
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  }
}
