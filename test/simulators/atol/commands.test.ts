import { describe, expect, test } from 'vitest'
import type { RegisterStateInput } from '../register-state.ts'
import { cp866, hex } from './bytes.ts'
import { registerWithHandshake } from './testing.ts'

const ask = (command: string, state: RegisterStateInput = {}) => registerWithHandshake(state).ask(command)
const status = (state: RegisterStateInput = {}) =>
  ask('3F', { register: { clock_at: '2026-11-22T12:30:05' }, ...state })

test.each([
  ['3F', 30],
  ['45', 3],
  ['A5', 19],
  ['A4 10', 7],
  ['A4 20', 15],
  ['A4 30', 32],
  ['A4 31', 18],
  ['A4 32', 7],
  ['A4 33', 19],
  ['A4 42', 4],
  ['91 11 00 00', 8],
  ['91 16 00 00', 6],
  ['9D 01', 7],
])('%s answers with %i bytes', (command, length) => {
  const fixed = { register: { clock_at: '2026-11-22T12:30:05' }, fn: { last_document_at: '2026-11-22T12:28' } }
  expect(ask(command, fixed)).toHaveLength(length)
})

describe('the full status', () => {
  const flags = (state: RegisterStateInput) => status(state)[9]
  const with_ = (register: object) => ({ register: { clock_at: '2026-11-22T12:30:05', ...register } })

  test.each<[string, RegisterStateInput, number]>([
    ['a healthy register', {}, 0b0100_1011],
    ['a closed shift', { shift: { state: 'closed' } }, 0b0100_1001],
    ['an open drawer', { quirks: { drawer: 'open' } }, 0b0100_1111],
    ['no paper', with_({ paper: 'absent' }), 0b0100_0011],
    ['an error of paper', with_({ error: 'paper' }), 0b0100_0011],
    ['an open cover', with_({ cover: 'open' }), 0b0110_1011],
    ['a drive that is not registered', { fn: { phase: 'ready' } }, 0b0000_1010],
  ])('flags of %s', (_, state, byte) => expect(flags(state)).toBe(byte))

  test('mode and receipt', () => {
    const of = (state: RegisterStateInput) => [status(state)[17], status(state)[22]]
    expect(of({})).toEqual([0, 0])
    expect(of(with_({ mode: 'document_open' }))).toEqual([1, 1])
    expect(of({ faults: { printing: true } })).toEqual([1, 0])
    expect(of(with_({ mode: 'service' }))).toEqual([4, 0])
  })

  test('the shift is the last closed one, the receipt the next one, the serial its last six digits', () => {
    const bytes = status({ shift: { state: 'open', number: 41, receipts: 17 } })
    expect(hex(bytes.slice(18, 22))).toBe('00180040')
    expect(hex(bytes.slice(10, 14))).toBe('00301234')
    expect(hex(status({ shift: { state: 'closed', number: 41 } }).slice(20, 22))).toBe('0041')
  })
})

test('45 tells paper, its near end and the printer’s faults', () => {
  const flags = (state: RegisterStateInput) => ask('45', state)[2]
  expect(flags({ register: { paper: 'low' } })).toBe(0x80)
  expect(flags({ register: { paper: 'absent' } })).toBe(0x01)
  expect(flags({ register: { error: 'printer' } })).toBe(0x02)
  expect(flags({ register: { error: 'cutter' } })).toBe(0x08)
  expect(flags({ quirks: { printer_flags: 0x34 } })).toBe(0x34)
})

describe('the drive', () => {
  test.each([
    ['setup', 0],
    ['ready', 1],
    ['fiscal', 3],
    ['post_fiscal', 7],
    ['archive', 15],
  ])('phase %s is %i', (phase, code) => {
    expect(ask('A4 30', { fn: { phase, last_document_at: '2026-11-22T12:28' } })[2]).toBe(code)
    expect(ask('A4 10', { fn: { phase } })[1]).toBe(phase === 'fiscal' ? 0 : 0xd4)
  })

  test.each([
    ['replace_urgently', 0x01],
    ['key_resource_ending', 0x02],
    ['memory_almost_full', 0x04],
    ['ofd_timeout', 0x08],
    ['flk_rejected', 0x10],
    ['critical_error', 0x80],
  ])('warning %s is %i', (flag, bit) =>
    expect(ask('A4 30', { fn: { flags: [flag], last_document_at: '2026-11-22T12:28' } })[6]).toBe(bit),
  )

  test.each<[RegisterStateInput, number]>([
    [{ faults: { fn_absent: true } }, 0xd2],
    [{ register: { error: 'fn_link' } }, 0xd2],
    [{ register: { error: 'fn' } }, 0xd5],
  ])('a drive that fails: %o', (state, code) => {
    expect(ask('A4 30', state)).toEqual([0x55, code])
    expect(ask('45', state)[0]).toBe(0x55)
  })

  test('a shift over 24 hours', () => {
    const shift = { state: 'expired' }
    expect(ask('A4 10', { shift })).toEqual([0x55, 0xf0])
    expect(ask('A4 10', { shift, quirks: { expired_shift_error: '88' } })).toEqual([0x55, 0x88])
    expect(ask('A4 10', { shift, quirks: { expired_shift_error: null } })[2]).toBe(1)
  })

  test('the queue with the bits of its connection', () => {
    const ofd = { unsent_documents: 3, first_unsent_at: '2026-11-22T10:00' }
    expect(ask('A4 20', { ofd, fn: { last_document: 1054 }, quirks: { ofd_flags: 0x01 } })).toEqual([
      0x55, 0, 3, 0, 3, 0, 0x1c, 4, 0, 0, 26, 11, 22, 10, 0,
    ])
    expect(ask('A4 42', { ofd: { ...ofd, unconfirmed_documents: 4 } })).toEqual([0x55, 0, 4, 0])
  })
})

describe('refusals', () => {
  test.each<[string, RegisterStateInput, number[]]>([
    ['3F', { quirks: { access_password: '1234' } }, [0x55, 0x8c]],
    ['A5', { quirks: { access_password: '1234' } }, [0x8c]],
    ['A4 20', { quirks: { unsupported: ['A4 20'] } }, [0x55, 0x7a]],
    ['A4 20', { quirks: { errors: { 'A4 20': 'F6 03' } } }, [0x55, 0xf6, 3]],
    ['A4 20', { faults: { printing: true } }, [0x55, 0x76]],
    ['A4 20 00', {}, [0x55, 0xf4]],
    ['91 63 00 00', {}, [0x55, 0x6c]],
    ['9D 02', {}, [0x55, 0x6c]],
  ])('%s with %j', (command, state, answer) => expect(ask(command, state)).toEqual(answer))

  test('the status is told while the register is at work', () => {
    expect(ask('45', { faults: { printing: true } })).toEqual([0x55, 1, 0])
  })

  test('raw bytes are laid over an answer', () => {
    expect(ask('45', { quirks: { raw_answers: { '45': '.. 07 ..' } } })).toEqual([0x55, 7, 0])
  })
})

test('code page 866 with a question mark for what it lacks', () => {
  expect(hex(cp866('АТОЛ 55Ф☃'))).toBe('80928E8B20353594' + '3F')
})
