import { COMMENT_LENGTH_MAX } from '@tillwatch/shared'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answer, press } from './desks/telegram-updates.ts'
import { ENGINEER, TelegramWorld, words } from './telegram-world.ts'

const STRANGER = 666

let world: TelegramWorld
beforeEach(async () => {
  world = await TelegramWorld.start()
})
afterEach(() => world.stop())

describe('R164: buttons under a card', () => {
  it('taken by a press: the incident is his, the card says so, he is told; other buttons stand there now', async () => {
    const message = await world.card()
    expect(words(message)).toEqual(['Взять в работу', 'Решено', 'Открыть в портале'])
    const query = press(world.fake, message, 'Взять в работу')
    await world.look()
    expect(world.incident()).toMatchObject({ status: 'in_work', assignee: 'Диспетчер' })
    expect(world.timeline().at(-1)).toEqual({ actor: 'Диспетчер', text: 'Диспетчер: взято в работу' })
    expect(world.heard(query)).toMatchObject({ text: 'Взято в работу', alert: false })
    expect(message.text).toContain('👤 В работе: Диспетчер')
    expect(words(message)).toEqual(['Взять себе', 'Решено', 'Открыть в портале'])
    expect(world.fake.messages).toHaveLength(1)
  })

  it('solved after a question; a change of mind leaves everything as it was', async () => {
    const message = await world.card()
    const asked = press(world.fake, message, 'Решено')
    await world.look()
    expect(words(message)).toEqual(['Да, решено', 'Ещё нет', 'Открыть в портале'])
    expect(world.heard(asked)?.text).toContain('Подтвердите')
    press(world.fake, message, 'Ещё нет')
    await world.look()
    expect(words(message)).toEqual(['Взять в работу', 'Решено', 'Открыть в портале'])
    expect(world.incident().status).toBe('open')
    press(world.fake, message, 'Решено')
    await world.look()
    const done = press(world.fake, message, 'Да, решено')
    await world.look()
    expect(world.incident()).toMatchObject({ status: 'solved', solvedBy: 'Диспетчер' })
    expect(world.heard(done)).toMatchObject({ text: 'Решено', alert: false })
    expect(message.text).toMatch(/^✅ Решено/)
    expect(words(message)).toEqual(['Вернуть в работу', 'Открыть в портале'])
    press(world.fake, message, 'Вернуть в работу', { from: ENGINEER.telegram })
    await world.look()
    expect(world.incident().status).toBe('in_work')
    expect(message.text).toMatch(/^🔁 Открыт снова/)
    expect(words(message)).toContain('Решено')
  })

  it('what is done in the portal shows on the card: taken, handed on, solved, closed', async () => {
    const message = await world.card()
    await world.act({ action: 'take' })
    expect(message.text).toContain('👤 В работе: Portal')
    await world.act({ action: 'wait', question: 'Когда можно приехать?' })
    expect(message.text).toContain('⏳ Ждём ответа клиента')
    await world.act({ action: 'solve', text: 'Заменили кабель' })
    expect(message.text).toMatch(/^✅ Решено/)
    await world.act({ action: 'close', text: '' })
    expect(message.text).toMatch(/^✅ Решено/)
    expect(words(message)).toEqual(['Открыть в портале'])
  })

  it('a card that came late shows how the incident stands now', async () => {
    await world.disconnect()
    const late = world.card()
    await world.act({ action: 'take' }, false)
    await world.connect()
    const message = await late
    expect(message.text).toContain('👤 В работе: Portal')
    expect(words(message)[0]).toBe('Взять себе')
    expect(world.fake.requests.filter(each => each.endsWith('/editMessageText'))).toEqual([])
  })

  it('cancelled is closed, not solved', async () => {
    const message = await world.card()
    await world.act({ action: 'discard', as: 'cancelled', reason: 'Учебная касса' })
    expect(message.text).toMatch(/^☑️ Закрыто/)
    expect(words(message)).toEqual(['Открыть в портале'])
  })

  it('two press at once: the first has it, the second is told who', async () => {
    const message = await world.card()
    const first = press(world.fake, message, 'Взять в работу')
    const second = press(world.fake, message, 'Взять в работу', { from: ENGINEER.telegram })
    await world.look()
    expect(world.incident().assignee).toBe('Диспетчер')
    expect(world.heard(first)?.text).toBe('Взято в работу')
    expect(world.heard(second)).toMatchObject({ text: 'Уже в работе: Диспетчер', alert: true })
    press(world.fake, message, 'Взять себе', { from: ENGINEER.telegram })
    await world.look()
    expect(world.incident().assignee).toBe('Инженер')
  })

  it('pressed twice is done once, also when it is told again after a lost answer', async () => {
    const message = await world.card()
    const first = press(world.fake, message, 'Взять в работу')
    const second = press(world.fake, message, 'Взять в работу')
    const again = [...world.fake.updates]
    await world.look()
    world.fake.updates.push(...again)
    await world.look()
    expect(world.timeline().filter(({ text }) => text.includes('взято'))).toHaveLength(1)
    expect([world.heard(first)?.text, world.heard(second)?.text]).toEqual([
      'Взято в работу',
      'Уже нажато, инцидент в работе',
    ])
  })

  it('one on an incident that ended meanwhile does not fit: told, and noted in its history', async () => {
    const message = await world.card()
    press(world.fake, message, 'Решено')
    await world.look()
    const late = press(world.fake, message, 'Да, решено')
    const again = press(world.fake, message, 'Да, решено')
    await world.act({ action: 'solve', text: '' }, false)
    await world.look()
    expect(world.heard(late)).toMatchObject({ text: expect.stringContaining('инцидент решён'), alert: true })
    expect(world.timeline().at(-1)).toMatchObject({
      actor: 'Диспетчер',
      text: expect.stringContaining('не перенесено'),
    })
    expect(world.incident().solvedBy).toBe('Portal')
    // Pressed once more, it is no success either.
    expect(world.heard(again)?.text).toBe('Уже нажато, инцидент решён')
  })
})

