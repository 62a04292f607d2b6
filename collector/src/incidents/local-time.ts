import { localTextOf } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

/** An instant as people at the place read it, with the name of its zone. */
export function localTime(at: EpochMs, zone: string): string {
  const [date = '', time = ''] = localTextOf(zone, at).split('T')
  return `${date.split('-').reverse().join('.')} ${time.slice(0, 5)} (${zone})`
}
