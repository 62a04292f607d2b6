import type { EpochMs, WireFact } from '@tillwatch/shared'
import { z } from 'zod'
import { type HostFacts, told, untold } from '../host-item.ts'
import { instantMsOf, lenient, serviceFlag, serviceText, utcDay } from '../told-json.ts'
import { lmFacts } from './lm-answers.ts'

/** One ESM instance a register; a till has at most 16. */
const INSTANCES_MAX = 16

/** An instance as the orchestrator lists it. Its id is the register's serial and becomes part of a path: letters, digits, - and _ alone. */
const listed = z.object({ id: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$/), serviceState: serviceText })
export type ListedInstance = z.infer<typeof listed>

/** The instances of `GET /api/v1/instances/info`, or null when it is no such answer. What has no usable id is left out. */
export function listedInstances(json: unknown): readonly ListedInstance[] | null {
  const parsed = z.object({ instances: z.array(z.unknown()) }).safeParse(json)
  if (!parsed.success) return null
  return parsed.data.instances.slice(0, INSTANCES_MAX).flatMap(each => listed.safeParse(each).data ?? [])
}

/** Old licences stay in the list; a till has a handful. */
const LICENCES_MAX = 64

const licence = z.object({ isActive: serviceFlag, activeTill: z.unknown() })
type Licence = z.infer<typeof licence>

/** `espToken` in `regData` is a secret: it is not among what is taken from the answer. */
const instanceInfo = z.object({
  state: serviceText,
  version: serviceText,
  licenses: lenient(z.array(z.unknown())),
  regData: lenient(
    z.object({ kktSerial: serviceText, fnSerial: serviceText, kktInn: lenient(z.string().regex(/^(\d{10}|\d{12})$/)) }),
  ),
})

/** Facts of `GET /api/v1/instances/info/{id}`; without such an answer only what the list told. */
export function instanceFacts(json: unknown, { serviceState }: ListedInstance): HostFacts {
  const parsed = instanceInfo.safeParse(json)
  const { state, version, licenses, regData } = parsed.success ? parsed.data : {}
  return {
    'chz.piot.state': told(serviceState ?? state),
    'chz.piot.version': told(version),
    ...licenceFacts((licenses ?? []).slice(0, LICENCES_MAX).flatMap(each => licence.safeParse(each).data ?? [])),
    'chz.piot.register_serial': told(regData?.kktSerial),
    'chz.piot.fn_serial': told(regData?.fnSerial),
    'chz.piot.inn': told(regData?.kktInn),
  }
}

/** Facts of `GET /api/v1/instances/lm/{id}`: the local module that this instance works with. */
export function instanceLmFacts(json: unknown, now: EpochMs): HostFacts {
  const parsed = z.object({ lmStatus: z.unknown() }).safeParse(json)
  return (parsed.success ? lmFacts(parsed.data.lmStatus, now) : null) ?? {}
}

/** The licence that lasts longest, of the active ones where there are any. */
function licenceFacts(licences: readonly Licence[]): HostFacts {
  const active = licences.filter(({ isActive }) => isActive === true)
  const flags = licences.flatMap(({ isActive }) => isActive ?? [])
  return {
    'chz.piot.licence_active': flags.length === 0 ? untold('not_told') : active.length > 0,
    'chz.piot.licence_until': lastDay(active.length > 0 ? active : licences),
  }
}

function lastDay(licences: readonly Licence[]): WireFact {
  const days = licences.flatMap(({ activeTill }) => instantMsOf(activeTill) ?? [])
  if (days.length > 0) return utcDay(Math.max(...days))
  return untold(licences.some(({ activeTill }) => activeTill) ? 'unclear_date' : 'not_told')
}
