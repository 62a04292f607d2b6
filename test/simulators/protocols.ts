import type { RequestListener } from 'node:http'
import { AppError } from '@tillwatch/shared'
import type { z } from 'zod'
import { atolV2, atolV3 } from './atol/protocol.ts'
import { atolWeb1, atolWeb2 } from './atol-web/protocol.ts'
import { mercury } from './mercury/protocol.ts'
import { mitsu } from './mitsu/protocol.ts'
import { pirit } from './pirit/protocol.ts'
import type { Device, Line } from './register.ts'
import type { RegisterState } from './register-state.ts'
import { shtrihM, shtrihMPackets } from './shtrih-m/protocol.ts'

/** The device side of one vendor's protocol in one variant. */
export interface SimulatedProtocol {
  readonly name: string
  readonly variant: number
  /** Schema of the whole state, the protocol's own quirks included. */
  readonly stateSchema: z.ZodType<RegisterState>
  /** Bytes as on a cable or in a connection; absent where the vendor offers a web service alone. */
  openLine?(device: Device<unknown>, write: (bytes: Uint8Array) => void): Line
  /** The vendor's web service over the same register. */
  webService?(device: Device<unknown>): RequestListener
}

/** Every protocol that can be simulated; the first variant of a name is its default. */
export const PROTOCOLS: readonly SimulatedProtocol[] = [
  atolV3,
  atolV2,
  shtrihM,
  shtrihMPackets,
  pirit,
  atolWeb2,
  atolWeb1,
  mercury,
  mitsu,
]

export const PROTOCOL_NAMES = [...new Set(PROTOCOLS.map(({ name }) => name))]

/** The protocol of that name. Throws `simulator.protocol` with what there is. */
export function findProtocol(name: string, variant?: number): SimulatedProtocol {
  const found = PROTOCOLS.find(each => each.name === name && (variant === undefined || each.variant === variant))
  if (found) return found
  const known = PROTOCOLS.map(each => `${each.name} variant ${each.variant}`).join(', ')
  const asked = variant === undefined ? name : `${name} variant ${variant}`
  throw new AppError('simulator.protocol', `no simulated protocol ${asked}`, { nextStep: `Choose one of: ${known}.` })
}
