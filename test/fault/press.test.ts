import { fileURLToPath } from 'node:url'
import { systemClock, type WireItem } from '@tillwatch/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CHAT,
  type FakeMessage,
  type FakeTelegram,
  noTroubles,
  startFakeTelegram,
  TOKEN,
} from '../contract/desks/telegram.ts'
import { press } from '../contract/desks/telegram-updates.ts'
import type { Child } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'
import { connectScripted, type ScriptedAgent } from '../stack/scripted-agent.ts'
import { booksOf, type CollectorBooks } from './books.ts'
import { createWorld, type World } from './world.ts'

const SERIAL = '0000000000000001'
const DAY_MS = 86_400_000

/** A register whose drive ends in five days: that opens an incident. */
function endingRegister(): WireItem {
  const now = systemClock.now()
  return {
    ...{ kind: 'register', slot: SERIAL, id: SERIAL, at: new Date(now).toISOString(), source: 'register' },
    facts: {
      'fiscal.register.link': 'ok',
      'fiscal.register.serial': SERIAL,
      'fiscal.fn.serial': `99604403${SERIAL.slice(-8)}`,
      'fiscal.fn.valid_until': new Date(now + 5 * DAY_MS).toISOString().slice(0, 10),
    },
  }
}

describe('R164: a press of a button, in the program as it runs', () => {
  let telegram: FakeTelegram
  let world: World
  let books: CollectorBooks
  let collector: Child
  let agent: ScriptedAgent

  const card = (): FakeMessage => {
    const found = telegram.messages.find(({ replyTo, file }) => replyTo === null && file === null)
    if (!found) throw new Error('no card')
    return found
  }
  const taken = () => books.state(`SELECT count(*) AS n FROM timeline WHERE kind = 'taken'`)[0]?.['n']

  beforeAll(async () => {
    telegram = Object.assign(await startFakeTelegram(), noTroubles())
    const people = [
      { telegram: 7, name: 'Диспетчер' },
      { telegram: 8, name: 'Инженер' },
    ]
    const settings = { kind: 'telegram', name: 'duty', url: telegram.url, secret: { env: 'TILLWATCH_FAULT_DESK' } }
    world = await createWorld({
      register: false,
      overrides: [fileURLToPath(new URL('short-holds.yaml', import.meta.url))],
      desks: [{ ...settings, chat_id: CHAT, people, rate_per_s: 1, allow_private: true }],
      env: { TILLWATCH_FAULT_DESK: TOKEN },
    })
    books = booksOf(world.collectorDir)
    collector = await world.stack.startCollector()
    agent = await connectScripted(world.identity(), 1)
    await agent.hello({ base: 1, next: 1 })
    await agent.stored(0)
    await agent.telemetry(1, [endingRegister()])
    await eventually('the card is there', () => telegram.messages.length > 0, 45_000)
    await eventually('it is known for ours', () => books.state('SELECT 1 FROM tickets').length > 0, 45_000)
  })
  afterAll(async () => {
    await agent?.close()
    await world.end()
    await telegram.stop()
  })

  test('takes the incident, and the card shows who has it', async () => {
    press(telegram, card(), 'Взять в работу')
    await eventually('the card says who has it', () => card().text.includes('В работе: Диспетчер'), 45_000)
    expect(books.state('SELECT status, assignee FROM incidents')).toEqual([
      { status: 'in_work', assignee: 'Диспетчер' },
    ])
    expect(telegram.answers.at(-1)?.text).toBe('Взято в работу')
  })

  test('is done once although the collector is killed between hearing of it and saying so', async () => {
    const asked = () => telegram.requests.filter(each => each.endsWith('/getUpdates')).length
    const before = asked()
    press(telegram, card(), 'Взять себе', { from: 8 })
    await eventually('it was heard of', () => asked() > before, 45_000)
    await collector.kill()
    collector = await world.stack.startCollector()
    await eventually('the card says who has it', () => card().text.includes('В работе: Инженер'), 45_000)
    expect(taken()).toBe(2)
  })

  test('a look that waits for news holds up no stop', async () => {
    telegram.isHeld = true
    expect(await collector.stop()).toBe(0)
  })
})
