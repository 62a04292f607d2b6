import { describe, expect, test } from 'vitest'
import type { RegisterStateInput } from '../register-state.ts'
import { type Fields, registerWithLine } from './testing.ts'

const asked = (command: string, state: RegisterStateInput = {}) => registerWithLine(state).asked(command)
const at = (fields: Fields, ...path: string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Fields | undefined)?.[name], fields)

describe('sessions', () => {
  test('the service tells its versions without one', () => {
    expect(registerWithLine().ask('GetDriverInfo')).toMatchObject({
      result: 0,
      driverVer: '3.12.1.2',
      protocolVer: '3.12',
      driverBaseVer: '3.12.1.2',
    })
  })

  test('a key opens, serves, and closes once', () => {
    const host = registerWithLine()
    const opened = host.open()
    expect(opened).toMatchObject({ result: 0, sessionKey: expect.any(String) })
    const { sessionKey } = opened
    expect(host.ask('GetDateTime', { sessionKey })['result']).toBe(0)
    expect(host.ask('CloseSession', { sessionKey })['result']).toBe(0)
    expect(host.ask('CloseSession', { sessionKey })['result']).toBe(9999)
    expect(host.ask('GetStatus', { sessionKey })['result']).toBe(9999)
    expect(host.ask('GetStatus')['result']).toBe(9999)
    expect(host.register.log.map(entry => entry.password_ok)).toEqual([null, true, true, false, false, false])
  })

  test('another port or model is no connection', () => {
    const host = registerWithLine()
    expect(host.open({ portName: 'COM5' })['result']).toBe(3001)
    expect(host.open({ model: '119F' })['result']).toBe(3001)
    expect(
      registerWithLine({ quirks: { port: 'COM5', model_code: '119F' } }).open({ portName: 'COM5', model: '119F' })[
        'result'
      ],
    ).toBe(0)
  })

  test.each<[string, RegisterStateInput, number]>([
    ['the register is off', { register: { link: 'silent' } }, 3001],
    ['the cash program holds it', { quirks: { cash_session: true } }, 9998],
    ['it prints', { faults: { printing: true } }, 9998],
    ['the service says so', { quirks: { open_result: 42 } }, 42],
  ])('none opens while %s', (_title, state, result) => expect(registerWithLine(state).open()['result']).toBe(result))

  test('where only one fits, a second one waits for the first to close', () => {
    const host = registerWithLine({ quirks: { single_session: true } })
    const { sessionKey } = host.open()
    expect(host.open()['result']).toBe(9998)
    host.ask('CloseSession', { sessionKey })
    expect(host.open()['result']).toBe(0)
  })

  test('a register that is switched off while a session is open answers 3001, and the session still closes', () => {
    const host = registerWithLine()
    const { sessionKey } = host.open()
    host.register.update({ register: { link: 'silent' } })
    expect(host.ask('GetStatus', { sessionKey })).toMatchObject({ result: 3001, description: 'Нет связи с ККТ' })
    expect(host.ask('CloseSession', { sessionKey })['result']).toBe(0)
  })
})

