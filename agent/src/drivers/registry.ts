import { err, ok, type Result, SpokenError } from '@tillwatch/shared'
import { words } from '../words.ts'
import type { DriverDefinition } from './driver.ts'

/** Every driver, one line each; a driver's code is loaded when it is used. */
const DRIVERS = {
  'shtrih-m': async () => (await import('./shtrih-m/definition.ts')).shtrihM,
  atol: async () => (await import('./atol/definition.ts')).atol,
  'atol-web': async () => (await import('./atol-web/definition.ts')).atolWeb,
  pirit: async () => (await import('./pirit/definition.ts')).pirit,
  mercury: async () => (await import('./mercury/definition.ts')).mercury,
  mitsu: async () => (await import('./mitsu/definition.ts')).mitsu,
} as const satisfies Record<string, () => Promise<DriverDefinition>>

export type DriverName = keyof typeof DRIVERS
export const DRIVER_NAMES = Object.keys(DRIVERS) as [DriverName, ...DriverName[]]

/** The driver of that name, or `driver.unknown` with the names that exist. */
export async function loadDriver(name: string): Promise<Result<DriverDefinition>> {
  if (Object.hasOwn(DRIVERS, name)) return ok(await DRIVERS[name as DriverName]())
  return err(
    new SpokenError(
      'driver.unknown',
      words(`Драйвера «${name}» нет`, `there is no driver "${name}"`),
      words(`Есть драйверы: ${DRIVER_NAMES.join(', ')}.`, `Known drivers: ${DRIVER_NAMES.join(', ')}.`),
    ),
  )
}

/** Every driver, in the order of the list above. */
export const loadDrivers = (): Promise<readonly DriverDefinition[]> =>
  Promise.all(DRIVER_NAMES.map(name => DRIVERS[name]()))
