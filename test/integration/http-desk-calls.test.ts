import { request } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDeskCallsWorld, type DeskCallsWorld, OTHERS_SECRET, SECRET, SIGNING } from './desk-calls-world.ts'

let world: DeskCallsWorld
beforeAll(async () => {
  world = await createDeskCallsWorld({ limits: { bodyBytes: 64 * 1024, inboundPerMinute: 400 } })
})
afterAll(() => world.stop())

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
const answerOf = async (answer: Response) => ({ status: answer.status, body: await answer.text() })
const readings = (id: number) => world.fake.requests.filter(each => each === `GET /issues/${id}.json`).length
const lists = () => world.fake.requests.filter(each => each === 'GET /issues.json').length

describe('R36: a desk calls instead of being asked', () => {
  it('what a person did is in the incident at once, although the desk is asked once a day; nothing else is asked for', async () => {
    const [issue] = world.fake.issues
    if (!issue) throw new Error('no issue')
    Object.assign(issue, { statusId: 2, assignee: 'Field Engineer', updatedAt: world.clock.now() })
    issue.notes.push('On the way')
    const before = lists()
    const answer = await world.call('desk', { payload: { action: 'updated', issue: { id: 1 } } }, bearer(SECRET))
    expect(await answerOf(answer)).toEqual({ status: 202, body: '' })
    await world.until(() => world.incident('i1').status === 'in_work')
    expect(world.incident('i1').assignee).toBe('Field Engineer')
    expect(world.words('i1').join('\n')).toContain('On the way')
    expect(lists()).toBe(before)
    expect([await world.calledAt('desk'), await world.calledAt('other')]).toEqual([world.clock.now(), null])
  })

  it('a desk that sets no headers has the secret at the end of the address', async () => {
    const before = readings(1)
    expect((await world.call(`desk/${SECRET}`, { issue: { id: 1 } })).status).toBe(202)
    await world.until(() => readings(1) === before + 1)
  })

  it('a changed secret counts without a restart', async () => {
    process.env['TILLWATCH_TEST_CALL'] = `${SECRET}-new`
    expect((await world.call('desk', { id: 1 }, bearer(SECRET))).status).toBe(401)
    const before = readings(1)
    expect((await world.call('desk', { id: 1 }, bearer(`${SECRET}-new`))).status).toBe(202)
    await world.until(() => readings(1) === before + 1)
    process.env['TILLWATCH_TEST_CALL'] = SECRET
  })
})

