import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import type { AgreementsView, IncidentView } from '@tillwatch/shared/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let support: Browser
let stranger: Browser
let viewer: Browser
let administrator: Browser

beforeAll(async () => {
  world = await createHttpWorld({ registers: 12 })
  support = await world.signIn('anna', 'support')
  viewer = await world.signIn('vera', 'viewer')
  administrator = await world.signIn('boris', 'administrator')
  stranger = await world.signIn('other-anna', 'administrator', 'other')
})
afterAll(() => world.stop())

describe('service levels over HTTP', () => {
  it('R59, R61: an incident shows its policy, both promises, what is next, and keeps it from other tenants', async () => {
    const { incidentId } = seededIds('main', 0)
    const acted = await support.send('POST', `/api/incidents/${incidentId}/actions`, { action: 'take' })
    expect(acted.statusCode).toBe(200)
    const { sla, dueAt } = (await viewer.get(`/api/incidents/${incidentId}`)).json() as IncidentView
    expect(sla).toMatchObject({
      policy: { id: 'outsourcing-24x7', calendar: { ru: 'Круглосуточно' } },
      chosenBy: { ru: 'обычные условия' },
      solution: { counts: true },
      paused: [],
    })
    expect(sla?.reaction.at).not.toBeNull()
    expect(dueAt).toBe(sla?.solution.limitAt ?? dueAt)
    expect((await stranger.get(`/api/incidents/${incidentId}`)).statusCode).toBe(404)
  })

  it('domain 18.6, 18.34: says which years, which people and which policies are missing', async () => {
    const database = openDatabase(world.databasePath)
    database.exec(`INSERT INTO contracts (id, tenant_id, number, client_id, policy, services_json)
      SELECT 'k', tenant_id, '17', id, 'no-such-policy', '[]' FROM clients WHERE tenant_id = 'main' LIMIT 1`)
    database.close()
    const view = (await viewer.get('/api/agreements')).json() as AgreementsView
    expect(view.policies.map(policy => policy.id)).toEqual(['outsourcing-24x7', 'business-hours', 'tracker-3-level'])
    expect(view.policies[2]?.rows[0]).toMatchObject({ row: '1', solution: null })
    const findings = view.findings.map(finding => finding.ru)
    expect(findings).toContainEqual(expect.stringContaining('праздники 2027 года не загружены'))
    expect(findings).toContainEqual(expect.stringContaining('нет ответственного: руководитель поддержки'))
    expect(findings).toContainEqual(expect.stringContaining('Договор 17 называет политику no-such-policy'))
    const foreign = (await stranger.get('/api/agreements')).json() as AgreementsView
    expect(foreign.findings.map(finding => finding.ru).join()).not.toContain('Договор 17')
    expect(view.refused).toEqual([])
  })

  it('reading the files anew is for administrators', async () => {
    expect((await support.send('POST', '/api/agreements/reload', {})).statusCode).toBe(403)
    expect((await administrator.send('POST', '/api/agreements/reload', {})).statusCode).toBe(200)
  })

  it('messages are for support, page by page, each tenant its own', async () => {
    const database = openDatabase(world.databasePath)
    const insert = database.prepare(
      `INSERT INTO notices (tenant_id, key, role, name, email, timezone, language, subject, body, state, next_at, created_at)
       VALUES (?, ?, 'head', 'Анна', 'anna@example.test', 'Europe/Moscow', 'ru', ?, '', 'no_channel', 0, 0)`,
    )
    for (let n = 0; n < 3; n++) insert.run('main', `k${n}`, `Сообщение ${n}`)
    insert.run('other', 'k', 'Чужое')
    database.close()
    expect((await viewer.get('/api/notices')).statusCode).toBe(403)
    const subjects = (rows: { subject: string }[]) => rows.map(row => row.subject)
    const first = (await support.get('/api/notices?limit=2')).json()
    expect([subjects(first.rows), first.total]).toEqual([['Сообщение 2', 'Сообщение 1'], 3])
    const rest = (await support.get(`/api/notices?limit=2&after=${encodeURIComponent(first.next)}`)).json()
    expect([subjects(rest.rows), rest.next]).toEqual([['Сообщение 0'], null])
    expect(subjects((await stranger.get('/api/notices')).json().rows)).toEqual(['Чужое'])
    expect((await support.get('/api/notices?state=sent')).json().total).toBe(0)
  })
})
