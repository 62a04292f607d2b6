import { expect, it } from 'vitest'
import { eventMark, isOurs } from './ticket-state.ts'

const ours = `Очередь стоит\n\n${eventMark('tw-i1.desk.2.abc')}`

it('a comment of ours is known by its mark', () => {
  expect(isOurs(`${ours}\n`)).toBe(true)
  expect(isOurs('Выехал')).toBe(false)
})

it('an answer that quotes our comment is a person’s', () => {
  const quoted = ours.replaceAll(/^/gm, '> ')
  expect(isOurs(`Выехал\n\n${quoted}\n`)).toBe(false)
  expect(isOurs(`${quoted}\n\nВыехал`)).toBe(false)
})
