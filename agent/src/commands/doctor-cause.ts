import { detailOf, type EpochMs, type FactName, type FactValue, type WireItem } from '@tillwatch/shared'
import { factWord } from '@tillwatch/shared/words'
import { type Words, words } from '../words.ts'
import type { Check } from './doctor-check.ts'

const DAY_MS = 24 * 3_600_000

/** Something that facts say is wrong, or soon will be: never more than a remark, because the agent can work all the same. */
export type Cause = Omit<Check, 'id'>
/** Facts of one item by name, bare; null for what is not known. */
export type Told = (name: string) => FactValue

export const toldBy =
  ({ facts }: WireItem): Told =>
  name =>
    detailOf(facts[name] ?? null).value

export const warn = (text: Words, nextStep?: Words): Cause => ({ status: 'warn', text, ...(nextStep && { nextStep }) })

/** A local date or time in the zone of this PC, which stands beside the register. */
export const localMs = (local: string): EpochMs => Date.parse(local.length === 10 ? `${local}T00:00` : local)

/** Whole days to a local day, 0 on that day itself, negative after it. */
export const daysUntil = (day: string, now: EpochMs): number => Math.ceil((localMs(day) + DAY_MS - now) / DAY_MS) - 1

/** What people call one value of a closed list. */
export const wordOf = (name: FactName, value: string): Words =>
  words(factWord(name, value, 'ru'), factWord(name, value, 'en'))
