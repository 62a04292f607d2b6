import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@tillwatch/shared'
import type { AttachmentView, IncidentRow } from '@tillwatch/shared/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../stack/eventually.ts'
import { signIn } from '../stack/portal-session.ts'
import { createStack, type Stack } from '../stack/stack.ts'

const DAY_MS = 86_400_000
const ZONE = 'Asia/Kamchatka'
const PASSWORD = 'Korova-77-pod-stolom'
const folder = mkdtempSync(join(tmpdir(), 'tillwatch-other-logs-'))
const at = (name: string) => join(folder, name)
let stack: Stack

/** `DD.MM.YYYY HH:mm:ss` on the wall of the zone that the log is in, some seconds from now. */
function wall(seconds: number): string {
  const [date = '', time] = new Date(systemClock.now() + seconds * 1_000)
    .toLocaleString('sv-SE', { timeZone: ZONE })
    .split(' ')
  return `${date.split('-').reverse().join('.')} ${time}`
}

beforeAll(async () => {
  const log = (name: string, file: string, encoding: string) => ({ name, path: at(file), encoding, time_zone: ZONE })
  stack = await createStack({
    folder,
    overrides: [fileURLToPath(new URL('../fault/short-holds.yaml', import.meta.url))],
    logs: [
      log('Касса', 'cash-server*.log', 'utf-16le'),
      log('Драйвер', 'driver.log', 'utf-8'),
      log('Весы', 'link.log', 'utf-8'),
    ],
  })
  const ends = new Date(systemClock.now() + 5 * DAY_MS).toISOString().slice(0, 10)
  writeFileSync(stack.stateFile, JSON.stringify({ fn: { valid_until: ends } }))
  const pos = [
    `${wall(-86_400)} вчера`,
    `${wall(-30)} чек 15 не напечатан`,
    '  в Driver.Print',
    `${wall(-10)} вход, пароль:`,
  ]
  writeFileSync(at('cash-server-1.log'), Buffer.from(`\ufeff${[...pos, PASSWORD, ''].join('\r\n')}`, 'utf16le'))
  const driver = [`${wall(-20)} код 3822: порт занят`, `${wall(-5)} connect password=${PASSWORD}`, '']
  writeFileSync(at('driver.log'), driver.join('\n'))
  writeFileSync(at('elsewhere.txt'), `${wall(-1)} чужой файл\n`)
  symlinkSync(at('elsewhere.txt'), at('link.log'))
  await stack.startCollector()
  await stack.enrol()
  await stack.startRegister()
  await stack.startAgent()
}, 60_000)
afterAll(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('R29, R30: with an incident come the logs of the sales program and of the driver, in one order with the agent’s, without passwords', async () => {
  const portal = await signIn(stack)
  const { id } = await eventually(
    'the drive that ends opens an incident',
    async () =>
      (await portal.get<{ rows: IncidentRow[] }>('/api/incidents')).rows.find(({ kind }) => kind === 'incident') ??
      null,
    45_000,
  )
  const file = await eventually(
    'the log is gathered',
    async () =>
      (await portal.get<AttachmentView[]>(`/api/incidents/${id}/attachments`)).find(({ name }) =>
        name.includes('-log-'),
      ) ?? null,
    45_000,
  )
  const lines = (await portal.get<string>(`/api/incidents/${id}/attachments/${file.name}`))
    .trimEnd()
    .split('\n')
    .slice(2)
  const of = (text: string) => lines.findIndex(line => line.includes(text))
  const order = [
    'чек 15',
    'Касса:   в Driver.Print',
    'Драйвер: ',
    'вход, пароль',
    'connect password=[removed]',
    'Весы: файла нет',
  ].map(of)
  expect(order).toEqual(order.toSorted((one, other) => one - other))
  expect(order[0]).toBeGreaterThanOrEqual(0)
  expect(lines[of('чек 15')]).toContain('Касса: ')
  expect(lines[of('Драйвер: ')]).toContain('код 3822: порт занят')
  expect(of('агент: the agent runs')).toBeGreaterThan(of('Драйвер: '))
  const times = lines.map(line => line.slice(0, 19))
  expect(times).toEqual(times.toSorted())
  expect(lines.join('\n')).not.toMatch(/Korova|вчера|чужой файл/)
})
