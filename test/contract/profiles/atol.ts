import type { DriverProfile, StateCase } from '../driver-profile.ts'

const posTasks = (...states: string[]) => ({ pos_tasks: states.map((state, index) => ({ id: 0xc0 + index, state })) })

const states: readonly StateCase[] = [
  [
    'a shift over 24 hours that the drive calls so',
    { shift: { state: 'expired' }, quirks: { expired_shift_error: null, errors: { 'A4 20': '88' } } },
    { 'fiscal.shift.state': 'expired', 'fiscal.register.mode': 'shift_expired', 'fiscal.shift.number': 41 },
  ],
  [
    'a shift over 24 hours of which nothing tells',
    { shift: { state: 'expired' }, quirks: { expired_shift_error: null } },
    { 'fiscal.shift.state': 'open', 'fiscal.shift.number': 41 },
  ],
  [
    'an autonomous register',
    { register: { autonomous: true } },
    { 'fiscal.ofd.unsent_documents': 0, 'fiscal.fn.phase': 'fiscal' },
  ],
  ['paper near its end', { register: { paper: 'low' } }, { 'fiscal.register.paper': 'low' }],
  ['a failed cutter', { register: { error: 'cutter' } }, { 'fiscal.register.error': 'cutter' }],
  ['no link with the printer', { register: { error: 'printer' } }, { 'fiscal.register.error': 'printer' }],
  ['a paper jam', { quirks: { printer_flags: 0x20 } }, { 'fiscal.register.error': 'printer' }],
  [
    'a drive that failed',
    { register: { error: 'fn' } },
    { 'fiscal.register.error': 'fn', 'fiscal.fn.phase': null, 'fiscal.register.mode': 'shift_open' },
  ],
  [
    'a drive that is not registered',
    { shift: { state: 'closed' }, fn: { phase: 'ready' } },
    {
      'fiscal.fn.phase': 'ready',
      'fiscal.fn.valid_until': null,
      'fiscal.ofd.unsent_documents': null,
      'fiscal.register.error': 'none',
    },
  ],
  [
    'a query that is not available in this mode',
    { quirks: { errors: { 'A4 20': '66', 'A4 32': 'DA' } } },
    { 'fiscal.ofd.unsent_documents': null, 'fiscal.fn.valid_until': null, 'fiscal.shift.number': 41 },
  ],
  [
    'old firmware without several commands',
    { quirks: { unsupported: ['45', 'A5', 'A4 33'] } },
    {
      'fiscal.register.error': null,
      'fiscal.register.model': 'АТОЛ 55Ф',
      'fiscal.register.firmware': null,
      'fiscal.fn.firmware': null,
      'fiscal.fn.valid_until': '2028-02-14',
    },
  ],
  [
    'dates that no calendar has',
    {
      ofd: { unsent_documents: 1, first_unsent_document: 1054, first_unsent_at: '2026-11-20T10:00' },
      quirks: {
        raw_answers: {
          '3F': `.. .. .. 26 13 FF ${'..'.repeat(24)}`,
          'A4 20': `${'..'.repeat(10)} 1A 00 00 00 00`,
          'A4 32': '.. .. 1C 02 1F .. ..',
        },
      },
    },
    {
      'fiscal.register.clock_at': null,
      'fiscal.ofd.unsent_documents': 1,
      'fiscal.ofd.first_unsent_document': 1054,
      'fiscal.ofd.first_unsent_at': null,
      'fiscal.fn.valid_until': null,
    },
  ],
  [
    'a model that is in no list and gives no name',
    { quirks: { raw_answers: { '3F': `${'..'.repeat(14)} EE ${'..'.repeat(15)}`, A5: `${'..'.repeat(11)} 00` } } },
    { 'fiscal.register.model': 'АТОЛ 55Ф' },
  ],
  ['one byte at a time', { quirks: { one_byte_writes: true } }, { 'fiscal.fn.valid_until': '2028-02-14' }],
]

const common = {
  driver: 'atol',
  facts: {
    'fiscal.register.vendor': 'АТОЛ',
    'fiscal.register.model': 'АТОЛ 55Ф',
    'fiscal.register.firmware': '3.0.1245',
    // The last six digits are all that the protocol tells.
    'fiscal.register.serial': '301234',
  },
  untold: [
    'fiscal.register.registration_number',
    'fiscal.register.inn',
    'fiscal.register.ffd',
    'fiscal.register.ofd_name',
    'fiscal.register.ofd_inn',
    'fiscal.register.ofd_host',
    'fiscal.register.ofd_port',
    'fiscal.register.autonomous',
    'fiscal.shift.opened_at',
    'fiscal.ofd.last_connection_at',
    'fiscal.ofd.error',
    'fiscal.fn.documents_left',
    'fiscal.marking.unsent_notifications',
  ],
  untoldFlags: ['flk_rejected', 'setup_needed', 'ofd_cancelled'],
  ordinaryCommandsMax: 5,
  otherSerial: '777777',
  secret: { state: { quirks: { access_password: '1234' } }, passwords: { access: '1234' } },
  atWork: [
    ['a receipt is open', { register: { mode: 'document_open' } }, 1],
    ['the register prints', { faults: { printing: true } }, 1],
    ['a person programs the register', { register: { mode: 'service' } }, 1],
    ['the drive forms a document', { fn: { current_document: 4 } }, 2],
    ['an earlier operation goes on', { quirks: { errors: { 'A4 30': '76' } } }, 2],
  ],
} as const satisfies Partial<DriverProfile>

const VALID = { 'fiscal.fn.valid_until': '2028-02-14', 'fiscal.register.error': 'none' }

/** Transport 3. */
export const atolTasks: DriverProfile = {
  ...common,
  variant: 3,
  states: [
    ...states,
    ['results that come unasked', { quirks: { results: 'pushed', joined_writes: true } }, VALID],
    ['results of tasks in progress', { quirks: { results: 'pushed', waiting: 'A2' }, faults: { delay_ms: 40 } }, VALID],
    ['frames that get lost', { quirks: { lose_every: 5 } }, VALID],
    ['frames that come twice', { quirks: { duplicate_every: 2, results: 'pushed' } }, VALID],
    ['results of another program in between', { quirks: { foreign_result: 5 } }, VALID],
    [
      'results of another program under the ids that we would take',
      { quirks: posTasks('finished', 'finished') },
      VALID,
    ],
  ],
}

/** Transport 2. */
export const atolHandshake: DriverProfile = {
  ...common,
  variant: 2,
  states: [
    ...states,
    ['enquiries that are said twice', { quirks: { repeats_enq: true } }, VALID],
    ['both sides beginning at once', { quirks: { collisions: 2 } }, VALID],
    [
      'firmware that forgets a DLE',
      // A time of its own: one whose bytes happen to look like ETX and checksum ends such a frame too early, on a real line as well.
      {
        quirks: { forgets_dle: true },
        register: { clock_at: '2026-11-22T12:30:05' },
        shift: { state: 'open', number: 771, receipts: 3 },
      },
      { ...VALID, 'fiscal.shift.number': 771, 'fiscal.shift.receipts': 3 },
    ],
  ],
}
