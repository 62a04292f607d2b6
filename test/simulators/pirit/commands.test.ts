import { describe, expect, test } from 'vitest'
import type { RegisterStateInput } from '../register-state.ts'
import { cp866 } from './bytes.ts'
import { readAnswer, registerWithLine, requestPacket } from './testing.ts'

const ask = (opcode: string, state: RegisterStateInput = {}) => registerWithLine(state).ask(opcode)
const fields = (opcode: string, state: RegisterStateInput = {}) => ask(opcode, state).fields

/** What the vendor describes as reading, as far as a host may want it. */
const READ_ONLY = [
  ...['00', '04', '13', '81'],
  ...[1, 2].map(query => `01/${query}`),
  ...[1, 2, 3, 4, 5, 6, 8, 9, 11, 14, 15, 17, 21, 22, 23, 70, 71].map(query => `02/${query}`),
  ...[1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13].map(query => `05/${query}`),
  ...[1, 2].map(query => `06/${query}`),
  ...[10, 30, 70, 71, 73, 74, 75, 76, 77, 78, 79, 80, 81, 83, 85, 90, 91, 92, 93, 94, 201, 202, 203, 204].map(
    item => `11/${item}`,
  ),
  ...[1, 2, 3, 4, 5, 6, 7, 14, 17, 18, 19, 22].map(query => `78/${query}`),
  ...[0, 6].map(query => `79/${query}`),
]
const NUMBERED = ['01', '02', '03', '05', '06', '11', '78', '79']

describe('commands that are refused', () => {
  test('everything outside the read-only table is forbidden and answered with 02', () => {
    const host = registerWithLine()
    for (let code = 0; code < 256; code++) {
      const command = code.toString(16).padStart(2, '0').toUpperCase()
      const queries = NUMBERED.includes(command) ? Array.from({ length: 256 }, (_, query) => `/${query}`) : ['', '/1']
      for (const query of queries) host.ask(command + query)
    }
    const allowed = new Set(host.register.log.filter(entry => !entry.forbidden).map(entry => entry.opcode))
    expect(allowed).toEqual(new Set(READ_ONLY))
    const refused = host.register.log.filter(entry => entry.forbidden)
    expect(new Set(refused.map(entry => entry.answer_code))).toEqual(new Set(['02']))
    expect(host.register.forbidden).toBe(refused.length)
  })

  test.each(['10', '30', '64', '05/5', '05/6', '11/20', '78/11', '79/2', 'A0'])('%s is counted', opcode => {
    const { register, ask } = registerWithLine()
    expect(ask(opcode).error).toBe('02')
    expect(() => register.assertReadOnly()).toThrow(opcode)
  })

  test('a query without a number is a bad parameter, and nothing that could do harm', () => {
    const { register, ask } = registerWithLine()
    expect([ask('78'), ask('78/x'), ask('11')].map(answer => answer.error)).toEqual(['03', '03', '03'])
    expect(ask('06/1').fields[1]).toBe('66')
    register.assertReadOnly()
  })

  test('the password comes before everything else, and the checksum before the command', () => {
    const host = registerWithLine({ quirks: { link_password: 'DRRB' } })
    const damaged = requestPacket('78/1')
    damaged[damaged.length - 1] = 0
    expect(readAnswer(host.send(...damaged)).error).toBe('06')
    expect(readAnswer(host.send(...requestPacket('78/1', 0x42, 'DRRB'))).error).toBe('00')
    expect(host.register.log.map(entry => entry.password_ok)).toEqual([false, true])
    expect(JSON.stringify(host.register.log)).not.toContain('DRRB')
  })
})

