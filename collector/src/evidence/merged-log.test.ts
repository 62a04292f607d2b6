import { expect, test } from 'vitest'
import { fitting } from './evidence-file.ts'
import { type LogSources, mergedLog } from './merged-log.ts'

const AT = Date.parse('2026-11-23T09:00:00Z')
const line = (second: number, msg: string, more: object = {}) =>
  JSON.stringify({ level: 30, time: new Date(AT + second * 1_000).toISOString(), msg, ...more })
const sources = (more: Partial<LogSources>): LogSources => ({
  ...{ timezone: 'Europe/Moscow', from: AT, agentLog: null, skewMs: 0, changes: [], events: [] },
  ...more,
})

test('R30: one log in the order in which things happened, by corrected time', () => {
  const text = mergedLog(
    sources({
      // The clock of the PC is an hour ahead.
      skewMs: 3_600_000,
      agentLog: [line(3_600 + 10, 'port closed', { slot: 'com1' }), '  at driver', line(3_600 + 30, 'port open')].join(
        '\n',
      ),
      changes: [{ at: AT + 20_000, fact: 'fiscal.register.link', value: 'silent', raw: '0x50' }],
      events: [{ at: AT + 5_000, name: 'agent_started', details: '{"version":"0.1"}' }],
    }),
    'ru',
  )
  expect(text?.split('\n')).toEqual([
    'Журнал по времени объекта (Europe/Moscow)',
    '',
    '2026-11-23 12:00:05  событие: agent_started {"version":"0.1"}',
    '2026-11-23 12:00:10  агент: port closed slot=com1',
    '2026-11-23 12:00:10  агент:   at driver',
    '2026-11-23 12:00:20  показание: Связь с ККТ = молчит [0x50]',
    '2026-11-23 12:00:30  агент: port open',
    '',
  ])
})

test('R29, R30: lines of the sales program and of the driver stand among those of the agent, under their names, by corrected time', () => {
  const foreign = (second: number, log: string, msg: string) =>
    JSON.stringify({ time: new Date(AT + second * 1_000).toISOString(), log, msg })
  const agentLog = [
    JSON.stringify({ log: 'Драйвер', msg: 'a line without a time' }),
    foreign(3_600 + 3, 'Касса', 'чек 15 не напечатан, пароль: 30'),
    line(3_600 + 4, 'port closed', { log: 'its own field', note: 'missing' }),
    foreign(3_600 + 2, 'Драйвер', 'код 3822: порт занят'),
    JSON.stringify({ log: 'Драйвер', msg: '  at Driver.open' }),
    JSON.stringify({ time: new Date(AT + 3_600_000).toISOString(), log: 'Касса', note: 'cut', msg: 'older' }),
    JSON.stringify({ time: new Date(AT + 3_609_000).toISOString(), log: 'Весы', note: 'missing', msg: 'none' }),
    JSON.stringify({ time: new Date(AT + 3_609_000).toISOString(), log: 'Весы', note: 'toString', msg: 'odd' }),
  ].join('\n')
  const told = (language: 'ru' | 'en') =>
    mergedLog(sources({ skewMs: 3_600_000, agentLog }), language)
      ?.trimEnd()
      .split('\n')
      .slice(2)
  expect(told('ru')).toEqual([
    '2026-11-23 12:00:00  Драйвер: a line without a time',
    '2026-11-23 12:00:00  Касса: строки старше не поместились',
    '2026-11-23 12:00:02  Драйвер: код 3822: порт занят',
    '2026-11-23 12:00:02  Драйвер:   at Driver.open',
    '2026-11-23 12:00:03  Касса: чек 15 не напечатан, пароль: [removed]',
    '2026-11-23 12:00:04  агент: port closed log=its own field note=missing',
    '2026-11-23 12:00:09  Весы: файла нет',
    '2026-11-23 12:00:09  Весы: odd',
  ])
  expect(told('en')?.[1]).toBe('2026-11-23 12:00:00  Касса: older lines did not fit')
})

test('R29: secrets of every source are removed', () => {
  const text = mergedLog(
    sources({
      agentLog: line(1, 'login', { password: 'hunter2-x' }),
      events: [{ at: AT, name: 'said', details: '{"token":"hunter2-x"}' }],
      changes: [{ at: AT, fact: 'host.name', value: 'http://admin:hunter2-x@till', raw: null }],
    }),
    'en',
  )
  expect(text).toContain('[removed]')
  expect(text).not.toContain('hunter2-x')
})

test('R29: a secret that goes on over lines, in one line or several, is removed from all of them', () => {
  const agentLog = [
    line(1, 'key -----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY----- behind'),
    ...['password:', 'hunter2-x', '-----BEGIN PRIVATE KEY-----', 'MIIEvQ', '-----END PRIVATE KEY-----'],
    line(2, 'said\npassword=hunter2-x\nso'),
  ].join('\n')
  const text = mergedLog(sources({ agentLog }), 'en') ?? ''
  expect(text).not.toMatch(/hunter2|MIIE/)
  expect(
    text
      .trimEnd()
      .split('\n')
      .slice(2)
      .every(one => /^2026-11-23 12:00:0\d {2}agent: /.test(one)),
  ).toBe(true)
  expect(text).toContain('agent: key [removed] behind')
})

test('readings are told in words, with their units, in the time of the site', () => {
  const changes = [
    { at: AT, fact: 'host.disk.free_bytes', value: 3 * 2 ** 30, raw: null },
    { at: AT, fact: 'host.boot_at', value: '2026-11-23T08:00:00Z', raw: null },
    { at: AT, fact: 'fiscal.fn.phase', value: 'post_fiscal', raw: '7' },
  ]
  expect(mergedLog(sources({ changes }), 'ru')?.split('\n').slice(2, 5)).toEqual([
    '2026-11-23 12:00:00  показание: Свободно на диске = 3\u00a0ГБ',
    '2026-11-23 12:00:00  показание: Загрузка ОС = 23.11.2026 11:00',
    '2026-11-23 12:00:00  показание: Фаза жизни ФН = архив закрыт, идёт передача [7]',
  ])
})

test('the newest lines win when not all of them fit', () => {
  const agentLog = Array.from({ length: 5_000 }, (_, n) => line(n, `line ${n} of many`)).join('\n')
  const text = mergedLog(sources({ agentLog }), 'ru') ?? ''
  expect(Buffer.byteLength(text)).toBeLessThan(100 * 1024)
  expect(text).toContain('line 4999 of many')
  expect(text).not.toContain('line 0 of many')
})

test('a log without the agent says so; nothing known is no log', () => {
  const changes = [{ at: AT, fact: 'host.name', value: 'till', raw: null }]
  expect(mergedLog(sources({ changes }), 'en')).toContain("The agent's log is missing.")
  expect(mergedLog(sources({}), 'en')).toBeNull()
})

test('a text is cut to whole lines, a picture never', () => {
  const text = { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('first\nsecond\nthird\n') }
  const cut = (max: number) => {
    const file = fitting(text, max, '…\n')
    return file && Buffer.from(file.bytes).toString()
  }
  expect(cut(19)).toBe('first\nsecond\nthird\n')
  expect(cut(18)).toBe('…\nsecond\nthird\n')
  expect(cut(5)).toBeNull()
  expect(fitting({ ...text, type: 'image/png' }, 18, '…\n')).toBeNull()
})
