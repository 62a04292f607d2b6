import type { DriverProfile } from '../driver-profile.ts'

/** Mercury registers behind the service INECRMAN. */
export const mercury: DriverProfile = {
  driver: 'mercury',
  facts: {
    'fiscal.register.vendor': 'Инкотекс',
    'fiscal.register.model': 'Меркурий-185Ф',
    'fiscal.register.firmware': '4.2.17',
    'fiscal.driver.version': '3.12.1.2',
  },
  untold: [
    'fiscal.register.cover',
    'fiscal.register.error',
    'fiscal.fn.valid_until',
    'fiscal.fn.flags',
    'fiscal.fn.documents_left',
    'fiscal.fn.registrations_left',
    'fiscal.fn.firmware',
    'fiscal.marking.unsent_notifications',
  ],
  ordinaryCommandsMax: 3,
  slowMs: 360,
  atWork: [['a receipt is open', { register: { mode: 'document_open' } }, 4]],
  cannot: {
    expiry_after_flags: 'the service tells neither the drive’s end nor its warnings',
    other_register: 'the status names the drive, not the register: another register is seen by its drive',
  },
  states: [
    [
      'an older version of service and register',
      {
        fn: { serial: '9960440300112233' },
        quirks: { profile: 'old', empty_queue: 'text', numbers_as_text: true, upper_case_names: true },
      },
      {
        'fiscal.fn.serial': '9960440300112233',
        'fiscal.register.paper': null,
        'fiscal.ofd.unsent_documents': 0,
        'fiscal.ofd.first_unsent_document': null,
        'fiscal.register.registration_number': '0001234567012345',
      },
    ],
    [
      'an answer in an array, zero bytes behind it, in pieces',
      { quirks: { array_answer: true, trailing_nuls: 2, nuls_counted: false, piece_bytes: 5, empty_queue: 'missing' } },
      { 'fiscal.register.serial': '0000000000301234', 'fiscal.ofd.unsent_documents': 0 },
    ],
    [
      'FFD 1.05, a 12-digit INN, a shift with its beginning',
      {
        register: { ffd: '1.05', inn: '500100732259' },
        quirks: { shift_opened_at: '2026-11-22T08:00:00' },
      },
      {
        'fiscal.register.ffd': '1.05',
        'fiscal.register.inn': '500100732259',
        'fiscal.shift.opened_at': '2026-11-22T08:00:00',
      },
    ],
    [
      'a register that was never registered',
      { fn: { phase: 'ready' } },
      {
        'fiscal.fn.phase': 'ready',
        'fiscal.register.registration_number': null,
        'fiscal.register.autonomous': null,
      },
    ],
    ['one session at a time', { quirks: { single_session: true } }, { 'fiscal.register.serial': '0000000000301234' }],
  ],
}
