import type { LocalMs } from '../local-time.ts'
import { parseLocal } from '../local-time.ts'
import type { Device } from '../register.ts'
import type { Quirks } from './quirks.ts'

export type AtolDevice = Device<Quirks>

/** One register behind the service, as its driver sees it. */
export interface RegisterView {
  readonly id: string
  readonly active: boolean
  readonly serial: string
  readonly fnSerial: string
  /** Reason with which its queue is blocked; null while it runs. */
  readonly block: string | null
  /** Unfinished jobs that other programs have in its queue. */
  readonly foreignJobs: number
  readonly device: AtolDevice
}

/** Every register behind the service: the one that the state describes, then the others. */
export function registersOf(device: AtolDevice): RegisterView[] {
  const { register, fn, quirks } = device.state
  const first = {
    id: quirks.device_id,
    active: quirks.device_active,
    serial: register.serial,
    fn_serial: fn.serial,
    block: quirks.block,
    foreign_jobs: quirks.foreign_jobs,
  }
  return [first, ...quirks.other_devices].map(({ fn_serial, foreign_jobs, ...one }) => ({
    ...one,
    fnSerial: fn_serial,
    // A queue is blocked by a job that is not ours.
    foreignJobs: Math.max(foreign_jobs, one.block === null ? 0 : 1),
    device,
  }))
}

/** A local time as the service writes it: the device's digits with the offset of the PC. */
export const timeText = ({ state }: AtolDevice, at: LocalMs): string =>
  `${new Date(at).toISOString().slice(0, 19)}${state.quirks.utc_offset}`

/** The same for what a state holds as text; null is whatever this driver writes where there is no date. */
export const stateTimeText = (device: AtolDevice, at: string | null): string | null =>
  at === null ? device.state.quirks.no_date : timeText(device, parseLocal(at))
