import { describe, expect, test } from 'vitest'
import type { RegisterStateInput } from '../register-state.ts'
import { cp1251 } from './bytes.ts'
import { registerWithLine } from './testing.ts'

const ask = (payload: string, state: RegisterStateInput = {}) => registerWithLine(state).ask(payload)
const text = (bytes: number[]) => new TextDecoder('windows-1251').decode(Uint8Array.from(bytes))
const errorOf = (answer: number[]) => answer[answer[0] === 0xff ? 2 : 1]

describe('passwords', () => {
  test.each([
    ['01000000', 1],
    ['1C000000', 28],
    ['1D000000', 29],
    ['1E000000', 30],
  ])('status commands take %s and name operator %i', (password, operator) => {
    expect(ask(`10 ${password}`)[2]).toBe(operator)
    expect(ask(`11 ${password}`)[2]).toBe(operator)
  })

  test('a wrong password is error 4F with nothing behind it', () => {
    expect(ask('10 63000000')).toEqual([0x10, 0x4f])
  })

  test.each(['FF01', 'FF39', 'FF40', '2D'])('%s takes no operator and no administrator', opcode => {
    const parameters = opcode === '2D' ? '12' : ''
    for (const password of ['01000000', '1D000000'])
      expect(errorOf(ask(`${opcode} ${password} ${parameters}`))).toBe(0x4f)
    expect(errorOf(ask(`${opcode} 1E000000 ${parameters}`))).toBe(0)
  })

  test('FF68 takes an operator', () => expect(errorOf(ask('FF68 01000000'))).toBe(0))

  test('changed passwords count instead of the usual ones', () => {
    const state = { passwords: { sysadmin: 123_456 } }
    expect(errorOf(ask('FF01 1E000000', state))).toBe(0x4f)
    expect(errorOf(ask('FF01 40E20100', state))).toBe(0)
  })
})

describe('layouts', () => {
  test.each([
    ['10 1E000000', 'short_status_bytes', [16, 17]],
    ['11 1E000000', 'full_status_bytes', [48, 50, 52]],
    ['FF03 1E000000', 'fn_expiry_bytes', [6, 8]],
    ['FF09 1E000000', 'registration_bytes', [50, 55, 67]],
    ['FF63 1E000000', 'free_memory_bytes', [11, 12]],
    ['F7 01', 'model_parameters_bytes', [35, 39]],
  ])('%s answers in each length of %s', (payload, quirk, lengths) => {
    for (const length of lengths) expect(ask(payload, { quirks: { [quirk]: length } })).toHaveLength(length)
  })

  test.each([
    ['FF01', 33],
    ['FF02', 19],
    ['FF04', 20],
    ['FF39', 16],
    ['FF3F', 5],
    ['FF40', 8],
    ['FF68', 16],
    ['FF70', 11],
  ])('%s is %i bytes long', (opcode, length) => expect(ask(`${opcode} 1E000000`)).toHaveLength(length))

  test('registration follows the FFD version unless told', () => {
    expect(ask('FF09 1E000000', { register: { ffd: '1.05' } })).toHaveLength(50)
    expect(ask('FF09 1E000000', { register: { ffd: '1.1' } })).toHaveLength(67)
  })

  test('a serial that four bytes cannot hold shows its tail, and whole in 52 bytes when it fits', () => {
    const low = (state: RegisterStateInput) => Buffer.from(ask('11 1E000000', state)).readUInt32LE(32)
    expect(low({ register: { serial: '0287480001004239' } })).toBe(4239)
    const answer = Buffer.from(
      ask('11 1E000000', { register: { serial: '0000123456789012' }, quirks: { full_status_bytes: 52 } }),
    )
    expect(answer.readUInt32LE(32) + answer.readUInt16LE(50) * 2 ** 32).toBe(123_456_789_012)
  })
})

