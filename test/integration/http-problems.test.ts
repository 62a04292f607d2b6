import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let viewer: Browser
let support: Browser
let stranger: Browser

beforeAll(async () => {
  world = await createHttpWorld({ registers: 30 })
  support = await world.signIn('boris', 'support')
  viewer = await world.signIn('vera', 'viewer')
  stranger = await world.signIn('mallory', 'administrator', 'other')
})
afterAll(() => world.stop())

const { incidentId, agentId } = seededIds('main', 0)
const known = {
  title: 'Касса теряет ОФД после обновления',
  signature: { causeClass: 'ofd', checks: ['ofd.queue_age'] },
  rootCause: 'Прошивка 5.8',
  workaround: 'Перезагрузить кассу',
  clientHint: '',
  steps: 'Позвонить +7 912 345-67-89, почта ivan@example.ru, пароль: qwerty12',
}
const create = async (body: object) => (await support.send('POST', '/api/problems', body)).json()
const act = (id: string, body: object) => support.send('POST', `/api/problems/${id}/actions`, body)

describe('problems', () => {
  it('R92, R95: are created from an incident, listed, searched, and reach whoever may look', async () => {
    const made = await create({ ...known, incidentId })
    expect(made).toMatchObject({
      number: 1,
      status: 'open',
      knownError: true,
      linked: expect.arrayContaining([expect.objectContaining({ id: incidentId, how: 'matched' })]),
      nextStatuses: ['root_cause_known', 'fix_planned', 'solved', 'rejected'],
    })
    const list = (await viewer.get(`/api/problems?known=true&search=${encodeURIComponent('прошивка 5.8')}`)).json()
    expect(list).toMatchObject({ total: 1, rows: [{ id: made.id, openIncidents: 3 }] })
    expect((await viewer.get(`/api/problems?search=${encodeURIComponent('ничего такого')}`)).json().total).toBe(0)
    const incident = (await viewer.get(`/api/incidents/${incidentId}`)).json()
    expect(incident).toMatchObject({
      knownError: { number: 1, workaround: 'Перезагрузить кассу' },
      problems: [{ id: made.id }],
    })
  })

  it('R89: move, take measures, and say why they refuse', async () => {
    const { id } = await create({ title: 'Вторая' })
    expect((await act(id, { action: 'move', status: 'root_cause_known' })).json()).toMatchObject({
      code: 'problem.root_cause',
      nextStep: expect.any(String),
    })
    const measure = { action: 'add_measure', text: 'Второй канал', owner: 'Борис', dueOn: '2026-01-31' }
    const [added] = (await act(id, measure)).json().measures
    expect(added).toMatchObject({ owner: 'Борис', doneAt: null })
    expect((await viewer.get('/api/measures?state=open')).json()).toHaveLength(1)
    await act(id, { action: 'finish_measure', measureId: added.id, done: true })
    expect((await viewer.get('/api/measures?state=open')).json()).toEqual([])
    expect((await viewer.get('/api/measures?state=done')).json()).toMatchObject([{ doneBy: 'boris' }])
    expect((await act(id, { action: 'nonsense' })).statusCode).toBe(400)
    expect((await act(id, { action: 'edit', signature: {} })).statusCode).toBe(400)
  })

  it('R103: are found by words and by check beside the runbooks', async () => {
    const byCheck = (await viewer.get('/api/knowledge?check=ofd.queue_age')).json()
    expect(byCheck.errors).toMatchObject([{ number: 1, checks: ['ofd.queue_age'] }])
    expect(byCheck.articles).toMatchObject([{ name: 'ofd.queue_age', title: { en: expect.any(String) } }])
    const byWords = (await viewer.get(`/api/knowledge?search=${encodeURIComponent('КАССА не отвечает')}`)).json()
    expect(byWords.articles.map((article: { name: string }) => article.name)).toContain('register.link')
  })

  it('pages follow one another without a gap', async () => {
    for (const title of ['Третья', 'Четвёртая', 'Пятая']) await create({ title })
    const first = (await viewer.get('/api/problems?limit=2')).json()
    const second = (await viewer.get(`/api/problems?limit=2&after=${first.next}`)).json()
    const numbers = [...first.rows, ...second.rows].map((row: { number: number }) => row.number)
    expect(new Set(numbers).size).toBe(4)
    expect((await viewer.get('/api/problems?after=x')).statusCode).toBe(400)
  })
})

