import { expect, test } from 'vitest'
import { z } from 'zod'
import { encodingProblem, pathText, schemaProblems, schemaProblemText } from './schema-problems.ts'

const way = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mail'), to: z.string() }),
  z.strictObject({ kind: z.literal('chat'), room: z.int().min(1).max(9) }),
])
const level = z.union([z.literal(1), z.literal(2)])
const schema = z.strictObject({
  ways: z.array(way).default([]),
  levels: z.union([level, z.array(level)]).optional(),
  by: z.record(z.string(), z.enum(['day', 'week'])).optional(),
  odd: z
    .number()
    .refine(value => value % 2 === 1, { message: 'an odd number', params: { ru: 'нечётное число' } })
    .optional(),
})
const said = (value: unknown, language: 'ru' | 'en' = 'en') => {
  const { error } = schema.safeParse(value)
  if (!error) return []
  return schemaProblems(schema, value, error).map(
    problem => `${pathText(problem.path)}: ${schemaProblemText(problem)[language]}`,
  )
}

test.each<[string, unknown, string]>([
  ['a kind that is none', { ways: [{ kind: 'fax' }] }, 'ways[0].kind: the value does not fit; allowed: mail, chat'],
  ['a key of another kind', { ways: [{ kind: 'mail', to: 'x', room: 1 }] }, 'there is no such key; allowed: kind, to'],
  [
    'a missing key of that kind',
    { ways: [{ kind: 'chat' }] },
    'ways[0].room: is missing; allowed: a whole number from 1',
  ],
  ['one value or several', { levels: 3 }, 'levels: the value does not fit; allowed: 1, 2 or a list of them'],
  ['a value under a name of people', { by: { client: 'year' } }, 'allowed: day, week'],
  ['a rule of our own', { odd: 2 }, 'odd: an odd number'],
])('%s is told with what may stand there', (_what, value, words) => {
  expect(said(value).join('\n')).toContain(words)
})

test('Russian is spoken too', () => {
  expect(said({ ways: [{}], levels: 3, odd: 2 }, 'ru')).toEqual([
    'ways[0].kind: значение не подходит; допустимо: mail, chat',
    'levels: значение не подходит; допустимо: 1, 2 или список из них',
    'odd: нечётное число',
  ])
})

test('what Notepad saves as UTF-16, and Windows-1251, is told from text', () => {
  const utf16 = String.fromCodePoint(0xff_fd, 0xff_fd, 0x64, 0, 0x3a, 0)
  expect(encodingProblem(utf16)?.en).toContain('save the file as UTF-8')
  expect(encodingProblem('имя: касса')).toBeNull()
})
