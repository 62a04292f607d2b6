import { expect } from 'vitest'
import type { DriverProfile } from '../driver-profile.ts'

/** Pirit family; FM16 firmware for FFD 1.2 unless a state says otherwise. */
export const pirit: DriverProfile = {
  driver: 'pirit',
  facts: {
    'fiscal.register.vendor': 'Кристалл Сервис / Дримкас',
    'fiscal.register.model': 'Viki Print 57+',
    'fiscal.register.firmware': '665.4.2',
    // Code page 866 has no other quotation marks.
    'fiscal.register.ofd_name': 'ОФД "Проверка"',
    'fiscal.shift.opened_at': expect.stringMatching(/^2026-11-22T11:30:0\d$/),
  },
  untold: ['fiscal.fn.registrations_left', 'fiscal.fn.documents_left'],
  untoldFlags: ['flk_rejected', 'setup_needed', 'ofd_cancelled'],
  ordinaryCommandsMax: 10,
  otherDrive: '9960440300888888',
  secret: { state: { quirks: { link_password: 'DRRB' } }, passwords: { link: 'DRRB' } },
  atWork: [
    ['a receipt is open', { register: { mode: 'document_open' } }, 1],
    ['the register prints', { faults: { printing: true } }, 1],
    ['the drive forms a document', { fn: { current_document: 4 } }, 3],
  ],
  states: [
    [
      'firmware for FFD 1.05, a 12-digit INN',
      { register: { ffd: '1.05', inn: '500100732259' }, quirks: { profile: 'fm16_ffd105' } },
      {
        'fiscal.register.ffd': '1.05',
        'fiscal.register.inn': '500100732259',
        'fiscal.fn.valid_until': '2028-02-14',
      },
    ],
    [
      'Пирит 2Ф',
      { register: { model: 'Пирит 2Ф', firmware: '565.1.4' }, quirks: { profile: 'pirit_2f' } },
      { 'fiscal.register.model': 'Пирит 2Ф', 'fiscal.register.firmware': '565.1.4' },
    ],
    [
      'a model that is in no list',
      { quirks: { raw_answers: { '02/21': ['12'] } } },
      { 'fiscal.register.model': null, 'fiscal.fn.valid_until': '2028-02-14' },
    ],
    [
      'a shift that was opened yesterday',
      { shift: { state: 'expired' }, quirks: { shift_opened_at: '2026-11-21T08:00:00' } },
      { 'fiscal.shift.state': 'expired', 'fiscal.shift.opened_at': '2026-11-21T08:00:00' },
    ],
    [
      'a closed shift, which has no opening',
      { shift: { state: 'closed' }, quirks: { shift_opened_at: '2026-11-21T08:00:00' } },
      { 'fiscal.register.mode': 'shift_closed', 'fiscal.shift.opened_at': null },
    ],
    [
      'a closing that was cut off',
      { quirks: { shift_close_unfinished: true } },
      { 'fiscal.register.mode': 'blocked', 'fiscal.register.error': 'none' },
    ],
    [
      'a fatal state of the register itself',
      { quirks: { fatal: ['nvr', 'sd_card'] } },
      { 'fiscal.register.mode': 'blocked', 'fiscal.register.error': 'other' },
    ],
    ['a drive that failed', { register: { error: 'fn' } }, { 'fiscal.register.error': 'fn', 'fiscal.fn.phase': null }],
    ['clocks that differ', { register: { error: 'clock' } }, { 'fiscal.register.error': 'clock' }],
    ['a failed cutter', { register: { error: 'cutter' } }, { 'fiscal.register.error': 'cutter' }],
    ['no link with the printer', { register: { error: 'printer' } }, { 'fiscal.register.error': 'printer' }],
    [
      'a printer without a link, of which nothing else is known',
      { quirks: { raw_answers: { '04': ['128'] } } },
      { 'fiscal.register.paper': null, 'fiscal.register.cover': null, 'fiscal.register.error': 'printer' },
    ],
    [
      'a printer that is not ready and does not say why',
      { quirks: { raw_answers: { '04': ['1'] } } },
      { 'fiscal.register.paper': 'present', 'fiscal.register.error': 'printer' },
    ],
    [
      'a printer out of paper that refuses to tell more',
      { quirks: { errors: { '04': '08' } } },
      { 'fiscal.register.paper': 'absent', 'fiscal.register.cover': null, 'fiscal.register.error': 'paper' },
    ],
    [
      'a control tape that failed',
      { quirks: { raw_answers: { '00': ['0', '516', '0'] } } },
      { 'fiscal.register.mode': 'shift_open', 'fiscal.register.error': 'other' },
    ],
    [
      'a drive that refuses without a fault',
      { quirks: { errors: { '78/2': '42' } } },
      { 'fiscal.fn.phase': null, 'fiscal.register.error': 'none' },
    ],
    [
      'a queue of none with anything for its first document',
      { quirks: { raw_answers: { '78/7': ['1', '0', '-', '--', 'none'] } } },
      { 'fiscal.ofd.unsent_documents': 0, 'fiscal.ofd.first_unsent_document': null },
    ],
    [
      'a printer whose state comes with an error',
      { register: { cover: 'open' }, quirks: { printer_status_with_error: true } },
      { 'fiscal.register.cover': 'open', 'fiscal.register.error': 'cover' },
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
      'an empty queue of zeros',
      { quirks: { empty_queue: 'zeros' } },
      {
        'fiscal.ofd.unsent_documents': 0,
        'fiscal.ofd.first_unsent_document': null,
        'fiscal.ofd.first_unsent_at': null,
      },
    ],
    [
      'a first unsent document whose date is none',
      { quirks: { raw_answers: { '78/7': ['2', '3', '1052', '310226', '101112'] } } },
      { 'fiscal.ofd.unsent_documents': 3, 'fiscal.ofd.first_unsent_at': null },
    ],
    [
      'firmware that knows little',
      { quirks: { unsupported: ['02/15', '02/17', '02/70', '11/78', '11/81', '78/14', '79/6'] } },
      {
        'fiscal.register.serial': '0000000000301234',
        'fiscal.register.firmware': null,
        'fiscal.register.ffd': null,
        'fiscal.register.ofd_port': null,
        'fiscal.shift.opened_at': null,
        'fiscal.fn.valid_until': '2028-02-14',
      },
    ],
    ['one byte at a time', { quirks: { one_byte_writes: true } }, { 'fiscal.fn.valid_until': '2028-02-14' }],
    [
      'noise before each answer, small letters in checksums, no last separator',
      { quirks: { noise_before_answer: true, lower_case_checksum: true, omit_last_separator: true } },
      { 'fiscal.fn.valid_until': '2028-02-14' },
    ],
    [
      'late answers in front of each answer',
      { quirks: { late_answers: true } },
      { 'fiscal.fn.valid_until': '2028-02-14', 'fiscal.register.ofd_inn': '7709876543' },
    ],
  ],
}
