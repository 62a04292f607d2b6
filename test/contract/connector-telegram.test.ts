import { type Connector, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { telegramConfig } from '@tillwatch/collector/connectors/telegram/config'
import { createTelegramConnector } from '@tillwatch/collector/connectors/telegram/connector'
import { systemClock } from '@tillwatch/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectorContract, deskMessage, fileContract, good } from './connector.contract.ts'
import { buttonsOf, CHAT, type FakeTelegram, noTroubles, startFakeTelegram, TOKEN } from './desks/telegram.ts'

let fake: FakeTelegram
let connector: Connector
const signal = AbortSignal.timeout(30_000)

beforeAll(async () => {
  fake = await startFakeTelegram()
  process.env['TILLWATCH_TEST_TELEGRAM'] = TOKEN
})
afterAll(() => fake.stop())
beforeEach(() => {
  Object.assign(fake, noTroubles(), { faults: [] })
  fake.requests.length = 0
  connector = connect()
})

function connect(more: object = {}): Connector {
  const settings = {
    kind: 'telegram',
    name: 'duty',
    url: fake.url,
    secret: { env: 'TILLWATCH_TEST_TELEGRAM' },
    chat_id: CHAT,
    allow_private: true,
    ...more,
  }
  const http = createHttpClient(systemClock, 2_000)
  return createTelegramConnector(telegramConfig.parse(settings), http, http)
}

const last = () => fake.messages.at(-1)
/** Cards and what hangs under them belong to a key by the text of the test's message, which has it in its title. */
const keyed = () => {
  const first = deskMessage()
  return { ...first, title: `${first.subject.key} ${first.title}` }
}

connectorContract('Telegram imitation', () => ({
  connector,
  seen: async () => ({ tickets: 1, texts: fake.messages.map(each => each.text) }),
}))
fileContract('Telegram imitation', () => ({
  connector,
  seen: async () => ({ tickets: 1, texts: [], files: fake.messages.flatMap(each => each.file?.name ?? []) }),
}))

describe('the card of an incident', () => {
  it('says how bad it is, what and where, with a button into the portal', async () => {
    const ticket = good(await connector.create(deskMessage({ priority: 1 }), signal))
    expect(last()?.text).toMatch(/^🔴 Блокирующий\nКасса 2: чеки.*Очередь стоит.*Пекарня · На Мира · ШТРИХ-М 1$/s)
    expect(buttonsOf(last())).toEqual([{ text: 'Открыть в портале', url: 'https://tillwatch.test/incidents/1' }])
    expect(ticket).toMatchObject({ id: `${CHAT}:${last()?.id}`, url: `https://t.me/c/1234/${last()?.id}` })
  })

  it('is edited as it goes on and keeps its text; the news hang under it', async () => {
    const first = keyed()
    const ticket = good(await connector.create(first, signal))
    const card = last()
    const raise = { ...first, kind: 'priority' as const, priority: 1 as const, text: 'Встала касса' }
    const raised = good(await connector.setPriority(ticket, raise, signal))
    expect(card?.text).toMatch(/^🔴 Блокирующий\n.*Очередь стоит/s)
    expect(last()).toMatchObject({ replyTo: card?.id, text: expect.stringContaining('Встала касса'), silent: false })
    const solved = good(
      await connector.setStatus(raised, 'solved', { ...raise, kind: 'solve', text: 'Прошло' }, signal),
    )
    expect(card?.text).toMatch(/^✅ Решено\n.*Очередь стоит/s)
    good(await connector.setStatus(solved, 'reopened', { ...raise, kind: 'reopen', text: 'Опять' }, signal))
    expect(card?.text).toMatch(/^🔁 Открыт снова · 🔴 Блокирующий/)
    expect(buttonsOf(card)).toHaveLength(1)
  })

  it('escapes what people wrote: markup in it is text', async () => {
    const text = 'Версия <b>1 & 2</b> &lt; </b><a href="x">'
    good(await connector.create(deskMessage({ text, title: 'a < b & c > d' }), signal))
    expect(last()?.text).toContain(text)
    expect(last()?.text).toContain('a < b & c > d')
  })

  it('an address inside the network is written out, since it is no button', async () => {
    good(await connector.create(deskMessage({ link: 'http://collector:8443/incidents/1' }), signal))
    expect(last()).toMatchObject({ rows: [], text: expect.stringContaining('http://collector:8443/incidents/1') })
    good(await connector.create(deskMessage({ link: null }), signal))
    expect(buttonsOf(last())).toEqual([])
  })

  it('is cut so that it is taken, at a character, with its place and mark', async () => {
    const long = deskMessage({ title: '🧾'.repeat(600), text: '🧾<&'.repeat(90_000), link: 'http://collector:1/x' })
    good(await connector.create(long, signal))
    expect(last()?.text.length).toBeLessThanOrEqual(4096)
    expect(last()?.text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/)
    expect(last()?.text).toContain('…')
  })

  it('people deleted it: it is written anew, and later news hang under the new one', async () => {
    const first = keyed()
    const ticket = good(await connector.create(first, signal))
    fake.messages.pop()
    const solve = { ...first, kind: 'solve' as const, text: 'Прошло' }
    const after = good(await connector.setStatus(ticket, 'solved', solve, signal))
    const [card, news] = fake.messages.slice(-2)
    expect(card?.text).toMatch(/^✅ Решено/)
    expect(news).toMatchObject({ replyTo: card?.id })
    expect(after.written['messageId']).toBe(card?.id)
    fake.messages.splice(-2)
    good(await connector.comment(after, { ...first, kind: 'comment', text: 'Ещё' }, signal))
    expect(last()).toMatchObject({ replyTo: null, text: expect.stringContaining('Ещё') })
  })

  it('goes into its topic; comments and minor ones make no sound', async () => {
    fake.isForum = true
    const topic = connect({ thread_id: 42 })
    const ticket = good(await topic.create(deskMessage({ priority: 2 }), signal))
    expect(last()).toMatchObject({ thread: 42, silent: false })
    expect(ticket.url).toBe(`https://t.me/c/1234/42/${last()?.id}`)
    good(await topic.comment(ticket, deskMessage({ kind: 'comment' }), signal))
    expect(last()).toMatchObject({ thread: 42, silent: true })
    good(await topic.create(deskMessage({ priority: 4 }), signal))
    expect(last()?.silent).toBe(true)
  })
})

describe('an answer that was lost', () => {
  it.each([
    [1, 2],
    [3, 1],
  ] as const)('R22: priority %s: %s messages', async (priority, expected) => {
    const first = { ...keyed(), priority }
    fake.faults = [{ on: 'create', how: 'cut_after' }]
    expect((await connector.create(first, signal)).kind).toBe('unknown')
    good(await connector.create({ ...first, mayHaveArrived: true }, signal))
    expect(fake.messages.filter(each => each.text.includes(first.subject.key))).toHaveLength(expected)
  })

  it('one that was rather lost still gets its news: the card is written with the next change', async () => {
    const first = { ...keyed(), mayHaveArrived: true }
    const before = fake.messages.length
    const ticket = good(await connector.create(first, signal))
    expect(fake.messages).toHaveLength(before)
    const raise = { ...first, kind: 'priority' as const, priority: 1 as const, mayHaveArrived: false, text: 'Встала' }
    const now = good(await connector.setPriority(ticket, raise, signal))
    expect(fake.messages.slice(before).map(each => each.text.split('\n')[0])).toEqual([
      '🔴 Блокирующий',
      '🔴 Блокирующий',
    ])
    expect(now.written['messageId']).toBe(fake.messages.at(-2)?.id)
  })

  it('the card is not written twice for a repeated change: "not modified" is fine', async () => {
    const first = { ...keyed(), priority: 1 as const }
    const ticket = good(await connector.create(first, signal))
    const solve = { ...first, kind: 'solve' as const, text: 'Прошло' }
    good(await connector.setStatus(ticket, 'solved', solve, signal))
    const before = fake.messages.length
    good(await connector.setStatus(ticket, 'solved', { ...solve, priority: 3, mayHaveArrived: true }, signal))
    expect(fake.messages).toHaveLength(before)
    expect(connect({ repeat: [] }).capabilities.keySearch).toBe(false)
  })
})

describe('what Telegram refuses', () => {
  it('asks to wait in the body alone: the pause is handed on, at most an hour', async () => {
    fake.floods = [7, 86_400]
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'retry', afterMs: 7_000 })
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'retry', afterMs: 3_600_000 })
  })

  it('a group that became a supergroup is followed, and the probe tells the new number', async () => {
    Object.assign(fake, { chat: -1009999, migratedFrom: CHAT })
    const ticket = good(await connector.create(deskMessage(), signal))
    expect(ticket.id).toBe(`-1009999:${last()?.id}`)
    expect((await connect().probe(signal)).at(-1)?.message).toContain('set chat_id: -1009999')
    const file = { name: 'log.txt', type: 'text/plain', bytes: Buffer.from('1') }
    expect(await connect().attach?.(ticket, file, signal)).toMatchObject({ kind: 'delivered' })
  })

  it('thrown out, or no such chat: the desk rests until a person has mended it', async () => {
    fake.kicked = true
    expect(await connector.create(deskMessage(), signal)).toMatchObject({ kind: 'rejected', reason: 'gone' })
    const steps = await connector.probe(signal)
    expect(steps.filter(step => !step.ok).map(step => step.name)).toEqual(['writing'])
    const stranger = connect({ chat_id: -5 })
    expect(await stranger.create(deskMessage(), signal)).toMatchObject({ kind: 'rejected', reason: 'gone' })
    expect((await stranger.probe(signal)).at(-1)).toMatchObject({ name: 'chat', ok: false })
  })

  it('a topic where there are none, a placement: told by the probe', async () => {
    const steps = await connect({ thread_id: 42 }).probe(signal, [
      USUAL_PLACE,
      { ...USUAL_PLACE, team: 'Первая линия' },
    ])
    expect(steps.filter(step => !step.ok).map(step => step.name)).toEqual(['topic', 'writing', 'place'])
    expect(await connect({ thread_id: 42 }).create(deskMessage(), signal)).toMatchObject({
      kind: 'rejected',
      reason: 'invalid',
    })
  })

  it.each([
    ['cut_before', 'unknown'],
    ['error_after', 'unknown'],
    ['unreadable', 'unknown'],
    ['wait', 'retry'],
  ] as const)('a card with %s is %s', async (how, kind) => {
    fake.faults = [{ on: 'create', how }]
    expect((await connector.create(deskMessage(), signal)).kind).toBe(kind)
  })
})