describe('commands that are refused', () => {
  test('a command that would change something is forbidden, counted, and answered with 37', () => {
    const host = registerWithLine()
    for (const opcode of ['B0', '41', 'FF07', 'FF08', 'FF43', '16'])
      expect(errorOf(host.ask(`${opcode} 1E000000`))).toBe(0x37)
    expect(host.register.forbidden).toBe(6)
    expect(host.register.log.every(entry => entry.forbidden)).toBe(true)
    expect(() => host.register.assertReadOnly()).toThrow('6 forbidden commands: B0, 41, FF07')
  })

  test('every opcode outside the table is forbidden', () => {
    const allowed =
      'FC F7 10 11 15 1F 2D 2E 0F 6B FF01 FF02 FF03 FF04 FF09 FF39 FF3F FF40 FF60 FF0E FF63 FF68 FF70'.split(' ')
    const host = registerWithLine()
    const all = [...Array(255).keys()]
      .map(code => hexOf(code))
      .concat([...Array(256).keys()].map(code => `FF${hexOf(code)}`))
    for (const opcode of all) host.ask(opcode)
    const seen = host.register.log.filter(entry => !entry.forbidden).map(entry => entry.opcode)
    expect(seen.toSorted()).toEqual(allowed.toSorted())
  })

  test('opening a reading session by FF0E is forbidden, one tag is not', () => {
    const host = registerWithLine()
    expect(errorOf(host.ask('FF0E 1E000000 01 FFFF'))).toBe(0x37)
    expect(host.register.forbidden).toBe(1)
    expect(errorOf(host.ask('FF0E 1E000000 01 B904'))).toBe(0)
    expect(host.register.forbidden).toBe(1)
  })

  test('old firmware knows no free memory; any command may be missing or fail', () => {
    expect(ask('FF63 1E000000', { quirks: { free_memory_bytes: null } })).toEqual([0xff, 0x63, 0x37])
    expect(ask('FF3F 1E000000', { quirks: { unsupported: ['FF3F'] } })).toEqual([0xff, 0x3f, 0x37])
    expect(ask('FF40 1E000000', { quirks: { errors: { FF40: '50' } } })).toEqual([0xff, 0x40, 0x50])
    expect(errorOf(ask('10 1E0000'))).toBe(0x7e)
  })
})

describe('states', () => {
  const mode = (state: RegisterStateInput) => ask('10 1E000000', state).slice(5, 7)
  const flags = (state: RegisterStateInput) => Buffer.from(ask('10 1E000000', state)).readUInt16LE(3)

  test('mode follows the shift', () => {
    expect(mode({ shift: { state: 'closed' } })).toEqual([4, 0])
    expect(mode({ shift: { state: 'open' } })).toEqual([2, 0])
    expect(mode({ shift: { state: 'expired' } })).toEqual([3, 0])
  })

  test('an open receipt shows in the status and in the drive', () => {
    const state = { register: { mode: 'document_open' } }
    expect(mode(state)).toEqual([8, 0])
    expect(ask('FF01 1E000000', state)[4]).toBe(4)
  })

  test('paper and cover', () => {
    expect(flags({}) & 0x480).toBe(0x080)
    expect(flags({ register: { paper: 'absent' } }) & 0x080).toBe(0)
    expect(mode({ register: { paper: 'absent' } })).toEqual([2, 1])
    expect(mode({ register: { error: 'paper' } })).toEqual([2, 2])
    expect(flags({ register: { cover: 'open' } }) & 0x400).toBe(0x400)
  })

  test.each([
    ['setup', 0],
    ['ready', 1],
    ['fiscal', 3],
    ['post_fiscal', 7],
    ['archive', 15],
  ])('phase %s is %i', (phase, code) => {
    expect(ask('FF01 1E000000', { fn: { phase } })[3]).toBe(code)
    expect(errorOf(ask('FF40 1E000000', { fn: { phase } }))).toBe(phase === 'fiscal' ? 0 : 2)
  })

  test.each([
    ['replace_urgently', 0x01],
    ['key_resource_ending', 0x02],
    ['memory_almost_full', 0x04],
    ['ofd_timeout', 0x08],
    ['flk_rejected', 0x10],
    ['setup_needed', 0x20],
    ['ofd_cancelled', 0x40],
    ['critical_error', 0x80],
  ])('warning %s is %i', (flag, bit) => expect(ask('FF01 1E000000', { fn: { flags: [flag] } })[7]).toBe(bit))

  test('the queue: none, one, many with an old date', () => {
    const queue = (ofd: object) => Buffer.from(ask('FF39 1E000000', { ofd, fn: { last_document: 1054 } }))
    expect([...queue({}).subarray(3)]).toEqual(Array(13).fill(0))
    const many = queue({ unsent_documents: 12, first_unsent_at: '2026-11-19T18:05:00' })
    expect([many[3], many.readUInt16LE(5), many.readUInt32LE(7)]).toEqual([2, 12, 1043])
    expect([...many.subarray(11)]).toEqual([26, 11, 19, 18, 5])
  })

  test.each([
    [{ faults: { fn_absent: true } }, 0x30],
    [{ register: { error: 'fn_link' } }, 0x30],
    [{ register: { error: 'fn' } }, 0x03],
    [{ register: { error: 'clock' } }, 0x17],
  ])('a drive that fails: %o', (state, code) => {
    expect(errorOf(ask('FF01 1E000000', state))).toBe(code)
    expect(errorOf(ask('10 1E000000', state))).toBe(0)
  })

  test('autonomous work shows in the registration and closes the notification queue', () => {
    const state = { register: { autonomous: true } }
    expect(ask('FF09 1E000000', state)[41]).toBe(2)
    expect(errorOf(ask('FF68 1E000000', state))).toBe(2)
    expect(errorOf(ask('FF68 1E000000', { marking: { enabled: false } }))).toBe(0xa0)
    expect(errorOf(ask('FF70 1E000000', { register: { ffd: '1.05' } }))).toBe(0x37)
    expect(ask('FF70 1E000000', { marking: { used_percent: 100, unsent_notifications: 9 } }).slice(3)).toEqual([
      0, 2, 0, 0, 0, 4, 9, 0,
    ])
  })
})

