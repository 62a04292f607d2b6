import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byteOf, countOf, dateOf, dateTimeOf, parseAnswer } from './answer.ts'

const CP1251 = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('windows-1251').decode(Uint8Array.of(byte)), byte]),
)
const bytesOf = (text: string) => Uint8Array.from(text, character => CP1251.get(character) ?? 0x3f)
const parse = (text: string) => parseAnswer(bytesOf(text))

describe('attributes', () => {
  test.each([
    "<OK COUNT='63' FIRST='18'/>",
    '<ok count="63" first="18"></ok>',
    '<OK COUNT=63 FIRST=18 />',
    "<OK COUNT='63'FIRST='18'></OK>",
    "<OKCOUNT='63'FIRST='18'></ANS>",
    "<OK Count = '63'  First='18'> </OK>",
  ])('%s', text => {
    const answer = parse(text)
    expect([answer.isError, answer.attribute('COUNT'), answer.attribute('FIRST')]).toEqual([false, '63', '18'])
  })

  test('the first of several names that is there, the first of two of one name, and none', () => {
    expect(parse("<OK ADDR='a.example'/>").attribute('OFD', 'ADDR')).toBe('a.example')
    expect(parse("<OK OFD='b.example' ADDR='a.example'/>").attribute('OFD', 'ADDR')).toBe('b.example')
    expect(parse("<OK PORT='1' PORT='2'/>").attribute('PORT')).toBe('1')
    expect(parse('<OK/>').attribute('PORT')).toBeNull()
  })

  test('an error has its number and the FN’s own', () => {
    const answer = parse("<ERROR No='40' FSE='0x02' PAR='INFO'/>")
    expect([answer.isError, answer.attribute('No'), answer.attribute('FSE')]).toEqual([true, '40', '0x02'])
  })
})

test('child tags hold Windows-1251 text, with the signs of XML written as names', () => {
  const answer = parse("<OK REG='1'><T1048>ООО «А» &amp; &lt;Б&gt;</T1048><T1046> ОФД </T1046><T1117></T1117></OK>")
  expect(answer.child('T1048')).toBe('ООО «А» & <Б>')
  expect(answer.child('t1046')).toBe('ОФД')
  expect([answer.child('T1117'), answer.child('T1009')]).toEqual(['', null])
})

test('what is neither OK nor ERROR is a protocol error', () => {
  for (const text of ['', '<#K/>', 'noise', '<GET/>'])
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'protocol.answer' }))
})

test('any bytes give an answer or a protocol error, and nothing else', () => {
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(...bytesOf('<OK ERROR/>=\'"&amp;')))
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 300 }), bytes => {
      try {
        const answer = parseAnswer(Uint8Array.from(bytes))
        expect(typeof answer.isError).toBe('boolean')
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'protocol.answer' })
      }
    }),
    { numRuns: 1_000 },
  )
})

/** Far more than the longest answer: what reads from each letter anew would take minutes over it. */
const HOSTILE = 200_000

test.each([
  ['a name', `<OK ${'a'.repeat(HOSTILE)}`],
  ['the name of a tag', `<OK><${'a'.repeat(HOSTILE)}`],
  ['the name of a tag that ends and is not closed', `<OK><${'a'.repeat(HOSTILE)}>${'b'.repeat(HOSTILE)}`],
  ['names and blanks', `<OK ${`a${' '.repeat(99)}`.repeat(HOSTILE / 100)}`],
  ['tags that nothing closes', `<OK>${'<a>'.repeat(HOSTILE)}`],
  ['tags that are closed and closed', `<OK>${'<a></a '.repeat(HOSTILE)}`],
  ['quotes', `<OK ${"'".repeat(HOSTILE)}`],
])('%s without an end costs no more than reading it does', (_title, text) => {
  expect(parse(text).isError).toBe(false)
})

test('values that a register writes come back, whatever quotes it uses', () => {
  const value = fc.string({ unit: fc.constantFrom(...'АБя09 .|:-«»'), maxLength: 30 }).map(text => text.trim())
  fc.assert(
    fc.property(value, value, fc.constantFrom("'", '"'), (one, two, quote) => {
      const answer = parse(`<OK A=${quote}${one}${quote} B=${quote}${two}${quote}><C>${one}</C></OK>`)
      expect([answer.attribute('A'), answer.attribute('B'), answer.child('C')]).toEqual([one, two, one])
    }),
  )
})

test.each([
  ['2024-07-17', '2024-07-17'],
  ['2000-00-00', null],
  ['0000-00-00', null],
  ['2023-02-30', null],
  ['17.07.2024', null],
  ['', null],
  [null, null],
])('date %s is %s', (text, date) => expect(dateOf(text)).toBe(date))

test('a time belongs to a day that exists', () => {
  expect(dateTimeOf('2023-04-27', '23:00')).toBe('2023-04-27T23:00')
  expect(dateTimeOf('2023-02-06', '08:32:18')).toBe('2023-02-06T08:32:18')
  expect(dateTimeOf('2000-00-00', '00:00')).toBeNull()
  expect(dateTimeOf('2023-04-27', '24:00')).toBeNull()
  expect(dateTimeOf('2023-04-27', null)).toBeNull()
})

test('numbers: only what can be read in one way', () => {
  expect([countOf('63'), countOf('-1'), countOf(''), countOf('1.5'), countOf(null)]).toEqual([
    63,
    null,
    null,
    null,
    null,
  ])
  expect(['0x0F', '0x88', '3', '0x00000008', '15', '08', '0x100', '', null].map(byteOf)).toEqual([
    15,
    136,
    3,
    8,
    null,
    null,
    null,
    null,
    null,
  ])
})
