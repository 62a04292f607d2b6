import type { DriverProfile } from '../driver-profile.ts'

const common = {
  driver: 'atol-web',
  untoldFlags: ['flk_rejected', 'setup_needed', 'ofd_cancelled'],
  ordinaryCommandsMax: 9,
  service: { takesBack: ['DELETE requests'], look: 'GET requests' },
  secret: {
    state: { quirks: { users: { monitor: 'a secret' } } },
    passwords: { user: 'monitor', password: 'a secret' },
  },
  atWork: [
    ['a receipt is open', { register: { mode: 'document_open' } }, 4],
    ['the register prints', { faults: { printing: true } }, 2],
    ['the drive forms a document', { fn: { current_document: 4 } }, 4],
    ['a job of another program has just come', { quirks: { foreign_jobs: 1 } }, 1],
  ],
  cannot: { expiry_after_flags: 'the end of the drive is told in every poll' },
} as const satisfies Partial<DriverProfile>

const facts = {
  'fiscal.register.vendor': 'АТОЛ',
  'fiscal.register.model': 'АТОЛ 55Ф',
  'fiscal.register.firmware': '5.8.20',
  'fiscal.register.ofd_channel': 'pc',
  'fiscal.ofd.error': null,
}

const states: DriverProfile['states'] = [
  [
    'an OFD that cannot be reached, documents of yesterday',
    {
      ofd: { unsent_documents: 3, first_unsent_document: 1052, first_unsent_at: '2026-11-19T18:05' },
      quirks: {
        last_connection_at: '2026-11-19T17:59:12+03:00',
        ofd_channel: 'wifi',
        exchange_errors: { network: { code: 135, description: 'Нет соединения' } },
      },
    },
    {
      'fiscal.ofd.unsent_documents': 3,
      'fiscal.ofd.first_unsent_at': '2026-11-19T18:05',
      'fiscal.ofd.error': 'network 135: Нет соединения',
      'fiscal.ofd.last_connection_at': '2026-11-19T17:59:12',
      'fiscal.register.ofd_channel': 'register',
    },
  ],
  [
    'a padded registration number and a blocked register',
    { register: { mode: 'blocked' }, quirks: { padded_registration_number: true } },
    { 'fiscal.register.registration_number': '0001234567012345', 'fiscal.register.mode': 'blocked' },
  ],
  [
    'words that no list has',
    {
      quirks: {
        ofd_channel: 'tcpipOsStack',
        running_word: 'thinking',
        run_ms: 150,
        results: { getFnInfo: { fnInfo: { livePhase: 'unknown', warnings: null } } },
      },
    },
    { 'fiscal.fn.phase': null, 'fiscal.fn.flags': null, 'fiscal.register.ofd_channel': null },
  ],
  [
    'FFD 1.05 and a 12-digit INN',
    { register: { ffd: '1.05', inn: '500100732259' } },
    { 'fiscal.register.ffd': '1.05', 'fiscal.register.inn': '500100732259' },
  ],
  [
    'a drive that is not registered',
    { fn: { phase: 'ready' } },
    { 'fiscal.fn.phase': 'ready', 'fiscal.fn.valid_until': null, 'fiscal.register.inn': null },
  ],
  ['a drive that does not answer', { register: { error: 'fn_link' } }, { 'fiscal.register.error': 'fn_link' }],
  ['a drive that failed', { register: { error: 'fn' } }, { 'fiscal.register.error': 'fn' }],
  [
    'a job that waits longer than one hold of the port',
    { quirks: { wait_ms: 2_500 } },
    { 'fiscal.register.serial': '0000000000301234' },
  ],
]

/** "ATOL Web Requests": version 2 of the interface. */
export const atolWeb: DriverProfile = {
  ...common,
  variant: 2,
  facts: { ...facts, 'fiscal.driver.version': '10.10.6.0' },
  untold: ['fiscal.fn.documents_left'],
  states: [
    ...states,
    [
      'errors that lie flat, entries without a result',
      { quirks: { result_shape: 'flat', result_absent: true, no_date: null, error_body: 'empty' } },
      { 'fiscal.fn.valid_until': '2028-02-14', 'fiscal.ofd.unsent_documents': 0 },
    ],
  ],
}

/** The web server of older drivers: version 1 of the interface. */
export const atolWebV1: DriverProfile = {
  ...common,
  variant: 1,
  facts,
  untold: [
    'fiscal.fn.documents_left',
    'fiscal.driver.version',
    'fiscal.fn.firmware',
    'fiscal.marking.unsent_notifications',
  ],
  states: [
    ...states,
    [
      'errors that are nested as in version 2',
      { quirks: { result_shape: 'nested' } },
      { 'fiscal.fn.valid_until': '2028-02-14' },
    ],
  ],
}
