import type { DriverProfile } from '../driver-profile.ts'
import { shtrihM } from './shtrih-m.ts'

/** Shtrih-M, protocol 2: the same commands in numbered packets; each hold begins with the device type. */
export const shtrihMPackets: DriverProfile = {
  ...shtrihM,
  variant: 2,
  ordinaryCommandsMax: 7,
  atWork: [
    ['a receipt is open', { register: { mode: 'document_open' } }, 2],
    ['the register prints', { faults: { printing: true } }, 2],
    ['the drive forms a document', { fn: { current_document: 4 } }, 4],
  ],
  states: [
    ...shtrihM.states,
    ['numbers that go round', { quirks: { last_packet_number: 65_530 } }, { 'fiscal.fn.valid_until': '2028-02-14' }],
    ['numbers that are stuffed', { quirks: { last_packet_number: 0x9f8d } }, { 'fiscal.fn.valid_until': '2028-02-14' }],
  ],
}
