import { expect, test } from 'vitest'
import type { Capabilities, DeskMessage } from '../connectors/connector.ts'
import { fitted } from './whole-text.ts'

/** A desk that takes texts of so many characters, and no files. */
const desk = (bodyMax: number) => ({ capabilities: { bodyMax, fileMax: 0 } as Capabilities, language: 'en' as const })
const message = (text: string) => ({ text }) as DeskMessage

test('a text that fits is left as it is', () => {
  expect(fitted(desk(1_000), message('short'))).toEqual({ message: { text: 'short' }, rest: null })
})

test('a desk without files gets the rest in parts, and of a text without end the last one says where it is', () => {
  const few = fitted(desk(1_000), message('x'.repeat(1_500)))
  expect(few.message.text).toContain('What follows comes separately.')
  expect([few.message.text, ...(few.rest?.parts ?? [])].join('').match(/x/g)).toHaveLength(1_500)
  expect(few.rest?.parts.at(-1)).not.toContain('portal')

  const many = fitted(desk(1_000), message('x'.repeat(100_000)))
  expect(many.rest?.parts).toHaveLength(10)
  expect(many.rest?.parts.at(-1)).toMatch(/The rest is in the portal\.$/)
  for (const part of many.rest?.parts ?? []) expect(part.length).toBeLessThanOrEqual(1_000)
})