describe('the token', () => {
  it('is in no message, whatever comes back', async () => {
    const secret = '777:other_secret'
    process.env['TILLWATCH_TEST_TELEGRAM_BAD'] = secret
    fake.echoesAddress = true
    const wrong = connect({ secret: { env: 'TILLWATCH_TEST_TELEGRAM_BAD' } })
    const refused = await wrong.create(deskMessage(), signal)
    expect(refused).toMatchObject({ kind: 'rejected', reason: 'unauthorised' })
    const nobody = await connect({ url: 'http://127.0.0.1:1' }).create(deskMessage(), signal)
    expect(nobody.kind).toBe('retry')
    const blocked = await connect({ allow_private: false }).create(deskMessage(), signal)
    expect(blocked).toMatchObject({ reason: 'address_blocked' })
    fake.faults = [{ on: 'create', how: 'unreadable' }]
    const unreadable = await connector.create(deskMessage(), signal)
    const told = JSON.stringify([refused, nobody, blocked, unreadable, await wrong.probe(signal)])
    expect(told).not.toMatch(/other_secret|AAsecret/)
  })

  it('is looked at before it becomes a part of an address', async () => {
    process.env['TILLWATCH_TEST_TELEGRAM_BAD'] = '../../evil?x='
    const outcome = await connect({ secret: { env: 'TILLWATCH_TEST_TELEGRAM_BAD' } }).create(deskMessage(), signal)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'misconfigured',
      message: expect.stringContaining('BotFather'),
    })
    expect(outcome).not.toMatchObject({ message: expect.stringContaining('evil') })
    expect(fake.requests).toEqual([])
  })
})
