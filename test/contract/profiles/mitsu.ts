import type { DriverProfile } from '../driver-profile.ts'

/** MITSU 1-F. */
export const mitsu: DriverProfile = {
  driver: 'mitsu',
  facts: {
    'fiscal.register.vendor': 'MITSU',
    'fiscal.register.model': 'MITSU-1-F',
    'fiscal.register.serial': '065001234567890',
    'fiscal.register.firmware': '1.1.06',
    'fiscal.register.ofd_channel': 'register',
    'fiscal.register.error': null,
  },
  untold: ['fiscal.register.paper', 'fiscal.register.cover', 'fiscal.fn.firmware', 'fiscal.fn.documents_left'],
  ordinaryCommandsMax: 5,
  otherSerial: '065001234567777',
  unchecked: ['tcp'],
  atWork: [
    ['the register prints', { faults: { printing: true } }, 1],
    ['the register says that a document is open', { quirks: { errors: { "GET INFO='0'": { no: 22 } } } }, 1],
  ],
  cannot: { expiry_after_flags: 'the drive’s end is read in every poll' },
  states: [
    [
      'no paper and an open cover',
      { register: { paper: 'absent', cover: 'open' } },
      { 'fiscal.register.error': null, 'fiscal.register.mode': 'shift_open' },
    ],
    [
      'no drive at all',
      { faults: { fn_absent: true } },
      {
        'fiscal.register.error': 'fn_link',
        'fiscal.fn.phase': null,
        'fiscal.ofd.unsent_documents': null,
        'fiscal.register.mode': null,
        'fiscal.register.ofd_host': 'ofd.example',
      },
    ],
    [
      'names as printed, no blanks, closing tags, small letters',
      { quirks: { host_attribute: 'ADDR', missing_space: true, closing: 'ANS', lower_case_names: true } },
      {
        'fiscal.register.ofd_host': 'ofd.example',
        'fiscal.fn.valid_until': '2028-02-14',
        'fiscal.shift.state': 'open',
      },
    ],
    [
      'a program on the PC that sends to the OFD, and long names in pieces',
      {
        register: { organisation: '«Пирожковая»'.repeat(20), ofd_name: 'ОФД & Ко' },
        quirks: { ofd_client: 'pc', double_quotes: true },
      },
      { 'fiscal.register.ofd_channel': 'pc', 'fiscal.register.ofd_name': 'ОФД & Ко' },
    ],
    [
      'documents that wait, the first at an impossible date',
      {
        ofd: { unsent_documents: 2, first_unsent_at: '2026-11-20T10:00' },
        quirks: { raw_answers: { "GET INFO='OFD'": "<OK COUNT='2' FIRST='7' DATE='2000-00-00' TIME='00:00'/>" } },
      },
      {
        'fiscal.ofd.unsent_documents': 2,
        'fiscal.ofd.first_unsent_document': 7,
        'fiscal.ofd.first_unsent_at': null,
      },
    ],
    [
      'a register that was never registered',
      { fn: { phase: 'ready' } },
      {
        'fiscal.fn.phase': 'ready',
        'fiscal.register.registration_number': null,
        'fiscal.register.ffd': null,
        'fiscal.register.autonomous': null,
        'fiscal.ofd.unsent_documents': null,
      },
    ],
    [
      'FFD 1.05 and a 12-digit INN',
      { register: { ffd: '1.05', inn: '500100732259' } },
      { 'fiscal.register.ffd': '1.05', 'fiscal.register.inn': '500100732259' },
    ],
    ['one byte at a time', { quirks: { one_byte_writes: true } }, { 'fiscal.fn.valid_until': '2028-02-14' }],
  ],
}
