import type { DriverProfile } from '../driver-profile.ts'

/** Shtrih-M, protocol 1. */
export const shtrihM: DriverProfile = {
  driver: 'shtrih-m',
  variant: 1,
  state: { register: { firmware: 'C.2.34404' } },
  facts: {
    'fiscal.register.vendor': 'Штрих-М',
    'fiscal.register.model': 'ШТРИХ-ЛАЙТ-01Ф',
    'fiscal.register.firmware': 'C.2.34404',
    'fiscal.register.ofd_channel': 'register',
  },
  untold: [],
  ordinaryCommandsMax: 6,
  secret: { state: { passwords: { sysadmin: 1234 } }, passwords: { administrator: 1234, operator: 7 } },
  atWork: [
    ['a receipt is open', { register: { mode: 'document_open' } }, 1],
    ['the register prints', { faults: { printing: true } }, 1],
    ['the drive forms a document', { fn: { current_document: 4 } }, 3],
  ],
  states: [
    [
      'FFD 1.05, short answers of old firmware, 12-digit INN',
      {
        register: { ffd: '1.05', inn: '500100732259' },
        quirks: { short_status_bytes: 16, fn_expiry_bytes: 6, registration_bytes: 55, free_memory_bytes: null },
      },
      {
        'fiscal.register.ffd': '1.05',
        'fiscal.register.inn': '500100732259',
        'fiscal.register.ofd_inn': '7709876543',
        'fiscal.fn.registrations_left': null,
        'fiscal.fn.documents_left': null,
      },
    ],
    [
      'a taxpayer that only the table of the drive names',
      { quirks: { unsupported: ['FF09'], raw_answers: { '11': `${'..'.repeat(42)}${'FF'.repeat(6)}` } } },
      { 'fiscal.register.inn': '7701234567', 'fiscal.register.autonomous': null },
    ],
    [
      'a cash core with other tables and long answers',
      { quirks: { model_parameters_bytes: 39, full_status_bytes: 52 } },
      {
        'fiscal.register.serial': '0000000000301234',
        'fiscal.register.ffd': '1.2',
        'fiscal.register.ofd_name': 'ОФД «Проверка»',
        'fiscal.register.ofd_host': 'ofd.example',
        'fiscal.register.ofd_port': 7777,
        'fiscal.marking.unsent_notifications': 0,
        'fiscal.fn.documents_left': 180_000,
      },
    ],
    [
      'a cash core whose registration only its tables tell, at their own places',
      {
        quirks: {
          model_parameters_bytes: 39,
          unsupported: ['FF09'],
          raw_answers: { '11': `${'..'.repeat(42)}${'FF'.repeat(6)}` },
        },
      },
      {
        'fiscal.register.serial': '0000000000301234',
        'fiscal.register.registration_number': '0001234567012345',
        'fiscal.register.inn': '7701234567',
        'fiscal.register.ofd_inn': '7709876543',
      },
    ],
    [
      'a register whose documents a driver on the PC sends',
      { quirks: { ofd_exchange: 'pc' } },
      { 'fiscal.register.ofd_channel': 'pc' },
    ],
    [
      'firmware without tables, memory and versions',
      { quirks: { unsupported: ['F7', '2E', '1F', 'FF63', 'FF04', 'FF09'] } },
      {
        'fiscal.register.serial': '301234',
        'fiscal.fn.documents_left': null,
        'fiscal.fn.valid_until': '2028-02-14',
        'fiscal.register.inn': '7701234567',
      },
    ],
    ['one byte at a time', { quirks: { one_byte_writes: true } }, { 'fiscal.fn.valid_until': '2028-02-14' }],
    [
      'noise, joined answers, an FF after each',
      { quirks: { noise_before_nak: true, ack_joined: true, tcp_extra_ff: true } },
      { 'fiscal.fn.valid_until': '2028-02-14' },
    ],
    [
      'a foreign answer that nobody fetches',
      { quirks: { foreign_pending_answer: true } },
      { 'fiscal.fn.valid_until': '2028-02-14' },
    ],
  ],
}
