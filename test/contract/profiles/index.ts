import type { DriverProfile } from '../driver-profile.ts'
import { atolHandshake, atolTasks } from './atol.ts'
import { atolWeb, atolWebV1 } from './atol-web.ts'
import { mercury } from './mercury.ts'
import { mitsu } from './mitsu.ts'
import { pirit } from './pirit.ts'
import { shtrihM } from './shtrih-m.ts'
import { shtrihMPackets } from './shtrih-m-packets.ts'

/** A profile on one kind of port. */
export interface ProfiledPort {
  readonly title: string
  readonly profile: DriverProfile
  readonly kind: keyof typeof PORTS
  readonly port: string
}

const PORTS = { serial: '/dev/ttyS0', tcp: 'tcp://192.168.1.20:5555', http: 'http://127.0.0.1:16732' } as const

const on = (profile: DriverProfile, ...kinds: (keyof typeof PORTS)[]): ProfiledPort[] =>
  kinds.map(kind => ({
    title: `${profile.driver}${profile.variant === undefined ? '' : ` variant ${profile.variant}`} over ${kind}`,
    profile,
    kind,
    port: PORTS[kind],
  }))

/** Every driver in every variant on every kind of port that it can use. */
export const PROFILES: readonly ProfiledPort[] = [
  ...on(shtrihM, 'serial', 'tcp'),
  ...on(shtrihMPackets, 'serial', 'tcp'),
  ...on(atolTasks, 'serial', 'tcp'),
  ...on(atolHandshake, 'serial', 'tcp'),
  ...on(atolWeb, 'http'),
  ...on(atolWebV1, 'http'),
  ...on(pirit, 'serial', 'tcp'),
  ...on(mercury, 'tcp', 'http'),
  ...on(mitsu, 'serial', 'tcp'),
]