describe('attacks', () => {
  it('a wrong secret, another desk’s, an unknown desk and one that may not call get one and the same answer', async () => {
    const before = world.fake.requests.length
    const tries: [string, Record<string, string>][] = [
      ['desk', {}],
      ['desk', bearer('')],
      ['desk', bearer(SECRET.slice(0, -1))],
      ['desk', bearer(`${SECRET}x`)],
      ['desk', bearer(OTHERS_SECRET)],
      ['desk', { authorization: `Basic ${SECRET}` }],
      [`desk/${OTHERS_SECRET}`, {}],
      [`desk?secret=${SECRET}`, {}],
      ['mute', bearer(SECRET)],
      ['nobody', bearer(SECRET)],
      ['__proto__', bearer(SECRET)],
      ['n'.repeat(65), bearer(SECRET)],
      ['hook', bearer(SIGNING)],
    ]
    const answers: unknown[] = []
    for (const [path, headers] of tries) answers.push(await answerOf(await world.call(path, { id: 1 }, headers)))
    expect(new Set(answers.map(each => JSON.stringify(each))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 401, body: expect.stringContaining('call.refused') })
    expect(world.fake.requests.length).toBe(before)
    expect(await world.metrics()).toMatch(/tillwatch_desk_calls_total\{desk="desk",outcome="refused"\} [1-9]/)
  })

  it('a secret that can be guessed opens nothing', async () => {
    process.env['TILLWATCH_TEST_CALL'] = 'short'
    expect((await world.call('desk', { id: 1 }, bearer('short'))).status).toBe(401)
    process.env['TILLWATCH_TEST_CALL'] = ''
    expect((await world.call('desk', { id: 1 }, bearer(''))).status).toBe(401)
    const warnings = () => world.log.lines.filter(line => line.message === 'calls of a desk are refused').length
    const before = warnings()
    expect((await world.call('desk', { id: 1 }, bearer(''))).status).toBe(401)
    expect(warnings()).toBe(before)
    process.env['TILLWATCH_TEST_CALL'] = SECRET
  })

  it('a stranger is sent away before his body is read', async () => {
    const { hostname, port } = new URL(world.http.http.address())
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': '60000' }
      const asked = request({ hostname, port, method: 'POST', path: '/api/inbound/desks/desk', headers }, answer => {
        resolve(answer.statusCode)
        asked.destroy()
      })
      asked.on('error', reject)
      asked.write('{')
    })
    expect(status).toBe(401)
  })

  it.each([
    ['a huge body', JSON.stringify({ id: 1, text: 'x'.repeat(70_000) }), 413],
    ['no JSON', '{"id": ', 400],
    ['no body', '', 400],
    ['deep JSON that never ends', '['.repeat(60_000), 400],
    ['deep JSON', `${'{"id":'.repeat(8_000)}1${'}'.repeat(8_000)}`, 202],
    ['a poisoned name', '{"__proto__": {"id": 1}}', 202],
    ['no ticket', '{"event": "company.created"}', 202],
    ['a text', '"1"', 202],
  ])('%s costs the desk nothing', async (_name, body, status) => {
    const before = world.fake.requests.length
    expect((await world.call('desk', body, bearer(SECRET))).status).toBe(status)
    expect(world.fake.requests.length).toBe(before)
  })

  it('another type of body and another method are told', async () => {
    const typed = await world.call('desk', 'id=1', {
      ...bearer(SECRET),
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(typed.status).toBe(415)
    const got = await fetch(`${world.http.http.address()}/api/inbound/desks/desk/${SECRET}`)
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('ids of strangers and of another desk cost no call, and bring nothing', async () => {
    const before = world.fake.requests.length
    expect((await world.call('desk', { id: ['2', '77', 'x'] }, bearer(SECRET))).status).toBe(202)
    const mine = readings(1)
    await world.call('desk', { id: '1' }, bearer(SECRET))
    await world.until(() => readings(1) === mine + 1)
    expect(world.fake.requests.length).toBe(before + 1)
  })

  it('a flood of hints is bounded, and what was dropped is counted', async () => {
    world.fake.isHeld = true
    await world.call('desk', { id: 1 }, bearer(SECRET))
    for (let turn = 0; turn < 12; turn++) {
      const ids = Array.from({ length: 100 }, (_, index) => `no-${turn}-${index}`)
      expect((await world.call('desk', { id: ids }, bearer(SECRET))).status).toBe(202)
    }
    world.fake.isHeld = false
    expect(await world.metrics()).toMatch(/tillwatch_desk_hints_dropped_total\{desk="desk"\} [1-9]\d\d/)
  })

  it('the secret is in no log and in no answer', async () => {
    const answers = [
      await world.call(`desk/${SECRET}`, '{'),
      await world.call(`desk/${SECRET}/more`, { id: 1 }),
      await world.call(`nobody/${SECRET}`, { id: 1 }),
      await world.call(`desk/${SECRET}%zz`, { id: 1 }),
      await world.call(`desk/${SECRET.repeat(12)}`, { id: 1 }),
    ]
    expect(answers.map(each => each.status)).toEqual([400, 404, 401, 400, expect.toBeOneOf([401, 404, 414])])
    const told = [
      ...(await Promise.all(answers.map(each => each.text()))),
      JSON.stringify(world.log.lines),
      JSON.stringify(world.http.log.lines),
    ]
    for (const text of told) expect(text).not.toContain(SECRET)
    expect(told.at(-1)).toContain('request answered')
  })
})

describe('where a desk may call from', () => {
  it('another address is refused with the right secret; a proxy is not taken for the desk', async () => {
    const strict = await createDeskCallsWorld({ inbound: { from: ['10.1.0.0/16', '2001:db8::1'] } })
    const from = async (remoteAddress: string, headers: Record<string, string> = {}) => {
      const answer = await strict.http.inject({
        ...{ method: 'POST', url: '/api/inbound/desks/desk', remoteAddress, payload: { id: 1 } },
        headers: { ...bearer(SECRET), ...headers },
      })
      return answer.statusCode
    }
    expect(await from('10.1.2.3')).toBe(202)
    expect(await from('::ffff:10.1.2.3')).toBe(202)
    expect(await from('2001:db8::1')).toBe(202)
    expect(await from('10.2.0.1')).toBe(401)
    expect(await from('10.2.0.1', { 'x-forwarded-for': '10.1.2.3' })).toBe(401)
    await strict.stop()
  })

  it('one address may not guess for ever', async () => {
    const strict = await createDeskCallsWorld({ limits: { inboundPerMinute: 5 } })
    const answers: number[] = []
    for (let turn = 0; turn < 7; turn++)
      answers.push((await strict.call('desk', { id: 1 }, bearer('x'.repeat(20)))).status)
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429])
    await strict.stop()
  })
})

