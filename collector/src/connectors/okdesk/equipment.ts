import { type DeskMessage, delivered, type Outcome } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { type Device, devices } from './mapping.ts'

/** The device with this serial in the account's list of equipment; null when there is none. */
export async function deviceOf(api: DeskApi, serial: string, signal: AbortSignal): Promise<Outcome<Device | null>> {
  if (serial === '') return delivered(null)
  const found = await api.get(`/equipments/?${new URLSearchParams({ serial_number: serial })}`, devices, signal)
  if (found.kind === 'rejected' && found.reason === 'not_found') return delivered(null)
  if (found.kind !== 'delivered') return found
  return delivered(found.value?.find(each => each.serial_number === serial) ?? null)
}

/** The serial in the words for a register, where it stands last. */
export const serialIn = ({ subject }: DeskMessage): string =>
  subject.itemId.startsWith('register:') ? (subject.ci.split(' ').at(-1) ?? '') : ''
