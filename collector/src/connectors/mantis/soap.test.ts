import { expect, it } from 'vitest'
import { faultOf, idsOf, searchEnvelope } from './soap.ts'

const answer = (content: string): string =>
  `<?xml version="1.0"?><S:Envelope xmlns:S="x"><S:Body><ns1:mc_filter_search_issue_idsResponse xmlns:ns1="y">${content}</ns1:mc_filter_search_issue_idsResponse></S:Body></S:Envelope>`

it.each([
  ['<return SOAP-ENC:arrayType="xsd:ur-type[0]" xsi:type="ns1:IntegerArray"/>', []],
  ['<return SOAP-ENC:arrayType="xsd:integer[0]"></return>', []],
  [
    '<return xsi:type="a" SOAP-ENC:arrayType="xsd:integer[2]"><item xsi:type="i">7</item>\n<item>12</item></return>',
    [7, 12],
  ],
  // A list that is not whole says nothing about what is missing in it.
  ['<return SOAP-ENC:arrayType="xsd:integer[2]"><item>7</item></return>', null],
  ['<return SOAP-ENC:arrayType="xsd:integer[1]"><item>seven</item></return>', null],
  ['<return><item>7</item></return>', null],
  ['', null],
])('reads the numbers of %s', (content, ids) => {
  expect(idsOf(answer(content))).toEqual(ids)
})

it('a page of a web server is no answer', () => {
  expect(idsOf('<html><body><item>1</item></body></html>')).toBeNull()
  expect(faultOf('<html>')).toBeNull()
})

it('a fault is told with its code', () => {
  const fault = '<S:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>Access denied</faultstring></S:Fault>'
  expect(faultOf(answer(fault))).toBe('SOAP-ENV:Client: Access denied')
})

it('what stands for markup is escaped in every text of the question', () => {
  const asked = { user: '<u>', token: 'a&b', field: 7, value: `"'`, page: 1, pageSize: 100 }
  const text = searchEnvelope(asked)
  for (const part of ['&#60;u&#62;', 'a&#38;b', '&#34;&#39;']) expect(text).toContain(`>${part}<`)
})
