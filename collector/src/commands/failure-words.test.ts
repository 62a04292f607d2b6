import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, SpokenError } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { failureLines } from './failure-words.ts'

const SOURCES = join(import.meta.dirname, '..')

test('the next step is one that a command line has, whatever page the failure was written for', () => {
  const unknown = new AppError('agent.unknown', 'there is no agent nobody', { nextStep: 'Open it from the list.' })
  expect(failureLines(unknown, 'en')).toEqual(['there is no agent nobody', 'See `tillwatch agent list` for the ids.'])
  expect(failureLines(unknown, 'ru')).toEqual(['Такого агента нет', 'Все агенты: tillwatch agent list.'])
})

test('what speaks both languages speaks the one asked for; what has no words is told as it came', () => {
  const spoken = new SpokenError('x.y', { ru: 'Нет', en: 'no' }, { ru: 'Дайте', en: 'Give it' })
  expect(failureLines(spoken, 'ru')).toEqual(['Нет', 'Дайте'])
  expect(failureLines(spoken, 'en')).toEqual(['no', 'Give it'])
  expect(failureLines(new AppError('x.z', 'odd'), 'ru')).toEqual(['odd'])
  expect(failureLines(new Error('a bug'), 'ru')).toEqual(['a bug'])
})

test('every failure of what commands alone do has Russian words', () => {
  const files = ['store/backup.ts', 'data-dir.ts', 'store/sqlite/sqlite-agents.ts', 'remote/command-rules.ts']
  const texts = globSync(files.map(file => join(SOURCES, file))).map(file => readFileSync(file, 'utf8'))
  const codes = texts.flatMap(text => [...text.matchAll(/new AppError\('([a-z._]+)'/g)].map(([, code = '']) => code))
  expect(codes.length).toBeGreaterThan(8)
  const english = codes.filter(code => !/[а-яё]/i.test(failureLines(new AppError(code, 'English'), 'ru').join(' ')))
  expect(english).toEqual([])
})
