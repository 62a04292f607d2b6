import fc from 'fast-check'
import { expect, it } from 'vitest'
import { htmlOf, textOfHtml } from './html.ts'

it('what is written as HTML is read back as it was', () => {
  const line = fc.string({ unit: 'grapheme' }).map(text => text.replace(/\s+/g, ' ').trim())
  const text = fc.array(line, { minLength: 1 }).map(lines => lines.join('\n').trim())
  fc.assert(fc.property(text, plain => textOfHtml(htmlOf(plain)) === plain))
})

it('what people write in an editor is read without its markup', () => {
  const html = '<div><p>Выехал <b>инженер</b>&nbsp;&lt;завтра&gt;</p><p>&#1055;озвоню &amp; скажу</p></div>'
  expect(textOfHtml(html)).toBe('Выехал инженер <завтра>\nПозвоню & скажу')
  expect(textOfHtml('a<script>alert(1)</script>b &#9999999999; &unknown;')).toBe('ab &#9999999999; &unknown;')
})

it.each(['<', '<script>', '<p ', ' \t', '&', '<br'])('a long text of “%s” is read as fast as any other', part => {
  expect(textOfHtml(`a${part.repeat(300_000)}`)).toContain('a')
})