describe('firmware', () => {
  const missing = (profile: string) => READ_ONLY.filter(opcode => ask(opcode, { quirks: { profile } }).error === '02')
  const PIRIT_ONLY = ['05/1', '05/2', '05/3', '05/4', '05/8', '05/9']
  const FM16_ONLY = ['02/22', '05/10', '05/11', '05/12', '05/13']

  test.each([
    ['fm16_ffd105', ['02/71', ...PIRIT_ONLY, '11/91', '11/92', '11/93', '11/94', '78/18', '78/22', '79/0', '79/6']],
    ['fm16', [...PIRIT_ONLY, '78/18']],
    ['pirit_2f', ['02/71', ...FM16_ONLY, '11/90', '78/18']],
    ['punix', ['02/71', ...FM16_ONLY]],
  ])('%s does not know %j', (profile, unknown) => expect(new Set(missing(profile))).toEqual(new Set(unknown)))

  test('firmware for FFD 1.05 gives no days left and no later format', () => {
    const state = { quirks: { profile: 'fm16_ffd105' } }
    expect(fields('02/14', state)).toHaveLength(2)
    expect(fields('02/14')).toHaveLength(3)
    expect(fields('78/14', state).slice(3)).toEqual(['2', '1.0', '2'])
    expect(fields('78/14').slice(3)).toEqual(['4', '1.0', '4', '4', '4'])
  })

  test('the reason of an error has words on FM16 and Punix', () => {
    const words = (profile: string) => fields('06/1', { quirks: { profile } }).length === 3
    expect(['fm16_ffd105', 'fm16', 'pirit_2f', 'punix'].map(words)).toEqual([true, true, false, true])
  })

  test('any command may be missing, fail or say something else', () => {
    expect(ask('78/3', { quirks: { unsupported: ['78/3'] } })).toEqual({ error: '02', fields: [] })
    expect(ask('78/7', { quirks: { errors: { '78/7': '55' } } })).toEqual({ error: '55', fields: [] })
    expect(ask('02/21', { quirks: { raw_answers: { '02/21': ['12'] } } })).toEqual({
      error: '00',
      fields: ['21', '12'],
    })
  })

  test('before "begin work" only the queries answer that need none', () => {
    const host = registerWithLine({ quirks: { work_begun: false } })
    const errors = ['00', '04', '13', '78/22', '06/1', '02/1', '11/77', '78/2'].map(opcode => host.ask(opcode).error)
    expect(errors).toEqual(['00', '00', '00', '00', '00', '01', '01', '01'])
    expect(host.ask('06/1').fields[1]).toBe('1')
    expect(ask('02/1', { quirks: { work_begun: false, refused_before_begin: [] } }).error).toBe('00')
  })
})