describe('a package for the vendor', () => {
  it('R42: holds steps, versions, whom it touches, effect, events and logs, without secrets and contacts', async () => {
    const database = openDatabase(world.databasePath)
    const at = world.clock.now()
    database
      .prepare(
        `INSERT INTO agent_commands (id, tenant_id, agent_id, command_json, issued_by, issued_at, expires_at, outcome)
          VALUES ('log-1', 'main', ?, '{"do":"collect_log"}', 'boris', ?, ?, 'done')`,
      )
      .run(agentId, at, at)
    database.exec(`INSERT INTO agent_log_parts (command_id, tenant_id, part, parts, text)
      VALUES ('log-1', 'main', 1, 2, '{"msg":"port'), ('log-1', 'main', 2, 2, ' busy"}')`)
    database.close()
    const comment = { action: 'comment', text: 'Связь: ivan@example.ru' }
    await support.send('POST', `/api/incidents/${incidentId}/actions`, comment)
    const answer = await support.get(`/api/incidents/${incidentId}/vendor-package`)
    expect(answer.headers['content-disposition']).toContain('-vendor.md')
    for (const words of [
      '## Как воспроизвести',
      '## Влияние на работу',
      'Прошивка 5.8',
      '{"msg":"port busy"}',
      'Затронуто',
    ])
      expect(answer.body).toContain(words)
    for (const secret of ['912', 'ivan@example.ru', 'qwerty12', 'boris', 'Кафе №'])
      expect(answer.body).not.toContain(secret)
    const json = (await support.get(`/api/incidents/${incidentId}/vendor-package?format=json`)).json()
    expect(json.facts.length).toBeGreaterThan(3)
    expect(json.touched).toMatchObject({ incidents: expect.any(Number), clients: expect.any(Number) })
    const zip = await support.get(`/api/incidents/${incidentId}/vendor-package?format=zip`)
    expect(zip.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': expect.stringContaining('-vendor.zip'),
    })
    // Names stand in an archive as they are: the document, the data, and the log that was collected.
    for (const name of ['-vendor.md', '-vendor.json', 'logs/1-']) expect(zip.rawPayload.includes(name), name).toBe(true)
    expect((await viewer.get(`/api/incidents/${incidentId}/vendor-package`)).statusCode).toBe(403)
  })

  it('domain 18.33: a person marks it as sent', async () => {
    const sent = { vendor: 'АТОЛ', reference: 'SD-17' }
    const view = (await support.send('POST', `/api/incidents/${incidentId}/vendor-package/sent`, sent)).json()
    expect(view.vendorPackages).toMatchObject([{ ...sent, by: 'boris' }])
    expect(view.timeline.at(-1)).toMatchObject({ actor: 'boris', text: { ru: expect.stringContaining('SD-17') } })
  })
})

describe('another tenant', () => {
  it('is answered as if nothing of it existed, whatever is tried', async () => {
    const { id } = await create({ ...known, title: 'Чужая' })
    const foreign = [
      await stranger.get(`/api/problems/${id}`),
      await stranger.send('POST', `/api/problems/${id}/actions`, { action: 'edit', title: 'x' }),
      await stranger.send('POST', '/api/problems', { title: 'x', incidentId }),
      await stranger.get(`/api/incidents/${incidentId}/vendor-package`),
      await stranger.send('POST', `/api/incidents/${incidentId}/vendor-package/sent`, { vendor: 'x' }),
      await stranger.send('POST', `/api/incidents/${incidentId}/restored`, { text: 'x' }),
      await stranger.get('/api/analyses/2026-10'),
    ]
    expect(foreign.map(answer => answer.statusCode)).toEqual(foreign.map(() => 404))
    expect((await stranger.get('/api/problems?status=all')).json().total).toBe(0)
    expect((await stranger.get('/api/measures?state=done')).json()).toEqual([])
    expect((await stranger.get('/api/knowledge?check=ofd.queue_age')).json().errors).toEqual([])
    const own = (await stranger.send('POST', '/api/problems', { title: 'Своя' })).json()
    const number = (await viewer.get(`/api/incidents/${incidentId}`)).json().number
    const linked = await stranger.send('POST', `/api/problems/${own.id}/actions`, {
      action: 'link',
      incidentNumber: number,
    })
    expect(JSON.stringify(linked.json())).not.toContain(incidentId)
  })
})
