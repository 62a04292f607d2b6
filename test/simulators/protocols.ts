import { AppError } from '@tillwatch/shared'
import type { z } from 'zod'
import type { Device, Line } from './register.ts'
import type { RegisterState } from './register-state.ts'
import { shtrihM } from './shtrih-m/protocol.ts'

/** The device side of one vendor's protocol in one variant. */
export interface SimulatedProtocol {
  readonly name: string
  readonly variant: number
  /** Schema of the whole state, the protocol's own quirks included. */
  readonly stateSchema: z.ZodType<RegisterState>
  openLine(device: Device<unknown>, write: (bytes: Uint8Array) => void): Line
}

/** Every protocol that can be simulated; the first variant of a name is its default. */
const PROTOCOLS: readonly SimulatedProtocol[] = [shtrihM]

/** The protocol of that name. Throws `simulator.protocol` with what there is. */
export function findProtocol(name: string, variant?: number): SimulatedProtocol {
  const found = PROTOCOLS.find(each => each.name === name && (variant === undefined || each.variant === variant))
  if (found) return found
  const known = PROTOCOLS.map(each => `${each.name} variant ${each.variant}`).join(', ')
  const asked = variant === undefined ? name : `${name} variant ${variant}`
  throw new AppError('simulator.protocol', `no simulated protocol ${asked}`, { nextStep: `Choose one of: ${known}.` })
}
