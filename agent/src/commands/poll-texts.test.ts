import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { POLL_TEXTS } from './poll-texts.ts'

const AGENT = join(import.meta.dirname, '..')
const CYRILLIC = /[а-яё]/i

/** All that a pattern finds in the sources without their comments, each once. */
function found(files: readonly string[], pattern: RegExp): string[] {
  const paths = globSync(files.map(file => join(AGENT, file))).filter(path => !path.endsWith('.test.ts'))
  const code = paths.map(path => readFileSync(path, 'utf8').replace(/\/\*.*?\*\/|^\s*\/\/.*?$/gms, ''))
  return [...new Set(code.flatMap(text => [...text.matchAll(pattern)].flatMap(([, one]) => one ?? [])))]
}

/** Names of notes, of models and of fields: no reasons. */
const NO_REASON =
  /^(Viki .+|last print \d|no such field|work not begun|debug kit|slow line|open session|shift expired by)$/

const textOf = (code: string) => POLL_TEXTS.ru.problem({ code, message: 'English' })

test('every problem of drivers, polls and ports has Russian words', () => {
  const named = found(
    ['drivers/**/*.ts', 'poll/*.ts', 'transport/port-errors.ts'],
    /'((?:register|service|port)\.[a-z_]+)'/g,
  )
  const failures = found(['drivers/kit/ending.ts'], /^ {2}(?!message)([a-z_]+): 'the /gm).map(
    reason => `register.${reason}`,
  )
  expect(failures).toHaveLength(4)
  expect(named.length).toBeGreaterThan(25)
  // Refused at the start of the agent, so never a problem of a poll.
  const codes = [...named, ...failures].filter(code => code !== 'port.unsupported')
  expect(codes.filter(code => !CYRILLIC.test(textOf(code).message) || !textOf(code).nextStep)).toEqual([])
})

test('every reason of a driver has Russian words', () => {
  const reasons = found(
    ['drivers/*/{snapshot,questions,error-codes,tables}.ts', 'drivers/kit/{error-code,told,question,session}.ts'],
    /'([a-z]+ [^'\n]*|(?:the|FN|RAM|ROM|OFD) [^'\n]*)'/gi,
  ).filter(reason => !CYRILLIC.test(reason) && !NO_REASON.test(reason))
  expect(reasons.length).toBeGreaterThan(150)
  expect(reasons.filter(reason => POLL_TEXTS.ru.unknown(reason) === `неизвестно: ${reason}`)).toEqual([])
})

test('a fault is told with its command, its meaning and its code', () => {
  for (const way of ['', 'COM3: ']) {
    const fault = { code: 'register.error.03', message: `${way}command FF01: FN failure (03)` }
    expect(POLL_TEXTS.ru.problem(fault).message).toBe('Ошибка ККТ, команда FF01: неисправность ФН (03)')
  }
})

test('the step names the very settings of the driver', () => {
  const nextStep = 'Set passwords.user and passwords.password as the service has them, and start the agent again.'
  const told = POLL_TEXTS.ru.problem({ code: 'register.password', message: 'English', nextStep })
  expect(told.nextStep).toMatch(/ Настройки: passwords\.user, passwords\.password\.$/)
})