describe('states', () => {
  const flags = (state: RegisterStateInput) => fields('00', state).map(Number)

  test('the shift', () => {
    expect(flags({ shift: { state: 'closed' } })).toEqual([0, 0, 0])
    expect(flags({ shift: { state: 'expired' } })).toEqual([0, 12, 0])
    expect(flags({ register: { mode: 'shift_closed' } })).toEqual([0, 0, 0])
    expect(fields('78/6', { shift: { state: 'closed', number: 7, receipts: 3 } })).toEqual(['6', '7', '0', '3'])
    const clock_at = '2026-11-22T12:00:00'
    expect(fields('02/17', { register: { clock_at } })).toEqual(['17', '221126', '110000'])
    expect(fields('02/17', { register: { clock_at }, shift: { state: 'expired' } })).toEqual(['17', '211126', '110000'])
  })

  test('a drive that is not registered, or closed', () => {
    expect(flags({ shift: { state: 'closed' }, fn: { phase: 'ready' } })[1]).toBe((1 << 1) + (1 << 5))
    expect(flags({ shift: { state: 'closed' }, fn: { phase: 'archive' } })[1]).toBe(1 << 4)
    expect(flags({ shift: { state: 'closed' }, quirks: { shift_close_unfinished: true } })[1]).toBe(1 << 8)
  })

  test('an open receipt shows in the status and in the drive', () => {
    const state = { register: { mode: 'document_open' } }
    expect(flags(state)[2]).toBe(0x12)
    expect(fields('78/2', state).slice(1)).toEqual(['51', '4', '0'])
    expect(fields('78/2', { fn: { current_document: 8 } }).slice(1)).toEqual(['51', '8', '0'])
  })

  test.each([
    [{ faults: { fn_absent: true } }, 1 << 2],
    [{ register: { error: 'fn_link' } }, 1 << 2],
    [{ register: { error: 'fn' } }, 1 << 6],
    [{ register: { error: 'other' } }, 1 << 0],
    [{ quirks: { fatal: ['configuration', 'not_authorised', 'sd_card'] } }, (1 << 1) + (1 << 5) + (1 << 8)],
    [{ fn: { phase: 'ready' } }, 0],
  ])('fatal state of %o is %i', (state, fatal) => expect(flags(state)[0]).toBe(fatal))

  test.each([
    [{}, 0],
    [{ register: { paper: 'low' } }, 0],
    [{ register: { paper: 'absent' } }, 2],
    [{ register: { error: 'paper' } }, 2],
    [{ register: { cover: 'open' } }, 4],
    [{ register: { error: 'cutter' } }, 8],
    [{ register: { error: 'printer' } }, 128],
  ])('printer status of %o is %i', (state, status) => expect(fields('04', state)).toEqual([String(status)]))

  test.each([
    [{ faults: { fn_absent: true } }, '61', '2'],
    [{ register: { error: 'fn_link' } }, '61', '16'],
    [{ register: { error: 'fn' } }, '43', '0'],
    [{ register: { error: 'clock' } }, '57', '0'],
    [{ fn: { documents_left: 0 } }, '00', '128'],
  ])('a drive that fails: %o', (state, error, blocking) => {
    expect(ask('78/2', state).error).toBe(error)
    expect(ask('02/14', state).error).toBe(error)
    expect(ask('02/1', state).error).toBe('00')
    expect(fields('06/2', state)[1]).toBe(blocking)
  })

  test.each([
    ['setup', 0, '42'],
    ['ready', 1, '42'],
    ['fiscal', 3, '00'],
    ['post_fiscal', 7, '00'],
    ['archive', 15, '00'],
  ])('phase %s is %i', (phase, code, queueError) => {
    expect(Number(fields('78/2', { fn: { phase } })[1]) & 15).toBe(code)
    expect(ask('78/7', { fn: { phase } }).error).toBe(queueError)
    expect(ask('78/6', { fn: { phase } }).error).toBe(phase === 'fiscal' ? '00' : '42')
  })

  test('the queue: none, many with an old date, and its first document counted back', () => {
    expect(fields('78/7')).toEqual(['7', '1', '', '', '', ''])
    const ofd = { unsent_documents: 12, first_unsent_at: '2026-10-19T18:05:09' }
    expect(fields('78/7', { ofd, fn: { last_document: 1054 } })).toEqual(['7', '2', '12', '1043', '191026', '180509'])
  })

  test('registration, settings and versions', () => {
    const state = {
      register: { inn: '500100732259', autonomous: true, ofd_port: 21101, model: 'Пирит 2Ф' },
      marking: { enabled: false },
    }
    expect(fields('02/3', state)).toEqual(['3', '500100732259'])
    expect(fields('02/4', state)).toEqual(['4', '0001234567012345'])
    expect(fields('02/23', state)).toEqual(['23', '1', '2', '0'])
    expect(fields('02/21', state)).toEqual(['21', '8'])
    expect(fields('02/70', state)).toEqual(['70', '665.4.2'])
    expect(['71', '77', '78'].map(item => fields(`11/${item}`, state)[0])).toEqual([
      '7709876543',
      'ofd.example',
      '21101',
    ])
    expect(fields('11/30/1', state)).toEqual(['Москва, ул. Тестовая, 1'])
    expect(ask('11/77/1', state).error).toBe('03')
    expect(ask('79/6', state).error).toBe('01')
  })

  test('code page 866 with straight quotation marks, and a question mark for what it lacks', () => {
    expect(cp866('«Ё№я☃»')).toEqual([0x22, 0xf0, 0xfc, 0xef, 0x3f, 0x22])
  })
})
