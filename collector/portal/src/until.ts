export type UntilPreset = 'hour' | 'morning' | 'day' | 'week'

const MORNING_HOUR = 9

/** End of a preset, counted from `now` in the zone of that Date: `morning` is the next 09:00. */
export function untilPreset(preset: UntilPreset, now: Date): Date {
  const until = new Date(now)
  if (preset === 'hour') until.setHours(until.getHours() + 1)
  if (preset === 'day') until.setDate(until.getDate() + 1)
  if (preset === 'week') until.setDate(until.getDate() + 7)
  if (preset === 'morning') {
    if (until.getHours() >= MORNING_HOUR) until.setDate(until.getDate() + 1)
    until.setHours(MORNING_HOUR, 0, 0, 0)
  }
  return until
}

/** What a `datetime-local` input wants: local wall-clock time to the minute. */
export function localInputValue(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The instant that the input means, in UTC; null when it is empty, wrong or not after `nowMs`. */
export function futureInstant(inputValue: string, nowMs: number): string | null {
  const at = new Date(inputValue).getTime()
  return Number.isNaN(at) || at <= nowMs ? null : new Date(at).toISOString()
}