describe('R36: signed words of a desk that cannot be read', () => {
  /** Signed by the reference library of Standard Webhooks, not with our code. */
  const signed = (body: unknown, { id = 'e1', at = world.clock.now(), secret = SIGNING } = {}) => {
    const text = JSON.stringify(body)
    const signature = new Webhook(secret).sign(id, new Date(at), text)
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': signature,
    }
    return { text, headers }
  }
  const update = (data: object) => ({ type: 'ticket.updated', timestamp: '2026-01-01T00:00:00Z', data })
  const send = async (data: object, how: { id?: string; at?: number; secret?: string } = {}) => {
    const { text, headers } = signed(update(data), how)
    return answerOf(await world.call('hook', text, headers))
  }

  it('status, words, person and priority are done before the answer, once', async () => {
    const told = { key: 'tw-i3', status: 'in_work', comment: 'Seen', author: 'Olga', assignee: 'Pavel', priority: 2 }
    expect(await send(told, { id: 'e-first' })).toEqual({ status: 204, body: '' })
    expect(world.incident('i3')).toMatchObject({ status: 'in_work', assignee: 'Pavel', priority: 2 })
    const before = world.words('i3')
    expect(before.filter(text => text.includes('Seen')).length).toBeGreaterThan(0)
    expect((await send({ ...told, comment: 'Seen again' }, { id: 'e-first' })).status).toBe(204)
    expect(world.words('i3')).toEqual(before)
  })

  it('its own number names the ticket, too; what does not fit is written down', async () => {
    expect(
      (await send({ externalId: 'SR-3', status: 'solved', comment: 'Changed the cable' }, { id: 'e-2' })).status,
    ).toBe(204)
    expect(world.incident('i3').status).toBe('solved')
    expect((await send({ externalId: 'SR-3', assignee: 'Olga' }, { id: 'e-3' })).status).toBe(204)
    expect(world.words('i3').at(-1)).toContain('was not taken over')
    expect((await send({ externalId: 'SR-3', status: 'closed' }, { id: 'e-4' })).status).toBe(204)
    expect(world.incident('i3').status).toBe('closed')
  })

  it('a wrong signature, an old one, one of the future, another body and none at all are refused alike', async () => {
    const before = world.words('i3')
    const data = { key: 'tw-i3', comment: 'Believe me' }
    const { text, headers } = signed(update(data), { id: 'e-5' })
    const answers = [
      await send(data, { id: 'e-5', secret: `whsec_${Buffer.alloc(32, 4).toString('base64')}` }),
      await send(data, { id: 'e-5', at: world.clock.now() - 301_000 }),
      await send(data, { id: 'e-5', at: world.clock.now() + 301_000 }),
      await answerOf(await world.call('hook', text.replace('me', 'us'), headers)),
      await answerOf(await world.call('hook', text, { ...headers, 'webhook-id': 'e-6' })),
      await answerOf(await world.call('hook', text, { ...headers, 'webhook-signature': 'v1,' })),
      await answerOf(await world.call('hook', text)),
      await answerOf(await world.call(`hook/${SIGNING}`, text)),
    ]
    expect(new Set(answers.map(each => JSON.stringify(each))).size).toBe(1)
    expect(answers[0]?.status).toBe(401)
    expect(world.words('i3')).toEqual(before)
    expect((await send(data, { id: 'e-5', at: world.clock.now() - 299_000 })).status).toBe(204)
  })

  it('a ticket of another desk and an unknown one are none of ours, and may be said again later', async () => {
    for (const key of ['tw-i1', '1', 'tw-none'])
      expect(await send({ key, comment: 'x' }, { id: 'e-7' })).toMatchObject({ status: 404 })
    expect((await send({ key: 'tw-i3', comment: 'Now it is there' }, { id: 'e-7' })).status).toBe(204)
    expect(world.words('i3').at(-1)).toContain('Now it is there')
  })

  it('what could not be written down gets no good answer, and is done once it is said again', async () => {
    const data = { key: 'tw-i3', comment: 'Said again', priority: 1 }
    const mend = world.spoil('e-9/comment')
    expect((await send(data, { id: 'e-9' })).status).toBe(500)
    expect(world.incident('i3').priority).toBe(1)
    expect(await world.metrics()).toContain('tillwatch_desk_calls_total{desk="hook",outcome="failed"} 1')
    mend()
    expect((await send(data, { id: 'e-9' })).status).toBe(204)
    expect(world.words('i3').filter(text => text === 'Said again')).toHaveLength(1)
  })

  it.each([
    ['no ticket', { comment: 'x' }, 'key or externalId'],
    ['an unknown status', { key: 'tw-i3', status: 'done' }, 'data.status'],
    ['a priority of their own', { key: 'tw-i3', priority: 'high' }, 'data.priority'],
  ])('%s is told with the name of the member', async (_name, data, word) => {
    const answer = await send(data, { id: 'e-8' })
    expect(answer.status).toBe(400)
    expect(answer.body).toContain(word)
  })
})
