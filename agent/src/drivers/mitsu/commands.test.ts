import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReadCommand, requestOf } from '../kit/read-only.ts'
import { parseAnswer } from './answer.ts'
import { COMMANDS } from './commands.ts'
import { refusalOf } from './error-codes.ts'

/** Queries that only read, from the vendor's list. A new query of the driver must be entered here by hand. */
const ALLOWED = [
  "<GET INFO='0'/>",
  "<GET INFO='FN'/>",
  "<GET INFO='OFD'/>",
  "<GET INFO='NOT'/>",
  "<GET VER='?' DATE='?' TIME='?'/>",
  "<GET REG='?'/>",
  "<GET OFD='?'/>",
  "<GET DEV='?'/>",
]

type AnyCommand = ReadCommand<void, unknown, string, Uint8Array>
const commands = Object.values(COMMANDS) as unknown as AnyCommand[]
const OPTIONS = { variant: 1, passwords: {} }
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

test('the table says these queries and nothing else: no document by number, no print, no total, no other tag than GET', () => {
  const texts = commands.map(command => requestOf(command, undefined, OPTIONS))
  expect(new Set(texts)).toEqual(new Set(ALLOWED))
  for (const text of texts) {
    expect(text).toMatch(/^<GET [^<>]*\/>$/)
    expect(text).not.toMatch(/\b(DOC|PRINT)\b|INFO='[1-4]'/)
  }
})

test('what is not of the table is not encoded, and the table cannot be changed', () => {
  const forged = { ...commands[0], encode: () => '<PRINT/>' } as AnyCommand
  expect(() => requestOf(forged, undefined, OPTIONS)).toThrow('read-only table')
  expect(() => Object.assign(COMMANDS.model, { name: 'GET DOC' })).toThrow(TypeError)
})

describe('answers', () => {
  test('an answer to another question is a protocol error, not a value', () => {
    for (const text of ["<OK DEV='MITSU-1-F'/>", '<OK/>', "<OK SHIFT='1' STATE='0' COUNT='5'/>"])
      expect(() => COMMANDS.queue.decode(bytesOf(text))).toThrow(expect.objectContaining({ code: 'protocol.answer' }))
    expect(() => COMMANDS.shift.decode(bytesOf("<OK FN='1' COUNT='5'/>"))).toThrow('without SHIFT, STATE')
  })

  test('an error is a refusal with the register’s number and the FN’s', () => {
    expect(COMMANDS.shift.decode(bytesOf("<ERROR No='40' FSE='0x02' PAR='INFO'/>"))).toEqual({
      ok: false,
      error: { code: '40/0x02', reason: 'the FN refused the query (40/0x02)', reaction: 'state' },
    })
  })

  test('random bytes give a value, a refusal or a protocol error, and nothing else', () => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(...bytesOf("<OK ERROR No COUNT SHIFT='1'/>")))
    fc.assert(
      fc.property(fc.constantFrom(...commands), fc.array(byte, { maxLength: 120 }), (command, bytes) => {
        try {
          const answer = command.decode(Uint8Array.from(bytes))
          expect(answer.ok || answer.error.code.length > 0).toBe(true)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/^protocol\./) })
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

test.each([
  ["<ERROR No='95'/>", 'at_work'],
  ["<ERROR No='509'/>", 'at_work'],
  ["<ERROR No='22'/>", 'at_work'],
  ["<ERROR No='69'/>", 'fault'],
  ["<ERROR No='500'/>", 'fault'],
  ["<ERROR No='501'/>", 'fault'],
  ["<ERROR No='96'/>", 'state'],
  ["<ERROR No='99'/>", 'state'],
  ["<ERROR No='7777'/>", 'state'],
  ["<ERROR No='constructor'/>", 'state'],
  ['<ERROR/>', 'state'],
])('%s is %s, and no number alone makes a fault of the register a fact, or bars a query', (text, reaction) => {
  const refusal = refusalOf(parseAnswer(bytesOf(text)))
  expect(refusal).toMatchObject({ reaction, reason: expect.not.stringContaining('undefined') })
  expect(refusal).not.toHaveProperty('error')
})

test('a drive that is not there is a fault where the drive was asked, and nowhere else', () => {
  const answer = bytesOf("<ERROR No='69'/>")
  expect(COMMANDS.drive.decode(answer)).toMatchObject({ ok: false, error: { reaction: 'fault', error: 'fn_link' } })
  expect(COMMANDS.shift.decode(answer)).not.toHaveProperty('error.error')
})

test.each([
  ["<ERROR No='11' FSE='0x03'/>", 'fn'],
  ["<ERROR No='69' FSE='0x05'/>", 'fn'],
  ["<ERROR No='40' FSE='0x07'/>", 'clock'],
  ["<ERROR No='40' FSE='0x02'/>", undefined],
])('%s is what the FN says of itself, whatever the number: %s', (text, error) => {
  expect(refusalOf(parseAnswer(bytesOf(text))).error).toBe(error)
})

test('a meaning that only an open driver gives is told as such', () => {
  expect(refusalOf(parseAnswer(bytesOf("<ERROR No='500'/>"))).reason).toBe('no paper (500, as an open driver reads it)')
})
