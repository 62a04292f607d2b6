import type { SwitchTarget } from '@tillwatch/shared'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { foreignLine } from '../logs/told-lines.ts'
import { MemoryOutbox } from '../outbox/memory-outbox.ts'
import { COMMANDS_REMEMBERED_MAX } from './remote-state.ts'
import { DAY_MS, HOUR_MS, iso, RemoteWorld } from './remote-world.ts'

let world: RemoteWorld
beforeEach(() => {
  world = new RemoteWorld()
})
afterEach(() => world.end())

const front: SwitchTarget = { slot: 'front' }

describe('a poll out of turn', () => {
  test('is done and answered with what the register said', async () => {
    await world.run()
    const asked = await world.ask({ do: 'poll_now', slot: 'front' })
    expect(world.polls).toEqual(['front'])
    expect(world.resultOf(asked)).toMatchObject([
      { outcome: 'done', text: { en: 'front: answered' }, details: { front: 'ok' } },
    ])
  })

  test('without a place is of all registers', async () => {
    await world.run()
    await world.ask({ do: 'poll_now' })
    expect(world.polls).toEqual(['front', 'bar'])
  })

  test('comes to one register at most once in ten seconds, whoever asks', async () => {
    await world.run()
    await world.ask({ do: 'poll_now', slot: 'front' })
    await world.clock.advance(9_000)
    const early = await world.ask({ do: 'poll_now', slot: 'front' })
    expect(world.resultOf(early)).toMatchObject([{ outcome: 'refused', text: { en: 'front: polled just now' } }])
    await world.clock.advance(1_000)
    await world.ask({ do: 'poll_now', slot: 'front' })
    expect(world.polls).toEqual(['front', 'front'])
  })

  test('does not go around a switch', async () => {
    await world.run()
    await world.ask(world.disable({ driver: 'shtrih-m' }))
    const asked = await world.ask({ do: 'poll_now', slot: 'front' })
    expect(world.polls).toEqual([])
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'refused' }])
  })

  test('of a place that is not there is refused', async () => {
    await world.run()
    expect(world.resultOf(await world.ask({ do: 'poll_now', slot: 'nowhere' }))).toMatchObject([{ outcome: 'refused' }])
  })
})

