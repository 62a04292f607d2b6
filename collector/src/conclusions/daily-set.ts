import { dateOfDay, type FactState, type ItemView, localDay } from '@tillwatch/rules'
import type { EpochMs, FactName } from '@tillwatch/shared'
import type { Beside } from './beside.ts'

/** A full daily set (R1, domain ruling 17.19) besides the system disk of the PC. */
const DAILY_FACTS = [
  'fiscal.ofd.unsent_documents',
  'fiscal.fn.valid_until',
  'fiscal.fn.last_document',
] as const satisfies readonly FactName[]

/** An autonomous register has no OFD to send to. */
export const dailyFactsOf = (isAutonomous: boolean): readonly FactName[] =>
  isAutonomous ? DAILY_FACTS.filter(name => name !== 'fiscal.ofd.unsent_documents') : DAILY_FACTS

/**
 * The last calendar day of the site up to which the register was checked in full: each fact of the set read on that day. A register seen
 * for the first time owes nothing for the days before.
 */
export function checkedTo(
  item: ItemView,
  timezone: string,
  { diskReadAt }: Pick<Beside, 'diskReadAt'>,
  now: EpochMs,
): FactState | undefined {
  const known = item.facts['daily.checked_to']
  const today = localDay(timezone, now)
  const told = { at: now, receivedAt: now, source: 'collector' as const }
  if (typeof known?.value !== 'string') return { value: dateOfDay(today - 1), ...told }
  if (known.value >= dateOfDay(today)) return known
  const names = dailyFactsOf(item.facts['fiscal.register.autonomous']?.value === true)
  let day: number | null = null
  for (const name of names) {
    const fact = item.facts[name]
    const read = fact && fact.value !== null ? localDay(timezone, fact.at) : null
    if (read === null || (day !== null && read !== day)) return known
    day = read
  }
  const diskAt = diskReadAt()
  if (day === null || diskAt === null || localDay(timezone, diskAt) !== day) return known
  const value = dateOfDay(day)
  return value > known.value ? { value, ...told } : known
}
