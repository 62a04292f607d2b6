import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { smtpConfig } from '@tillwatch/collector/connectors/email/config'
import { createMailer } from '@tillwatch/collector/connectors/email/mailer'
import type { Notices } from '@tillwatch/collector/notices/notice'
import { createNoticeBook, type NoticeQueue } from '@tillwatch/collector/notices/notice-book'
import { createNoticeRunner } from '@tillwatch/collector/notices/notice-runner'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { type Component, NOTICES_WAITING_MAX } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

const NOW = Date.parse('2026-11-23T09:00:00Z')
let server: SMTPServer
let port: number
let mails: string[]
let refusal: number | null
let folder: string
let database: DatabaseSync
let clock: ManualClock
let notices: Notices
let queue: NoticeQueue
let runner: Component

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', () => {
        if (refusal !== null) return done(Object.assign(new Error('not now'), { responseCode: refusal }))
        mails.push(Buffer.concat(chunks).toString('utf8'))
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  port = (server.server.address() as AddressInfo).port
})
afterAll(() => new Promise<void>(resolve => server.close(() => resolve())))

beforeEach(() => {
  mails = []
  refusal = null
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-notices-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO responsibles (id, tenant_id, code, role, name, email, timezone, language)
      VALUES ('1', 'main', 'boss', 'head', 'Анна', 'anna@example.test', 'Europe/Moscow', 'ru'),
             ('2', 'main', 'duty-1', 'duty', 'Борис', 'boris@example.test', 'Europe/Moscow', 'en')`)
  clock = new ManualClock(NOW)
  open(true)
})
afterEach(async () => {
  await runner.stop()
  database.close()
  rmSync(folder, { recursive: true })
})

function open(hasChannel: boolean): void {
  const book = createNoticeBook(database, hasChannel)
  notices = book.notices
  queue = book.queue
  const settings = { host: '127.0.0.1', port, tls: 'none', from: 'tillwatch@example.test' }
  runner = createNoticeRunner({
    ...{ queue, clock, random: () => 0, log: recordingLogger(), from: settings.from },
    mailer: createMailer(smtpConfig.parse(settings)),
    publicUrl: 'https://tillwatch.example.test/',
  })
}
const add = (key: string, role: 'head' | 'duty' | 'line1_lead' | 'client_contact' = 'head') =>
  notices.add(
    {
      ...{ tenantId: 'main', incidentId: null, role, key },
      subject: { ru: 'Срок истёк', en: 'Overdue' },
      text: { ru: 'Решение просрочено.', en: 'The solution is overdue.' },
    },
    clock.now(),
  )
const states = () =>
  database
    .prepare('SELECT key, state, attempts FROM notices ORDER BY id')
    .all()
    .map(row => Object.values(row).join(' '))
/** Mail goes through a real server, at the pace of the machine. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 8_000 })
const headerOf = (mail: string, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(mail)?.[1]

describe('messages to people (R79, R82, domain 18.34)', () => {
  it('go to whoever holds the role, in his language, marked as sent by a machine', async () => {
    expect(add('a')).toBe('told')
    expect(add('b', 'duty')).toBe('told')
    await runner.start()
    await eventually(() => expect(mails).toHaveLength(2))
    expect(mails.map(mail => headerOf(mail, 'To'))).toEqual(['anna@example.test', 'boris@example.test'])
    expect(mails[1]).toContain('The solution is overdue.')
    expect(headerOf(mails[0] ?? '', 'Auto-Submitted')).toBe('auto-generated')
    await eventually(() => expect(states()).toEqual(['a sent 1', 'b sent 1']))
  })

  it('the same news twice is one message', () => {
    add('a')
    add('a')
    expect(states()).toEqual(['a waiting 0'])
  })

  it('a server that is busy is asked again later, under the same Message-ID', async () => {
    refusal = 451
    add('a')
    await runner.start()
    await eventually(() =>
      expect(database.prepare('SELECT last_error FROM notices').get()?.['last_error']).toContain('not now'),
    )
    refusal = null
    const [row] = database.prepare('SELECT id, next_at, last_error FROM notices').all() as {
      id: number
      next_at: number
    }[]
    expect(row?.next_at).toBeGreaterThanOrEqual(NOW + 5 * 60_000)
    await eventually(async () => {
      await clock.advance(60_000)
      expect(mails).toHaveLength(1)
    })
    expect(headerOf(mails[0] ?? '', 'Message-ID')).toBe(`<notice-${row?.id}@example.test>`)
  })

  it('an address that does not exist is given up at once and said so', async () => {
    refusal = 550
    add('a')
    await runner.start()
    await eventually(() => expect(states()).toEqual(['a failed 1']))
    expect(database.prepare('SELECT last_error FROM notices').get()?.['last_error']).toContain('not now')
  })

  it('an empty role goes to the next authority, nobody at all is kept and shown, an optional one is left out', () => {
    expect(add('a', 'line1_lead')).toBe('told')
    expect(database.prepare('SELECT role, via, email FROM notices').all()).toEqual([
      { role: 'line1_lead', via: 'head', email: 'anna@example.test' },
    ])
    database.exec(`DELETE FROM responsibles WHERE role = 'head'`)
    expect(add('b', 'line1_lead')).toBe('nobody')
    expect(add('c', 'client_contact')).toBe('skipped')
    expect(states()).toEqual(['a waiting 0', 'b nobody 0'])
  })

  it('another tenant’s people are never told, a parent partner’s are', () => {
    database.exec(
      `INSERT INTO tenants (id, name, parent_id, created_at) VALUES ('child', 'Партнёр', 'main', 0), ('other', 'Чужой', NULL, 0)`,
    )
    const draft = {
      incidentId: null,
      role: 'head',
      key: 'k',
      subject: { ru: '', en: '' },
      text: { ru: '', en: '' },
    } as const
    expect(notices.add({ ...draft, tenantId: 'other' }, NOW)).toBe('nobody')
    expect(notices.add({ ...draft, tenantId: 'child' }, NOW)).toBe('told')
  })

  it('without a mail server they are kept, shown and never sent later; a full queue takes no more and counts it', async () => {
    open(false)
    add('a')
    open(true)
    await runner.start()
    expect(await queue.begin(NOW)).toBeNull()
    await runner.stop()
    database.exec('BEGIN')
    for (let n = 0; n < NOTICES_WAITING_MAX + 1; n++) add(`n${n}`)
    database.exec('COMMIT')
    expect(await queue.counts()).toEqual({ no_channel: 1, waiting: NOTICES_WAITING_MAX, dropped: 1 })
  })
})