describe('GetStatus', () => {
  test('a healthy register', () => {
    const state = {
      register: { clock_at: '2026-11-22T12:30:15', clock_frozen: true },
      fn: { last_document_at: '2026-11-22T10:20' },
      quirks: { shift_opened_at: '2026-11-22T08:00:00' },
    }
    expect(asked('GetStatus', state)).toEqual({
      result: 0,
      description: 'Ошибок нет',
      dateTime: '2026-11-22T12:30:15',
      paperPresence: true,
      shiftInfo: { isOpen: true, is24Expired: false, num: 41, lastOpen: '2026-11-22T08:00:00', cash: 0 },
      checkInfo: { isOpen: false, num: 17, goodsQty: 0 },
      fnInfo: {
        status: 1,
        fnNum: '9960440300112233',
        lastDoc: { num: 1054, dateTime: '2026-11-22T10:20:00' },
        unsignedDocs: { qty: 0, firstNum: null, firstDateTime: null },
      },
    })
  })

  test.each([
    ['setup', 0],
    ['ready', 0],
    ['fiscal', 1],
    ['post_fiscal', 2],
    ['archive', 3],
  ])('phase %s has the service’s own number %i', (phase, status) =>
    expect(at(asked('GetStatus', { fn: { phase } }), 'fnInfo', 'status')).toBe(status),
  )

  test('shift, receipt and paper', () => {
    const shift = (state: string) => asked('GetStatus', { shift: { state } })['shiftInfo']
    expect(shift('closed')).toMatchObject({ isOpen: false, is24Expired: false })
    expect(shift('expired')).toMatchObject({ isOpen: true, is24Expired: true })
    expect(asked('GetStatus', { register: { mode: 'document_open' } })['checkInfo']).toMatchObject({ isOpen: true })
    expect(asked('GetStatus', { register: { paper: 'absent' } })['paperPresence']).toBe(false)
  })

  test('an empty queue in three forms, and one with documents', () => {
    const queue = (state: RegisterStateInput) => at(asked('GetStatus', state), 'fnInfo', 'unsignedDocs')
    expect(queue({ quirks: { empty_queue: 'missing' } })).toEqual({ qty: 0 })
    expect(queue({ quirks: { empty_queue: 'text' } })).toEqual({ qty: 0, firstNum: '', firstDateTime: '' })
    const ofd = { unsent_documents: 3, first_unsent_at: '2026-11-19T18:05' }
    expect(queue({ ofd })).toEqual({ qty: 3, firstNum: 1052, firstDateTime: '2026-11-19T18:05:00' })
    expect(queue({ ofd, quirks: { numbers_as_text: true } })).toMatchObject({ qty: '3', firstNum: '1052' })
  })

  test('no drive, no word about it', () => {
    expect(asked('GetStatus', { faults: { fn_absent: true } })).not.toHaveProperty('fnInfo')
    expect(asked('GetCommonInfo', { faults: { fn_absent: true } })['fnNum']).toBe('')
    expect(asked('GetRegistrationInfo', { faults: { fn_absent: true } })['result']).toBe(9993)
  })
})

test('GetCommonInfo: numbers, versions, FFD as the service writes it', () => {
  expect(asked('GetCommonInfo', { register: { ffd: '1.05' } })).toMatchObject({
    model: 'Меркурий-185Ф',
    kktNum: '0000000000301234',
    fnNum: '9960440300112233',
    ffdTotalVer: '1.0.5',
    programVer: '4.2.17',
  })
})

test('GetRegistrationInfo: owner, register, OFD, tax systems', () => {
  const answer = asked('GetRegistrationInfo', { register: { autonomous: true, tax_systems: 5 } })
  expect(answer['registrationInfo']).toMatchObject({
    owner: { inn: '7701234567' },
    kkt: { regNum: '0001234567012345', mode: { offline: true, asbso: false } },
    ofd: { name: 'ОФД «Проверка»', inn: '7709876543', url: 'ofd.example', port: 7777 },
    taxSystem: [0, 2],
  })
  expect(asked('GetRegistrationInfo', { fn: { phase: 'ready' } })).toEqual({
    result: 0,
    description: 'Ошибок нет',
    isRegistered: false,
  })
})

describe('manners of the answer', () => {
  test('an old service leaves things out', () => {
    const state = { quirks: { profile: 'old' } }
    const status = asked('GetStatus', state)
    expect(status).not.toHaveProperty('paperPresence')
    expect(status['fnInfo']).not.toHaveProperty('fnNum')
    const registration = asked('GetRegistrationInfo', state)
    expect(registration).not.toHaveProperty('result')
    expect(at(registration, 'registrationInfo', 'kkt', 'mode')).toHaveProperty('ASBSO')
  })

  test('an array of one, and names in capitals', () => {
    const { ask } = registerWithLine({ quirks: { array_answer: true, upper_case_names: true } })
    expect(ask('GetDriverInfo')).toMatchObject([{ RESULT: 0, DRIVERVER: '3.12.1.2' }])
  })

  test('results and fields on demand', () => {
    expect(asked('GetStatus', { quirks: { results: { GetStatus: 77 } } })).toMatchObject({ result: 77 })
    expect(asked('GetStatus', { quirks: { raw_answers: { GetStatus: { dateTime: '' } } } })['dateTime']).toBe('')
  })
})

describe('what is forbidden', () => {
  test.each([
    'OpenShift',
    'CloseShift',
    'OpenCheck',
    'ResetCheck',
    'CloseFN',
    'ReportStatusOfSettlements',
    'PrintReport',
    'SetDateTime',
    'ClosePorts',
    'BreakOperation',
    'GetProgress',
    'ReadSales',
    'getstatus',
    'toString',
    '',
  ])('%s is recorded, counted and refused', command => {
    const host = registerWithLine()
    expect(host.ask(command)['result']).toBe(9997)
    expect(host.register.forbidden).toBe(1)
    expect(host.register.log).toMatchObject([{ opcode: command, forbidden: true, answer_code: '9997' }])
  })
})
