import type { DriverDefinition } from '../drivers/driver.ts'
import type { Conversation, LineProbe, WebProbe } from '../drivers/probe.ts'
import { RECEIPT_PRINTER } from './receipt-printer.ts'

/** One try to recognise a device at an address. `driver` is null for a device that is none of ours and is to be left alone. */
export interface LineAsking {
  readonly kind: 'line'
  readonly driver: DriverDefinition | null
  readonly variant: number | null
  readonly conversation: Conversation
  /** Null where bytes have no rate. */
  readonly baudRate: number | null
}
export interface WebAsking {
  readonly kind: 'web'
  readonly driver: DriverDefinition
  readonly variant: number
  readonly probe: WebProbe
}

const printerAt = (baudRate: number): LineAsking => ({
  kind: 'line',
  driver: null,
  variant: null,
  conversation: RECEIPT_PRINTER,
  baudRate,
})

const lineProbes = (drivers: readonly DriverDefinition[]) =>
  drivers.flatMap(driver =>
    driver.probes.flatMap(probe => (probe.kind === 'line' ? [{ driver, probe: probe satisfies LineProbe }] : [])),
  )

/** The first words of a conversation. */
export const openingOf = ({ conversation }: LineAsking): Uint8Array => conversation.steps[0]?.say ?? new Uint8Array()

/**
 * All that is asked on a serial port of which nothing is known, in its order: those who say least come first, so that most devices
 * never hear more than one enquiry; a receipt printer is recognised before anything that it could print.
 */
export function serialAskings(drivers: readonly DriverDefinition[]): readonly LineAsking[] {
  const askings = lineProbes(drivers).flatMap(({ driver, probe }) =>
    probe.rates.map(
      (baudRate): LineAsking => ({ kind: 'line', driver, variant: probe.variant, conversation: probe, baudRate }),
    ),
  )
  const rates = [...new Set(askings.map(({ baudRate }) => baudRate ?? 0))]
  const [firstRate = 0] = rates
  const all = [...askings, printerAt(firstRate)]
  return all.toSorted((one, other) => openingOf(one).length - openingOf(other).length)
}

/** All that is asked at a port of the network: only what its own driver asks there. */
export function networkAskings(
  drivers: readonly DriverDefinition[],
  port: number,
): readonly (LineAsking | WebAsking)[] {
  return drivers.flatMap(driver =>
    driver.probes
      .filter(({ at }) => at?.port === port)
      .map(probe =>
        probe.kind === 'web'
          ? { kind: 'web' as const, driver, variant: probe.variant, probe }
          : { kind: 'line' as const, driver, variant: probe.variant, conversation: probe, baudRate: null },
      ),
  )
}