describe('tables and tags', () => {
  test('identity is in the table that F7 names, on desktop and cash-core devices', () => {
    for (const model_parameters_bytes of [35, 39]) {
      const host = registerWithLine({ quirks: { model_parameters_bytes } })
      const [fnTable = 0, ofdTable = 0] = host.ask('F7 01').slice(33, 35)
      expect(text(host.ask(`1F 1E000000 ${hexOf(fnTable)} 0100 01`).slice(2))).toBe('0000000000301234')
      expect(host.ask(`1F 1E000000 ${hexOf(ofdTable)} 0100 02`).slice(2)).toEqual([0x61, 0x1e])
    }
  })

  test('a cash core names its fields by tag in an order of its own, and sends texts as long as they are', () => {
    const host = registerWithLine({ quirks: { model_parameters_bytes: 39 } })
    const nameOf = (field: string) => text(host.ask(`2E 1E000000 0D ${field}`).slice(2, 42)).replace(/\0/g, '')
    expect(nameOf('04')).toBe('*ФН: НОМЕР ФН, 1041')
    expect(nameOf('02')).toContain('1037')
    expect(text(host.ask('1F 1E000000 0D 0100 03').slice(2))).toBe('7701234567')
    expect(host.ask('1F 1E000000 0A 0100 1D')).toEqual([0x1f, 0, 4])
  })

  test('who sends to the OFD', () => {
    expect(ask('1F 1E000000 15 0100 02')).toEqual([0x1f, 0, 1])
    expect(ask('1F 1E000000 15 0100 02', { quirks: { ofd_exchange: 'pc' } })).toEqual([0x1f, 0, 0])
  })

  test('structure of a table and of its fields', () => {
    const table = ask('2D 1E000000 12')
    expect(table).toHaveLength(45)
    expect(table[44]).toBe(14)
    const field = ask('2E 1E000000 12 0A')
    expect(text(field.slice(2, 42)).replace(/\0/g, '')).toBe('ОФД')
    expect(field.slice(42)).toEqual([1, 128])
    expect(ask('2E 1E000000 13 02').slice(42)).toEqual([0, 2, 0, 0, 255, 255])
  })

  test('missing tables and fields', () => {
    expect(ask('1F 1E000000 63 0100 01')).toEqual([0x1f, 0x5d])
    expect(ask('1F 1E000000 12 0200 01')).toEqual([0x1f, 0x33])
  })

  test('registration tags come as tag, length and value', () => {
    expect(ask('FF60 1E000000 00 B904').slice(3)).toEqual([0xb9, 0x04, 1, 0, 4])
    expect(ask('FF60 1E000000 00 0100')).toEqual([0xff, 0x60, 8])
  })

  test('Windows-1251 with a question mark for what it lacks', () => {
    expect(cp1251('РИ-01Ф')).toEqual([0xd0, 0xc8, 0x2d, 0x30, 0x31, 0xd4])
    expect(cp1251('☃', 2)).toEqual([0x3f, 0])
  })
})

const hexOf = (byte: number) => byte.toString(16).padStart(2, '0').toUpperCase()
