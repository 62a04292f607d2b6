import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { telegramConfig } from '@tillwatch/collector/connectors/telegram/config'
import { createTelegramConnector } from '@tillwatch/collector/connectors/telegram/connector'
import { systemClock } from '@tillwatch/shared'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CHAT } from './desks/telegram.ts'
import { press } from './desks/telegram-updates.ts'
import { POLL_MS, TelegramWorld, until, words } from './telegram-world.ts'

let world: TelegramWorld
beforeEach(async () => {
  world = await TelegramWorld.start()
})
afterEach(() => world.stop())

describe('reading the bot', () => {
  it('begins with what comes after it, and goes on when a quiet week made numbers begin anew', async () => {
    const message = await world.card()
    world.fake.nextUpdate = 9_000
    press(world.fake, message, 'Взять в работу')
    await world.look()
    expect(world.incident().status).toBe('in_work')
    world.fake.nextUpdate = 3
    await world.act({ action: 'solve', text: '' })
    press(world.fake, message, 'Вернуть в работу')
    await world.look()
    expect(world.incident().status).toBe('in_work')
  })

  it('a press that cannot be written down holds up no other, and does not come again', async () => {
    const [bad, good] = [await world.card('i1'), await world.card('i2')]
    world.database.exec(`CREATE TRIGGER full BEFORE INSERT ON desk_news WHEN new.news_id LIKE '%:${bad.id}:%'
      BEGIN SELECT RAISE(ABORT, 'cannot be kept'); END`)
    const query = press(world.fake, bad, 'Взять в работу')
    press(world.fake, good, 'Взять в работу')
    await world.look()
    expect([world.incident('i1').status, world.incident('i2').status]).toEqual(['open', 'in_work'])
    expect(world.heard(query)?.alert).toBe(true)
    const failures = () => world.log.lines.filter(line => JSON.stringify(line).includes('cannot be kept'))
    expect(failures()).toHaveLength(1)
    await world.look()
    expect(failures()).toHaveLength(1)
  })

  it('what was pressed before the first look is not done', async () => {
    const message = await world.card()
    await world.disconnect()
    world.database.exec('UPDATE desk_states SET cursor = NULL')
    // More than one look takes.
    for (let times = 0; times < 30; times++) press(world.fake, message, 'Взять в работу')
    await world.connect()
    await world.look()
    expect([world.incident().status, words(message)[0]]).toEqual(['open', 'Взять в работу'])
  })

  it.each([
    [{ hasOtherReader: true }, /Another program reads this bot/],
    [{ webhook: 'https://elsewhere.test/hook' }, /remove the webhook/],
  ])('a second reader is told in words, and when it is gone presses count again', async (trouble, said) => {
    const message = await world.card()
    Object.assign(world.fake, trouble)
    press(world.fake, message, 'Взять в работу')
    await world.clock.advance(POLL_MS)
    await until(() => world.watch.lastError !== null)
    expect(world.watch.problems).toEqual([{ desk: 'desk', problem: expect.stringMatching(said) }])
    Object.assign(world.fake, { hasOtherReader: false, webhook: '' })
    await world.settled(() => world.incident().status === 'in_work' && world.watch.lastError === null)
    expect(world.watch.problems).toEqual([])
  })

  it('a press that is too old to be answered counts all the same', async () => {
    const message = await world.card()
    world.fake.expired.add(press(world.fake, message, 'Взять в работу'))
    await world.look()
    expect(world.incident().status).toBe('in_work')
  })

  it('a group that became a supergroup while nobody called it: its presses are ours', async () => {
    await world.disconnect()
    Object.assign(world.fake, { chat: CHAT, migratedFrom: -55 })
    await world.connect({ chat_id: -55 })
    const message = await world.card()
    await world.disconnect()
    await world.connect({ chat_id: -55 })
    press(world.fake, message, 'Взять в работу')
    await world.look()
    expect(world.incident().status).toBe('in_work')
  })

  it('a look that waits for news holds up no stop', async () => {
    world.fake.isHeld = true
    const before = world.looks
    await world.clock.advance(POLL_MS)
    await until(() => world.looks > before)
    // The client itself would wait for a minute.
    await world.watch.stop()
  })

  it('the token is in no log and no error', async () => {
    const message = await world.card()
    Object.assign(world.fake, { hasOtherReader: true, echoesAddress: true })
    press(world.fake, message, 'Взять в работу')
    await world.clock.advance(POLL_MS)
    await until(() => world.watch.lastError !== null)
    const stored = world.database.prepare('SELECT group_concat(last_error) AS e FROM deliveries').get()
    expect(JSON.stringify([world.log, world.watch.lastError, stored, world.timeline()])).not.toContain('AAsecret')
  })

  it('the test says for how many people it counts, and that a webhook takes presses away', async () => {
    const config = { kind: 'telegram', name: 'duty', url: world.fake.url, secret: { env: 'TILLWATCH_TEST_TELEGRAM' } }
    const people = [{ telegram: 7, name: 'Диспетчер' }]
    const http = createHttpClient(systemClock, 5_000)
    const settings = telegramConfig.parse({ ...config, chat_id: CHAT, people, allow_private: true })
    const probe = () => createTelegramConnector(settings, http, http).probe(AbortSignal.timeout(10_000))
    expect((await probe()).at(-1)).toEqual({ name: 'buttons', ok: true, message: 'presses of 1 listed people count' })
    world.fake.webhook = 'https://elsewhere.test/hook'
    expect((await probe()).at(-1)).toMatchObject({
      name: 'buttons',
      ok: false,
      message: expect.stringContaining('webhook'),
    })
  })

  it('without people there are no buttons, and another program may read the bot', async () => {
    const config = { kind: 'telegram', name: 'quiet', url: world.fake.url, secret: { env: 'X' }, chat_id: CHAT }
    const http = createHttpClient(systemClock, 1_000)
    expect(createTelegramConnector(telegramConfig.parse(config), http, http).changedSince).toBeUndefined()
  })
})
