import { expect, test } from 'vitest'
import { registerTrouble } from './register-trouble.ts'

test('a register that does not answer is told in both languages, with what to do', () => {
  const line = JSON.stringify({
    ...{ level: 40, slot: 'register-1', code: 'register.silent', msg: 'the register does not answer' },
    nextStep: 'Check power, cable, port and line rate.',
  })
  expect(registerTrouble(line)).toEqual([
    '! ККТ не отвечает',
    '  Проверьте питание и кабель, драйвер (driver) и вариант протокола (variant), порт и скорость обмена; при работе через службу — порт ККТ в её настройках.',
    '! the register does not answer',
    '  Check power, cable, port and line rate.',
  ])
})

test.each([
  ['what is no trouble of the register', '{"level":30,"msg":"the agent runs"}'],
  ['another trouble', '{"level":40,"code":"outbox.full","msg":"the outbox is full"}'],
  ['what is no JSON', '12:00:00 warn  silent'],
  ['JSON that is no object', 'null'],
])('%s stays in the log', (_what, line) => {
  expect(registerTrouble(line)).toEqual([])
})