describe('a command', () => {
  test('that the agent does not know is refused with a result, not carried out and not left without one', async () => {
    await world.run()
    const asked = await world.ask(world.message({ do: 'shell', run: 'reboot' }))
    const nearly = await world.ask(world.message({ do: 'poll_now', slot: 'front', bytes: '02 05 FF' }))
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'refused' }])
    expect(world.resultOf(nearly)).toMatchObject([{ outcome: 'refused' }])
    expect(world.polls).toEqual([])
  })

  test('that is too old is not carried out, by the collector’s clock and not by the till’s', async () => {
    await world.run()
    const now = world.collectorNow()
    const late = await world.ask(world.message({ do: 'poll_now' }, { expires_at: iso(now - 1) }))
    expect(world.resultOf(late)).toMatchObject([{ outcome: 'expired' }])
    expect(world.polls).toEqual([])
    await world.ask(world.message({ do: 'poll_now', slot: 'front' }, { expires_at: iso(now + 1) }))
    expect(world.polls).toEqual(['front'])
  })

  test('that comes again is answered once more or not at all, but never carried out twice', async () => {
    await world.run()
    const asked = await world.ask({ do: 'poll_now', slot: 'front' })
    await world.clock.advance(20_000)
    await world.ask(asked)
    await world.restart()
    await world.ask(asked)
    expect(world.polls).toEqual(['front'])
    expect(world.resultOf(asked)).toHaveLength(1)
  })

  test('whose result was lost with the outbox is answered again when it is asked again', async () => {
    await world.run()
    const asked = await world.ask(world.disable(front))
    world.outbox = new MemoryOutbox(world.clock)
    world.outbox.beginEpoch(world.outbox.position().epoch + 1)
    await world.restart()
    await world.ask(asked)
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('that the disk cannot note is not begun; it is when it comes again and the disk is well', async () => {
    await world.run()
    const free = world.fillDisk()
    const asked = await world.ask({ do: 'poll_now', slot: 'front' })
    expect([world.polls, world.resultOf(asked)]).toEqual([[], []])
    free()
    await world.ask(asked)
    expect(world.polls).toEqual(['front'])
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('of a full disk is answered when there is room again, and was carried out once', async () => {
    await world.run()
    world.outbox.setFull(true)
    const asked = await world.ask({ do: 'poll_now', slot: 'front' })
    expect(world.messages().filter(({ kind }) => kind === 'command_result')).toEqual([])
    world.outbox.setFull(false)
    await world.ask(asked)
    expect(world.polls).toEqual(['front'])
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('that was done when the disk filled up is not told as broken off', async () => {
    await world.run()
    let free = () => {}
    world.whilePolling = () => {
      world.outbox.setFull(true)
      free = world.fillDisk()
    }
    const asked = await world.ask({ do: 'poll_now', slot: 'front' })
    expect(world.resultOf(asked)).toEqual([])
    world.outbox.setFull(false)
    free()
    await world.ask(asked)
    expect(world.polls).toEqual(['front'])
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('whose result has left the outbox is answered again: a restored collector may ask for it', async () => {
    world.outbox = new MemoryOutbox(world.clock, { messages: 5 })
    await world.run()
    const asked = await world.ask(world.disable(front))
    for (let n = 0; n < 5; n++)
      world.outbox.append({ kind: 'event', body: { name: 'later', at: iso(world.clock.now()), details: {} } })
    expect(world.resultOf(asked)).toEqual([])
    await world.ask(asked)
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('is not kept out by a flood of others', async () => {
    await world.run()
    world.flood()
    await world.clock.advance(1_000)
    const switched = await world.ask(
      world.message(world.disable(front), { expires_at: iso(world.collectorNow() + HOUR_MS) }),
    )
    await world.clock.advance(1)
    const polled = await world.ask({ do: 'poll_now', slot: 'bar' })
    expect([...world.resultOf(switched), ...world.resultOf(polled)]).toMatchObject([
      { outcome: 'done' },
      { outcome: 'done' },
    ])
    await world.clock.advance(20_000)
    await world.ask(polled)
    expect(world.polls).toEqual(['bar'])
    expect(world.resultOf(polled)).toHaveLength(1)
  })

  test('is obeyed also after a collector whose clock stood years ahead has given many', async () => {
    await world.run()
    world.remote.hearTime(world.collectorNow())
    world.flood(world.collectorNow() + 14 * 365 * DAY_MS)
    await world.clock.advance(1_000)
    world.flood()
    await world.clock.advance(1_000)
    expect(world.resultOf(await world.ask({ do: 'poll_now', slot: 'front' }))).toMatchObject([{ outcome: 'done' }])
  })

  test('is not carried out twice however many came between: what may be forgotten is too old to begin', async () => {
    await world.run()
    const first = await world.ask({ do: 'poll_now', slot: 'front' })
    await world.clock.advance(1)
    world.flood()
    expect(world.memory.file.state.commands).toHaveLength(COMMANDS_REMEMBERED_MAX)
    await world.clock.advance(60_000)
    await world.ask({ ...first, sent_at: iso(world.collectorNow()) })
    expect(world.polls).toEqual(['front'])
    const after = await world.ask({ do: 'poll_now', slot: 'front' })
    expect(world.resultOf(after)).toMatchObject([{ outcome: 'done' }])
  })
})

describe('a kill', () => {
  const points = ['command-noted', 'command-done', 'command-answered'] as const

  test.each(points)('at %s: a poll is carried out at most once and its result arrives', async point => {
    world.crashAt = point
    await world.run()
    const asked = await world.ask({ do: 'poll_now', slot: 'front' })
    const before = world.polls.length
    world.crashAt = null
    await world.run()
    await world.clock.advance(60_000)
    await world.ask(asked)
    expect(world.polls.length).toBeLessThanOrEqual(1)
    expect(world.polls.length).toBe(before)
    expect(world.resultOf(asked).length).toBeGreaterThan(0)
    expect(world.resultOf(asked)[0]?.outcome).toBe(point === 'command-answered' ? 'done' : 'failed')
  })

  test.each(points)('at %s: a switch is off and told', async point => {
    world.crashAt = point
    await world.run()
    const asked = await world.ask(world.disable(front))
    world.crashAt = null
    await world.run()
    expect(world.memory.switches.off()).toEqual(['slot:front'])
    expect(world.told('agent.switched_off')).toEqual(['slot:front'])
    expect(world.resultOf(asked)[0]?.outcome).toBe('done')
  })
})

describe('the log', () => {
  const line = (at: string, msg: string) => JSON.stringify({ level: 30, time: at, msg })

  test('comes in pieces that fit, then the result; without secrets; from where it was asked to by the till’s own clock', async () => {
    await world.run()
    const old = line(iso(world.clock.now() - 2 * DAY_MS), 'old')
    const young = Array.from({ length: 900 }, (_, n) =>
      line(iso(world.clock.now()), `n ${n} a-secret-of-this-agent ${'я'.repeat(60)}`),
    )
    world.log = [old, ...young].join('\n')
    const asked = await world.ask({ do: 'collect_log', since: iso(world.collectorNow() - DAY_MS), bytes_max: 262_144 })
    const parts = world.messages().flatMap(each => (each.kind === 'log_part' ? [each.body] : []))
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index))
    const text = parts.map(part => part.text).join('')
    expect(text.trimEnd().split('\n')).toHaveLength(900)
    expect(text).not.toContain('a-secret-of-this-agent')
    expect(text).not.toContain('"old"')
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'done', details: { lines: 900, parts: parts.length } }])
    expect(world.messages().at(-1)?.kind).toBe('command_result')
  })

  test('R29: logs of other programs come with it in the order of time; what cannot be read is told and costs nothing else', async () => {
    await world.run()
    const now = world.clock.now()
    world.log = [line(iso(now - 3_000), 'own'), line(iso(now - 1_000), 'own again')].join('\n')
    world.otherLogs = [
      { name: 'Касса', note: null, lines: [foreignLine('Касса', now - 2_000, 'чек 15')] },
      { name: 'Драйвер', note: 'denied', lines: [] },
    ]
    const asked = await world.ask({ do: 'collect_log', bytes_max: 65_536 })
    const parts = world.messages().flatMap(each => (each.kind === 'log_part' ? [each.body.text] : []))
    const told = parts
      .join('')
      .trimEnd()
      .split('\n')
      .map(each => JSON.parse(each) as Record<string, unknown>)
    expect(told.map(({ log, msg }) => [log, msg])).toEqual([
      [undefined, 'own'],
      ['Касса', 'чек 15'],
      [undefined, 'own again'],
      ['Драйвер', 'no right to read the file'],
    ])
    expect(world.resultOf(asked)).toMatchObject([
      { outcome: 'done', text: { ru: 'Строк: 4; Драйвер: нет прав на чтение файла' }, details: { lines: 4, parts: 1 } },
    ])
  })

  test('that is empty for that time is said to be', async () => {
    await world.run()
    const asked = await world.ask({ do: 'collect_log', bytes_max: 65_536 })
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'done', text: { en: 'The log of that time is empty' } }])
  })
})
