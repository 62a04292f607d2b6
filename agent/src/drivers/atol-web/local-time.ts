import { localDate, localDateTime } from '../kit/told.ts'

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/
/** "No date" is the epoch; in zones west of Greenwich that is still the year before. */
const YEAR_MIN = 1971

/**
 * A time of the service as the register's own: the digits are the register's wall clock, the offset behind them is the PC's and
 * says nothing of the register. Null for "no date" and for what is no time.
 */
export function registerTime(text: string | null): string | null {
  const parts = ISO.exec(text ?? '')
  if (!parts) return null
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map(part => Number(part ?? 0))
  if (year < YEAR_MIN) return null
  return localDateTime(localDate(year, month, day), hours, minutes, seconds) ?? null
}

/** A time that the drive keeps: it knows no seconds, the service adds them. */
export const driveTime = (text: string | null): string | null =>
  registerTime(text)?.slice(0, 'YYYY-MM-DDTHH:mm'.length) ?? null

/** The day of such a time. */
export const driveDate = (text: string | null): string | null =>
  registerTime(text)?.slice(0, 'YYYY-MM-DD'.length) ?? null
