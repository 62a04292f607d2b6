import { expect, it } from 'vitest'
import { ruleName } from './rule-names.ts'

it('calls rules by their names, those below one by its name, and leaves strangers as they are', () => {
  expect(ruleName('ofd.queue_age', 'ru')).toBe('Чеки не уходят в ОФД')
  expect(ruleName('fn.flags.ofd_timeout', 'en')).toBe('Warnings of the drive')
  expect(ruleName('shift.expired', 'ru')).toBe('Смена открыта больше 24 часов')
  expect(ruleName('bakery.oven', 'ru')).toBe('bakery.oven')
})
