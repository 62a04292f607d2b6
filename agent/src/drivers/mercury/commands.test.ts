import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReadCommand, requestOf } from '../kit/read-only.ts'
import { COMMANDS } from './commands.ts'
import { Fields, parseAnswer } from './fields.ts'

/** The vendor's commands that read, and the session around them. A new command of the driver must be entered here by hand. */
const ALLOWED = [
  'GetDriverInfo',
  'OpenSession',
  'CloseSession',
  'GetStatus',
  'GetCommonInfo',
  'GetRegistrationInfo',
  'GetDateTime',
]

type AnyCommand = ReadCommand<object, unknown, string, Fields>
const commands = Object.values(COMMANDS) as unknown as AnyCommand[]
const OPTIONS = { variant: 1, passwords: {} }
const answer = (json: string) => parseAnswer(json) ?? new Fields(null)
const KEY = { sessionKey: 'a key' }
const said = (command: AnyCommand, args: object = KEY) =>
  JSON.parse(requestOf(command, args, OPTIONS)) as Record<string, unknown>

test('the table says commands that read and nothing else, whatever arguments are smuggled in', () => {
  for (const command of commands) {
    expect(ALLOWED).toContain(command.name)
    expect(said(command, { ...KEY, command: 'CloseShift' })['command']).toBe(command.name)
  }
})

test('what is not of the table is not encoded, and the table cannot be changed', () => {
  const forged = { ...commands[0], encode: () => '{"command":"OpenShift"}' } as AnyCommand
  expect(() => requestOf(forged, KEY, OPTIONS)).toThrow('read-only table')
  expect(() => Object.assign(COMMANDS.getStatus, { name: 'OpenShift' })).toThrow(TypeError)
})

test('the key goes with every command of the session and with no other', () => {
  const withKey = commands.filter(command => said(command)['sessionKey'] === KEY.sessionKey)
  expect(withKey.map(command => command.name)).toEqual([
    'CloseSession',
    'GetStatus',
    'GetCommonInfo',
    'GetRegistrationInfo',
  ])
})

test('a session opens at the factory’s port and model unless the configuration names others, and never with a log', () => {
  const open = (device?: object) =>
    JSON.parse(requestOf(COMMANDS.openSession, undefined, { ...OPTIONS, ...(device && { device }) })) as unknown
  const usual = {
    command: 'OpenSession',
    sessionKey: null,
    portName: 'USB',
    baudRate: 115_200,
    model: '185F',
    debug: false,
  }
  expect(open()).toEqual(usual)
  expect(open({ port: 'COM5', model: '119F', baud: 230_400 })).toEqual({
    ...usual,
    portName: 'COM5',
    model: '119F',
    baudRate: 230_400,
  })
})

describe('answers', () => {
  test('a result of zero, or none where the fields say enough', () => {
    const registration = '"isRegistered":true,"registrationInfo":{"owner":{"inn":"7701234567"}}'
    for (const json of [`{${registration}}`, `{"result":0,${registration}}`])
      expect(COMMANDS.getRegistrationInfo.decode(answer(json))).toMatchObject({
        ok: true,
        value: { inn: '7701234567' },
      })
  })

  test('any other result is a refusal with the service’s own words', () => {
    expect(COMMANDS.getStatus.decode(answer('{"result":3001,"description":"Нет связи"}'))).toEqual({
      ok: false,
      error: { code: '3001', reason: 'Нет связи (3001)', reaction: 'state' },
    })
    expect(COMMANDS.closeSession.decode(answer('{"result":-5}'))).toMatchObject({ ok: false, error: { code: '-5' } })
  })

  test('an answer that says nothing, or is one to another question, is a protocol error', () => {
    const wrong = expect.objectContaining({ code: 'protocol.answer' })
    expect(() => COMMANDS.closeSession.decode(answer('{}'))).toThrow(wrong)
    expect(() => COMMANDS.getStatus.decode(answer('{"result":0}'))).toThrow(wrong)
    expect(() => COMMANDS.getStatus.decode(answer('{"result":0,"driverVer":"1"}'))).toThrow(wrong)
    expect(() => COMMANDS.openSession.decode(answer('{"result":0,"sessionKey":""}'))).toThrow(wrong)
    expect(() => COMMANDS.getStatus.decode(answer('{"result":"?","shiftInfo":{"isOpen":true}}'))).toThrow(wrong)
  })

  test('random texts and random JSON give a value, a refusal or a protocol error, and nothing else', () => {
    const members = fc.dictionary(
      fc.constantFrom('result', 'shiftInfo', 'fnInfo', 'sessionKey', 'kktNum', 'registrationInfo', 'driverVer', 'num'),
      fc.jsonValue(),
    )
    const json = fc.oneof(
      fc.string(),
      fc.json(),
      members.map(value => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(fc.constantFrom(...commands), json, (command, text) => {
        try {
          const decoded = command.decode(answer(text))
          expect(decoded.ok || decoded.error.code.length > 0).toBe(true)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/^protocol\./) })
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
