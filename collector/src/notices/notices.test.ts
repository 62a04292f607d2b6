import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Role } from '@tillwatch/rules'
import { NOTICES_WAITING_MAX } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { delivered, type Outcome, rejected } from '../connectors/connector.ts'
import { createIncidentStore } from '../incidents/incident-store.ts'
import { raisedIncident } from '../incidents/new-incident.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import type { NoticeDraft } from './notice.ts'
import { createNoticeBook } from './notice-book.ts'
import { noticeMailOf } from './notice-mail.ts'
import { createNoticeRunner } from './notice-runner.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
let folder: string
let database: DatabaseSync

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-notices-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO tenants (id, name, parent_id, created_at) VALUES ('child', 'Партнёр', 'main', 0), ('other', 'Чужой', NULL, 0);
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'child', 'bakery', 'Пекарня'), ('d', 'child', 'bar', 'Бар');`)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const respond = (tenant: string, code: string, role: Role, more: { client?: string; contract?: string } = {}) =>
  database
    .prepare(
      `INSERT INTO responsibles (id, tenant_id, code, role, contract, client_id, name, email, timezone, language)
       VALUES (?1 || ?2, ?1, ?2, ?3, ?4, ?5, ?2, ?2 || '@' || ?1 || '.test', 'Europe/Moscow', 'ru')`,
    )
    .run(tenant, code, role, more.contract ?? null, more.client ?? null)
const rows = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[]
const draft = (role: Role, more: Partial<NoticeDraft> = {}): NoticeDraft => ({
  ...{ tenantId: 'child', incidentId: null, clientId: 'c', role, key: 'k' },
  ...{ subject: { ru: 'Тема', en: 'Subject' }, text: { ru: 'Текст', en: 'Text' } },
  ...more,
})
const emails = () => rows('SELECT email FROM notices ORDER BY id').map(row => row['email'])

describe('who is told (domain 18.34)', () => {
  it('client before partner before the partner above, and nobody of a tenant beside', () => {
    const { notices } = createNoticeBook(database, true)
    respond('other', 'stranger', 'head')
    respond('main', 'above', 'head')
    expect(notices.add(draft('head'), NOW)).toBe('told')
    respond('child', 'partner', 'head')
    notices.add(draft('head'), NOW)
    respond('child', 'own', 'head', { client: 'c' })
    notices.add(draft('head'), NOW)
    notices.add(draft('head', { clientId: 'd' }), NOW)
    expect(emails()).toEqual(['above@main.test', 'partner@child.test', 'own@child.test'])
  })

  it('a contract of the partner above with the same number is another one, and its people are not told', () => {
    respond('main', 'foreign', 'head', { contract: '17' })
    respond('main', 'above', 'head')
    respond('main', 'contact', 'client_contact')
    const { notices } = createNoticeBook(database, true)
    const both = { ru: 'Беда', en: 'Trouble' }
    const trouble = {
      ...{
        tenantId: 'child',
        dedupKey: 'k',
        itemId: 'x',
        agentId: 'a',
        subject: 'x',
        causeClass: 'ofd',
        runbook: 'ofd.md',
      },
      ...{
        priority: 1 as const,
        priorityReason: both,
        title: both,
        explanation: both,
        expected: both,
        component: both,
      },
      onsetAt: NOW,
    }
    const incident = { ...raisedIncident(trouble, null, 1, NOW), clientId: 'c' }
    createIncidentStore(database).save(incident)
    database.exec(`
      INSERT INTO sla_clocks (incident_id, tenant_id, policy_id, policy_version, rank, contract, zone, class_a, log_json)
        VALUES ('${incident.id}', 'child', 'p', '1', 'contract', '17', 'Europe/Moscow', 0, '[]')`)
    notices.add(draft('head', { incidentId: incident.id }), NOW)
    expect(notices.add(draft('client_contact', { incidentId: incident.id }), NOW)).toBe('skipped')
    expect(emails()).toEqual(['above@main.test'])
  })
})

describe('the outbox', () => {
  it('one piece of news reaches one person once, and what is too much is dropped where people see it', async () => {
    respond('child', 'boss', 'head')
    const { notices, queue } = createNoticeBook(database, true)
    notices.add(draft('head'), NOW)
    notices.add(draft('head'), NOW + 1)
    expect(emails()).toHaveLength(1)
    for (let n = 1; n <= NOTICES_WAITING_MAX; n++) notices.add(draft('head', { key: `k${n}` }), NOW)
    expect(await queue.counts()).toEqual({ waiting: NOTICES_WAITING_MAX, dropped: 1 })
  })

  it('is tried again until the server takes it, always as the same mail; what it refuses for good stays visible', async () => {
    respond('child', 'boss', 'head')
    const { notices, queue } = createNoticeBook(database, true)
    notices.add(draft('head'), NOW)
    const clock = new ManualClock(NOW)
    const sent: SendMailOptions[] = []
    const outcomes: Outcome<null>[] = [
      { kind: 'retry', message: 'busy' },
      delivered(null),
      rejected('invalid', 'no such user'),
    ]
    const send = async (mail: SendMailOptions) => {
      sent.push(mail)
      return outcomes[sent.length - 1] ?? delivered(null)
    }
    const runner = createNoticeRunner({
      ...{ queue, mailer: { send }, from: 'watch@example.test', publicUrl: 'https://watch.example.test/' },
      ...{ clock, random: () => 0, log: recordingLogger() },
    })
    await runner.start()
    await clock.advance(60_000)
    notices.add(draft('head', { key: 'second' }), clock.now())
    await clock.advance(60_000)
    await runner.stop()
    expect(sent.map(mail => mail.messageId)).toEqual([
      '<notice-1@example.test>',
      '<notice-1@example.test>',
      '<notice-2@example.test>',
    ])
    expect(rows('SELECT state, attempts, last_error FROM notices ORDER BY id')).toEqual([
      { state: 'sent', attempts: 2, last_error: null },
      { state: 'failed', attempts: 1, last_error: 'no such user' },
    ])
  })
})

it('no name and no title can add a header or a recipient to a mail', async () => {
  const evil = 'Касса\r\nBcc: thief@example.test\r\n\r\nбольше нет'
  const due = { id: 1, key: 'k', incidentId: 'i', email: 'boss@example.test', subject: evil, body: evil, attempts: 1 }
  const mail = noticeMailOf(due, 'watch@example.test', null)
  const { envelope, message } = await createTransport({ streamTransport: true, buffer: true }).sendMail(mail)
  expect(envelope.to).toEqual(['boss@example.test'])
  const [head] = String(message).split('\r\n\r\n')
  expect(head?.split('\r\n').filter(line => /^(bcc|cc|to):/i.test(line))).toEqual(['To: boss@example.test'])
})
