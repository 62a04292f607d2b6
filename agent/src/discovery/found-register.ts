import { isSameSerial } from '@tillwatch/shared'
import { z } from 'zod'
import { DRIVER_NAMES } from '../drivers/registry.ts'
import { fullestSerial } from '../poll/ladder.ts'
import { BAUD_RATE, type RegisterConfig, registerConfig } from '../poll/register-config.ts'
import { type SerialPlace, type UsbIds, usbIds } from './serial-ports.ts'

const REGISTERS_MAX = 16
/** One way and the others in `also`. */
const WAYS_MAX = 5

const way = z.object({
  driver: z.enum(DRIVER_NAMES),
  variant: z.number().int(),
  port: z.string().min(1).max(256),
  baud: z.number().int().min(BAUD_RATE.min).max(BAUD_RATE.max).nullable(),
  /** What was plugged in at a serial port. */
  usb: usbIds.nullable(),
  /** Smaller is better: a shared service, the register's own network port, a serial port. */
  rank: z.number().int().min(0).max(9),
})
/** A way to a register that has been found. */
export type FoundWay = z.infer<typeof way>

export const foundRegister = z.object({
  slot: z.string().min(1).max(64),
  /** Null while it could not be read. */
  serial: z.string().max(64).nullable(),
  fn_serial: z.string().max(64).nullable(),
  model: z.string().max(256).nullable(),
  /** Best first. */
  ways: z.array(way).min(1).max(WAYS_MAX),
})
/** A register that has been found on this PC. */
export type FoundRegister = z.infer<typeof foundRegister>
export const foundRegisters = z.array(foundRegister).max(REGISTERS_MAX).readonly()

/** A register as one way to it tells it. */
export interface ReadWay {
  readonly way: FoundWay
  readonly serial: string | null
  readonly fnSerial: string | null
  readonly model: string | null
}

/**
 * What was known with what was just read: ways that show one serial, or one drive, are ways to one register. A way that now leads to
 * another register is taken from the one it led to before. Slots stay.
 */
export function mergeFound(known: readonly FoundRegister[], read: readonly ReadWay[]): readonly FoundRegister[] {
  return read.reduce(merge, known)
}

function merge(known: readonly FoundRegister[], one: ReadWay): readonly FoundRegister[] {
  const target = known.find(register => isOf(register, one))
  const others = known
    .filter(register => register !== target)
    .map(register => without(register, one.way.port))
    .filter(({ ways }) => ways.length > 0)
  const merged: FoundRegister = {
    slot: target?.slot ?? freeSlot(known),
    serial: fullestSerial([target?.serial ?? null, one.serial]),
    fn_serial: one.fnSerial ?? target?.fn_serial ?? null,
    model: target?.model ?? one.model,
    ways: [...(target ? without(target, one.way.port).ways : []), one.way]
      .toSorted((a, b) => a.rank - b.rank)
      .slice(0, WAYS_MAX),
  }
  return [...others, merged]
    .toSorted((a, b) => a.slot.localeCompare(b.slot, 'en', { numeric: true }))
    .slice(0, REGISTERS_MAX)
}

function isOf({ serial, fn_serial, ways }: FoundRegister, { way: { port }, ...one }: ReadWay): boolean {
  if (serial !== null && one.serial !== null) return isSameSerial(serial, one.serial)
  if (fn_serial !== null && one.fnSerial !== null) return fn_serial === one.fnSerial
  return ways.some(other => other.port === port)
}

const without = (register: FoundRegister, port: string): FoundRegister => ({
  ...register,
  ways: register.ways.filter(other => other.port !== port),
})

function freeSlot(known: readonly FoundRegister[]): string {
  for (let number = 1; ; number++) {
    const slot = `kkt-${number}`
    if (!known.some(register => register.slot === slot)) return slot
  }
}

/**
 * The same registers at the ports where their USB devices are now: port numbers change when a cable is plugged in anew. `seenPorts`: those
 * that were there at the last search.
 */
export const relocate = (
  registers: readonly FoundRegister[],
  ports: readonly SerialPlace[],
  seenPorts: readonly string[],
): readonly FoundRegister[] =>
  registers.map(register => ({ ...register, ways: register.ways.map(one => relocateWay(one, ports, seenPorts)) }))

function relocateWay(one: FoundWay, ports: readonly SerialPlace[], seenPorts: readonly string[]): FoundWay {
  const { usb } = one
  if (!usb) return one
  const matching = ports.filter(port => port.usb && isSameUsb(usb, port.usb))
  if (matching.some(({ path }) => path === one.port)) return one
  // Two devices without serials of their own cannot be told apart: better none than the wrong one.
  const [only] = matching
  if (matching.length !== 1 || !only) return one
  // A twin that was there beside the register all the time, scales on the same adapter, is not where it went.
  return seenPorts.includes(only.path) ? one : { ...one, port: only.path }
}

const isSameUsb = (one: UsbIds, other: UsbIds): boolean =>
  one.vendor === other.vendor &&
  one.product === other.product &&
  one.serial === other.serial &&
  one.interface === other.interface

/** True while a serial port of the register is not there: it is off, unplugged, or plugged in where it cannot be known again. */
export const isMissing = ({ ways }: FoundRegister, ports: readonly SerialPlace[]): boolean =>
  ways.some(one => isGone(one, ports))

const isGone = ({ port }: FoundWay, ports: readonly SerialPlace[]): boolean =>
  !port.includes('://') && !ports.some(({ path }) => path === port)

/** Without the ports that are gone, for registers that were just read by another way. */
export const withoutGone = (
  registers: readonly FoundRegister[],
  read: readonly ReadWay[],
  ports: readonly SerialPlace[],
): readonly FoundRegister[] =>
  registers.map(register => {
    const isRead = register.ways.some(one => read.some(({ way: { port } }) => port === one.port))
    return isRead ? { ...register, ways: register.ways.filter(one => !isGone(one, ports)) } : register
  })

/** A found register as the configuration would name it. */
export function configOf({ slot, ways }: FoundRegister): RegisterConfig {
  const [first, ...also] = ways.map(({ driver, variant, port, baud }) => ({
    driver,
    variant,
    port,
    ...(baud !== null && { baud }),
  }))
  return registerConfig.parse({ slot, ...first, also })
}
