import { type FactName, isSameSerial, type Source } from '@tillwatch/shared'
import type { RegisterLink } from '../drivers/driver.ts'
import type { FactReading, FactReadings } from '../drivers/reading.ts'

/** One rung: what a source has told, and how its last poll went (null: it was not asked yet). */
export interface Rung {
  readonly source: Source
  readonly link: RegisterLink | null
  readonly facts: FactReadings
}

/**
 * One state of a register from several sources, best first. Of the sources that answered last time the best that knows a fact
 * tells it; what none of them knows is told by whoever knew it last. Each fact keeps its source and its time. The serial is one number,
 * however many of its digits a source gives: the fullest is told, so that it stays the same whichever source answers.
 */
export function mergeRungs(rungs: readonly Rung[]): FactReadings {
  const names = new Set(rungs.flatMap(({ facts }) => [...facts.keys()]))
  const merged = new Map<FactName, FactReading>()
  for (const name of names) {
    const told = rungs.flatMap(({ source, link, facts }) => {
      const fact = facts.get(name)
      return fact ? [{ fact, link, source }] : []
    })
    const knowing = told.filter(({ fact }) => fact.reason === undefined)
    const best =
      (name === 'fiscal.register.serial' ? knowing.toSorted((a, b) => digits(b.fact) - digits(a.fact))[0] : null) ??
      knowing.find(({ link }) => link === 'ok') ??
      knowing.toSorted((a, b) => b.fact.at - a.fact.at)[0] ??
      told.find(({ link }) => link === 'ok') ??
      told[0]
    if (best) merged.set(name, { ...best.fact, source: best.source })
  }
  return merged
}

const digits = ({ value }: FactReading): number => String(value ?? '').length

/** One link for all sources: any answer counts; a port in use is not silence. */
export function linkOfAll(links: readonly RegisterLink[]): RegisterLink {
  return (['ok', 'busy', 'error'] as const).find(link => links.includes(link)) ?? 'silent'
}

/** False when two sources cannot be of one register. */
export function mayBeOne(serials: readonly (string | null)[]): boolean {
  const known = serials.filter(serial => serial !== null)
  return known.every(one => known.every(other => isSameSerial(one, other)))
}

/** The fullest of several serials of one register: services give all digits, some protocols only the last ones. */
export const fullestSerial = (serials: readonly (string | null)[]): string | null =>
  serials.reduce((best, serial) => (serial !== null && serial.length > (best?.length ?? 0) ? serial : best), null)
