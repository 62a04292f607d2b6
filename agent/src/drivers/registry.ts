import { AppError, err, ok, type Result } from '@tillwatch/shared'
import type { DriverDefinition } from './driver.ts'

/** Every driver, one line each; a driver's code is loaded when it is used. */
const DRIVERS = {
  'shtrih-m': async () => (await import('./shtrih-m/definition.ts')).shtrihM,
} as const satisfies Record<string, () => Promise<DriverDefinition>>

export type DriverName = keyof typeof DRIVERS
export const DRIVER_NAMES = Object.keys(DRIVERS) as [DriverName, ...DriverName[]]

/** The driver of that name, or `driver.unknown` with the names that exist. */
export async function loadDriver(name: string): Promise<Result<DriverDefinition>> {
  if (Object.hasOwn(DRIVERS, name)) return ok(await DRIVERS[name as DriverName]())
  return err(
    new AppError('driver.unknown', `there is no driver "${name}"`, {
      nextStep: `Known drivers: ${DRIVER_NAMES.join(', ')}.`,
    }),
  )
}
