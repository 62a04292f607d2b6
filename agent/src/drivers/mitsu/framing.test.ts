import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hex } from '../../codec/bytes.ts'
import { ANSWER_BYTES_MAX, type AnswerEvent, type Channel, createAnswerParser, encodeQuery } from './framing.ts'

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))
const textOf = (event: AnswerEvent | null) =>
  event?.kind === 'answer' ? Buffer.from(event.text).toString('latin1') : event
const withLrc = (text: string) => {
  const data = [...bytesOf(text), 0x03]
  return Uint8Array.of(
    ...data,
    data.reduce((sum, byte) => sum ^ byte, 0),
  )
}
const parse = (channel: Channel, stream: Uint8Array, size = stream.length || 1) => {
  const parser = createAnswerParser(channel)
  for (let from = 0; from < stream.length; from += size) {
    const event = parser.push(stream.subarray(from, from + size))
    if (event) return event
  }
  return null
}

describe('queries', () => {
  test('over a cable: 02, length, query, 03, XOR of all; over the network bare', () => {
    expect(hex(encodeQuery("<GET INFO='OFD'/>", 'cable'))).toBe(
      '02 11 00 3C 47 45 54 20 49 4E 46 4F 3D 27 4F 46 44 27 2F 3E 03 35',
    )
    expect(Buffer.from(encodeQuery("<GET DEV='?'/>", 'network')).toString()).toBe("<GET DEV='?'/>")
  })

  test('the length is low byte first, and a query that no register takes is a bug', () => {
    expect([...encodeQuery('A'.repeat(300), 'cable').subarray(0, 3)]).toEqual([0x02, 0x2c, 0x01])
    expect(() => encodeQuery('A'.repeat(2_041), 'cable')).toThrow(RangeError)
    expect(() => encodeQuery('', 'network')).toThrow(RangeError)
  })
})

describe('answers over a cable', () => {
  test('data, 03 and LRC, also when the LRC is 03 itself', () => {
    expect(textOf(parse('cable', withLrc("<OK COUNT='0'/>")))).toBe("<OK COUNT='0'/>")
    expect(hex(withLrc("<OK COUNT='0'/>")).endsWith('03 44')).toBe(true)
    const lrcIs03 = "<OK DEV='MITSU-1-Fz8'/>"
    expect(withLrc(lrcIs03).at(-1)).toBe(0x03)
    expect(textOf(parse('cable', withLrc(lrcIs03)))).toBe(lrcIs03)
  })

  test('noise in front is dropped, a changed byte is damage', () => {
    expect(textOf(parse('cable', Uint8Array.of(0x03, 0xff, 0x03, ...withLrc('<OK/>'))))).toBe('<OK/>')
    const damaged = withLrc("<OK COUNT='0'/>")
    damaged[5] = 0x58
    expect(parse('cable', damaged)).toEqual({ kind: 'damaged' })
  })

  test('any data without 03 comes back whole, however it is cut', () => {
    const data = fc
      .uint8Array({ maxLength: 600 })
      .map(bytes => `<${Buffer.from(bytes.filter(byte => byte !== 0x03)).toString('latin1')}`)
    fc.assert(
      fc.property(data, fc.integer({ min: 1, max: 50 }), (text, size) => {
        expect(textOf(parse('cable', withLrc(text), size))).toBe(text)
      }),
    )
  })
})

describe('answers over the network', () => {
  test.each([
    "<OK COUNT='0'/>",
    "<OK SHIFT='16'></OK>",
    "<OK SHIFT='16'></ANS>",
    "<OK REG='1'><T1048>name</T1048><T1009></T1009></OK>",
    "<OK TEXT='a>b</OK>'/>",
    '<ok ofd="x/" port="1"/>',
    "<ERROR No='40' FSE='0x02'/>",
    "<OK FN='1'> </OK>",
  ])('%s ends with its own end', text => {
    expect(textOf(parse('network', bytesOf(`\r\n${text}<OK/>`), 1))).toBe(text)
    for (let length = 0; length < text.length; length++)
      expect(parse('network', bytesOf(text.slice(0, length)))).toBeNull()
  })

  test('pieces of 535 bytes are joined', () => {
    const text = `<OK REG='1'><T1048>${'x'.repeat(1_200)}</T1048></OK>`
    const pieces = [text.slice(0, 535), text.slice(535, 1_070), text.slice(1_070)].join('\x17')
    expect(textOf(parse('network', bytesOf(pieces), 100))).toBe(text)
  })
})

test.each<Channel>(['cable', 'network'])(
  'over the %s any bytes in any chunks give the same event, and no more is kept than the longest answer',
  channel => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(...bytesOf('</>\'"=OK'), 0x03, 0x17))
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (bytes, size) => {
        const stream = Uint8Array.from(bytes)
        expect(parse(channel, stream, size)).toEqual(parse(channel, stream))
      }),
    )
    const endless = new Uint8Array(ANSWER_BYTES_MAX + 1).fill(0x41)
    endless[0] = 0x3c
    expect(parse(channel, endless)).toEqual({ kind: 'damaged' })
  },
)
