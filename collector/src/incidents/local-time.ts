import type { EpochMs } from '@tillwatch/shared'
import { DateTime } from 'luxon'

/** An instant as people at the place read it, with the name of its zone. */
export const localTime = (at: EpochMs, zone: string): string =>
  `${DateTime.fromMillis(at, { zone }).toFormat('dd.MM.yyyy HH:mm')} (${zone})`
