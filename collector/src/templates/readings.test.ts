import { expect, test } from 'vitest'
import { readingsOf } from './readings.ts'

const facts = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, at: 0, receivedAt: 0, source: 'register' as const }]),
  ) as Parameters<typeof readingsOf>[1]
const ZONE = 'Asia/Vladivostok'

test('R2, R3, R5: what is asked for first is told in words, with units, in the time of the site', () => {
  const drive = facts({
    'fiscal.fn.valid_until': '2026-12-01',
    'fiscal.fn.phase': 'post_fiscal',
    'fiscal.fn.flags': ['replace_urgently'],
    'fiscal.fn.last_document': 228_000,
    'fiscal.register.mode': 'shift_open',
  })
  expect(readingsOf('fiscal_drive', drive, 'ru', ZONE)).toEqual([
    'Срок действия ФН: 01.12.2026',
    'Фаза жизни ФН: архив закрыт, идёт передача',
    'Предупреждения ФН: срочно заменить',
    'Последний ФД: 228000',
  ])
  const pc = facts({ 'host.disk.free_bytes': 3 * 2 ** 30, 'host.boot_at': '2026-11-22T03:00:00Z' })
  expect(readingsOf('workstation', pc, 'en', ZONE)).toEqual(['Disk free: 3\u00a0GB', 'Booted at: 2026-11-22 13:00'])
})

test('what was never read, and a part of the till of which nothing is asked, leaves nothing', () => {
  expect(readingsOf('ofd', facts({ 'fiscal.ofd.unsent_documents': null }), 'ru', ZONE)).toEqual([])
  expect(readingsOf('other', facts({ 'fiscal.ofd.unsent_documents': 1 }), 'ru', ZONE)).toEqual([])
})