describe('who may press', () => {
  it('a stranger is told his number and where it belongs; nothing happens', async () => {
    const message = await world.card()
    const before = world.timeline()
    const query = press(world.fake, message, 'Взять в работу', { from: STRANGER })
    const asked = press(world.fake, message, 'Решено', { from: STRANGER })
    await world.look()
    expect(world.heard(query)).toMatchObject({ alert: true, text: expect.stringMatching(/666.*people.*«desk»/) })
    expect(world.heard(asked)?.alert).toBe(true)
    expect([world.incident().status, world.timeline(), words(message)]).toEqual([
      'open',
      before,
      ['Взять в работу', 'Решено', 'Открыть в портале'],
    ])
  })

  it('presses and answers from another chat are passed over', async () => {
    const message = await world.card()
    const query = press(world.fake, message, 'Взять в работу', { chat: -100777 })
    answer(world.fake, message, 'Отсюда', { chat: -100777 })
    await world.look()
    expect([world.heard(query), world.incident().status, world.timeline()]).toEqual([undefined, 'open', []])
  })

  it.each(['take', 'take.x', 'done', 'drop.1', '', 'take.1.1', 'done.999999999999', 'TAKE.1'])(
    'forged data “%s” does nothing and is answered',
    async data => {
      const message = await world.card()
      const query = press(world.fake, message, '', { data })
      await world.look()
      expect(world.heard(query)?.alert).toBe(true)
      expect([world.incident().status, world.timeline()]).toEqual(['open', []])
    },
  )

  it('a message that is no card of ours changes no incident, whatever its buttons say', async () => {
    const message = await world.card()
    const query = press(world.fake, { ...message, id: message.id + 50 }, 'Взять в работу')
    await world.look()
    expect(world.heard(query)).toMatchObject({ alert: true, text: expect.stringContaining('не действует') })
    expect(world.incident().status).toBe('open')
  })

  it('each press moves the incident of its own card', async () => {
    const [, second] = [await world.card('i1'), await world.card('i2')]
    press(world.fake, second, 'Взять в работу')
    await world.look()
    expect([world.incident('i1').status, world.incident('i2').status]).toEqual(['open', 'in_work'])
  })

  it('one about a tenant whose incidents the desk hears no more moves nothing', async () => {
    const message = await world.card()
    await world.disconnect()
    await world.connect({}, ['other'])
    const query = press(world.fake, message, 'Взять в работу')
    await world.look()
    expect(world.heard(query)?.text).toContain('не действует')
    expect(world.incident().status).toBe('open')
  })

  it('a card that went round another desk moves as well; words go to that desk alone', async () => {
    const message = await world.card('i1', '(fallback)')
    press(world.fake, message, 'Взять в работу')
    await world.look()
    expect(message.text).toContain('👤 В работе: Диспетчер')
    await world.act({ action: 'comment', text: 'Это для службы' })
    expect(world.fake.messages).toHaveLength(1)
  })

  it('what cannot be understood is passed over and does not come again', async () => {
    const message = await world.card()
    world.fake.updates.push({ update_id: world.fake.nextUpdate++, callback_query: { id: 5 } })
    world.fake.updates.push({ update_id: world.fake.nextUpdate++, message: { text: 'x'.repeat(100_000) } })
    press(world.fake, message, 'Взять в работу')
    await world.look()
    expect(world.incident().status).toBe('in_work')
    await world.look()
    expect(world.fake.updates).toEqual([])
  })
})

describe('R168: answers in the chat', () => {
  it('to the card, and to news under it, become comments; they are marked and not said there again', async () => {
    const message = await world.card()
    await world.act({ action: 'comment', text: 'Клиент перезвонил' })
    const news = world.fake.messages.at(-1)
    if (!news) throw new Error('no news')
    const first = answer(world.fake, message, '  Выехал <завтра>  ')
    const second = answer(world.fake, news, 'Кабель с собой', { from: ENGINEER.telegram })
    await world.look()
    expect(world.timeline().slice(-2)).toEqual([
      { actor: 'Диспетчер', text: 'Выехал <завтра>' },
      { actor: 'Инженер', text: 'Кабель с собой' },
    ])
    expect(world.fake.reactions).toEqual([first, second])
    expect(world.fake.messages).toHaveLength(2)
  })

  it('strangers, other bots’ messages and commands are none; long ones are cut', async () => {
    const message = await world.card()
    answer(world.fake, message, 'Я тоже', { from: STRANGER })
    answer(world.fake, message, '/start')
    answer(world.fake, message, 'Другому боту', { by: 999 })
    answer(world.fake, message, 'щ'.repeat(COMMENT_LENGTH_MAX * 2))
    await world.look()
    expect(world.timeline()).toHaveLength(1)
    expect(world.timeline()[0]?.text).toHaveLength(COMMENT_LENGTH_MAX)
  })

  it('to a message that is about no incident: he is told that nothing was written down', async () => {
    const message = await world.card()
    answer(world.fake, { ...message, id: message.id + 50, links: [] }, 'Сделано')
    await world.look()
    expect(world.fake.messages.at(-1)?.text).toContain('ответьте на карточку')
    expect(world.fake.reactions).toEqual([])
  })
})
