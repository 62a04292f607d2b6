import { dateOfDay, dayOfDate, type FactState, type ItemView, localDay } from '@tillwatch/rules'

/** Domain section 2: days that a drive of some kind lives under some regime. Which of them applies is not told by the register. */
const TERMS = [410, 470, 1100, 1110] as const
const AUTONOMOUS_TERMS = [410, 560] as const

/**
 * The day on which the drive began its work here: known where the collector saw it come in after another one, null for a drive that was
 * there before. The drive's serial stands beside it.
 */
export function activatedOn(item: ItemView, timezone: string): FactState | undefined {
  const known = item.facts['fiscal.drive.activated_on']
  const serial = item.facts['fiscal.fn.serial']
  if (!serial || typeof serial.value !== 'string' || known?.raw === serial.value) return known
  const { at, receivedAt } = serial
  const value = known ? dateOfDay(localDay(timezone, at)) : null
  return { value, raw: serial.value, at, receivedAt, source: 'collector' }
}

/** How many days the drive's own date lies from the nearest term counted from its first day; unknown without a first day. */
export function dateGapDays(item: ItemView, activated: FactState | undefined): FactState | undefined {
  const validUntil = item.facts['fiscal.fn.valid_until']
  const first = typeof activated?.value === 'string' ? dayOfDate(activated.value) : null
  const last = typeof validUntil?.value === 'string' ? dayOfDate(validUntil.value) : null
  const known = item.facts['fiscal.drive.date_gap_days']
  if (!validUntil || first === null || last === null) return known && { ...known, value: null }
  const terms = item.facts['fiscal.register.autonomous']?.value === true ? AUTONOMOUS_TERMS : TERMS
  const gaps = terms.map(term => last - first - term)
  const value = gaps.reduce((nearest, gap) => (Math.abs(gap) < Math.abs(nearest) ? gap : nearest))
  if (known?.value === value) return known
  return { value, at: validUntil.at, receivedAt: validUntil.receivedAt, source: 'collector' }
}
