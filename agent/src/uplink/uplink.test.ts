import { RESEND_MS } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryOutbox } from '../outbox/memory-outbox.ts'
import type { Content } from '../outbox/outbox.ts'
import { ScriptedLink } from './scripted-link.ts'
import { createUplink, type Uplink } from './uplink.ts'

const AGENT = 'till-0001'
const TWO_RESENDS_MS = 2 * RESEND_MS
const event = (n: number, text = ''): Content => ({
  kind: 'event',
  body: { name: 'something_happened', at: '2026-11-22T09:00:00Z', details: { n, text } },
})

let clock: ManualClock
let outbox: MemoryOutbox
let link: ScriptedLink
let uplink: Uplink

beforeEach(() => {
  clock = new ManualClock()
  outbox = new MemoryOutbox(clock)
  link = new ScriptedLink()
})
afterEach(() => uplink.stop())

let asked: unknown[] = []
let heardTimes: number[] = []

async function connect(messages = 0): Promise<void> {
  asked = []
  heardTimes = []
  for (let n = 1; n <= messages; n++) outbox.append(event(n))
  let connections = 0
  uplink = createUplink({
    agent: AGENT,
    outbox,
    dial: link.dial,
    clock,
    random: () => 0.5,
    newConnectionId: () => `connection-${++connections}`,
    snapshot: () => [],
    onCommand: command => void asked.push(command.command),
    onCollectorTime: at => void heardTimes.push(at),
    logger: recordingLogger(),
  })
  await uplink.start()
  await clock.advance(0)
}

function append(...numbers: number[]): void {
  for (const n of numbers) outbox.append(event(n))
  uplink.wake()
}

describe('hello', () => {
  test('R2: says online and where the outbox stands, and sends nothing before the answer', async () => {
    await connect(3)
    expect(link.statuses).toEqual(['online'])
    expect(link.hellos).toMatchObject([
      { base: 1, next: 4, connection: 'connection-1', epoch: outbox.position().epoch },
    ])
    expect(link.numbers()).toEqual([])
  })

  test('after the answer everything behind the mark goes out in order, each with the base', async () => {
    await connect(3)
    link.stored(0)
    expect(link.messages.map(({ seq, base }) => [seq, base])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ])
  })

  test('is repeated until it is answered', async () => {
    await connect(1)
    await clock.advance(TWO_RESENDS_MS)
    expect(link.hellos.length).toBeGreaterThan(1)
    expect(link.numbers()).toEqual([])
  })

  test('every connection has an id of its own and begins with a hello', async () => {
    await connect()
    link.cut()
    await clock.advance(60_000)
    expect(link.hellos.map(({ connection }) => connection)).toEqual(['connection-1', 'connection-2'])
  })
})

describe('stored', () => {
  test('settles up to the mark and keeps the tail', async () => {
    await connect(3)
    link.stored(0)
    link.stored(2)
    expect(outbox.position()).toMatchObject({ mark: 2, base: 1 })
    expect(outbox.counts().waiting).toBe(1)
    expect(uplink.counters()).toMatchObject({ sent: 3, resent: 0, stored: 2 })
  })

  test('what is not stored is sent again after the resend time, and not before', async () => {
    await connect()
    link.stored(0)
    await clock.advance(RESEND_MS - 1_000)
    append(1, 2)
    link.stored(1)
    expect(link.numbers()).toEqual([1, 2])
    await clock.advance(RESEND_MS - 1)
    expect(link.numbers()).toEqual([])
    await clock.advance(RESEND_MS)
    expect(link.numbers()[0]).toBe(2)
    expect(uplink.counters().resent).toBeGreaterThan(0)
  })

  test('a refused message goes into the quarantine with its reason, and the rest goes on', async () => {
    await connect(3)
    link.stored(0)
    link.stored(2, { refused: [{ seq: 2, reason: 'body.name: too long' }] })
    expect(outbox.quarantined()).toMatchObject([{ seq: 2, reason: 'body.name: too long' }])
    expect(outbox.position().mark).toBe(2)
    expect(uplink.counters().refused).toBe(1)
  })

  test('of another epoch is none of our business', async () => {
    await connect(3)
    link.stored(0)
    link.stored(3, { epoch: 1, highest_epoch: 1 })
    expect(outbox.position().mark).toBe(0)
  })

  test('words that make no sense are counted and left out', async () => {
    await connect(1)
    link.say({ kind: 'stored', mark: 'all of it' })
    link.say({ kind: 'dance' })
    expect(uplink.counters().unreadable).toBe(2)
    link.stored(0)
    expect(link.numbers()).toEqual([1])
  })

  test('from a collector of before commands, which does not tell its clock, is obeyed', async () => {
    await connect(3)
    const { epoch } = link.lastHello()
    const stored = { kind: 'stored', epoch, highest_epoch: epoch, window: { messages: 64, bytes: 131_072 } }
    link.say({ ...stored, mark: 0 })
    expect(link.numbers()).toEqual([1, 2, 3])
    link.say({ ...stored, mark: 3 })
    expect(outbox.position().mark).toBe(3)
    expect(heardTimes).toEqual([])
  })
})

describe('a command', () => {
  const SENT_AT = '2026-11-22T09:00:00.000Z'
  const command = {
    ...{ kind: 'command', id: '5f0c1f6e-7a53-4c0e-9b1b-2f6c3f7a9d10', issued_by: 'Анна' },
    ...{ issued_at: SENT_AT, expires_at: SENT_AT, sent_at: SENT_AT },
  }

  test('is handed on as it came, also one that nobody knows yet, and moves nothing of the sequence', async () => {
    await connect(3)
    link.stored(0)
    link.say({ ...command, command: { do: 'poll_now' } })
    link.say({ ...command, command: { do: 'dance' } })
    expect(asked).toEqual([{ do: 'poll_now' }, { do: 'dance' }])
    expect(link.numbers()).toEqual([1, 2, 3])
    expect(uplink.phase()).toBe('flowing')
  })

  test('without an id that could be answered is left out', async () => {
    await connect()
    link.say({ ...command, id: 'first', command: { do: 'poll_now' } })
    expect(asked).toEqual([])
    expect(uplink.counters().unreadable).toBe(1)
  })

  test('tells the collector’s clock, as every `stored` does', async () => {
    await connect()
    link.stored(0, { sent_at: '2026-11-22T10:00:00.000Z' })
    link.say({ ...command, command: { do: 'poll_now' } })
    expect(heardTimes).toEqual([Date.parse('2026-11-22T10:00:00Z'), Date.parse(SENT_AT)])
  })
})

describe('window', () => {
  test('never more messages under way than the collector gives, and never more than our own ceiling', async () => {
    await connect(100)
    link.stored(0, { window: { messages: 5, bytes: 100_000 } })
    expect(link.numbers()).toEqual([1, 2, 3, 4, 5])
    link.stored(3, { window: { messages: 1_000, bytes: 10_000_000 } })
    expect(link.numbers()).toHaveLength(62)
  })

  test('bytes count too, but one message always fits', async () => {
    for (let n = 1; n <= 4; n++) outbox.append(event(n, 'x'.repeat(900)))
    await connect()
    link.stored(0, { window: { messages: 64, bytes: 2_600 } })
    expect(link.numbers()).toEqual([1, 2])
    link.stored(2, { window: { messages: 64, bytes: 10 } })
    expect(link.numbers()).toEqual([3])
  })
})

describe('rewind', () => {
  test('R2: a restored collector is filled again from the tail', async () => {
    await connect(5)
    link.stored(0)
    link.stored(5)
    link.numbers()
    link.cut()
    await clock.advance(60_000)
    link.stored(2)
    expect(link.numbers()).toEqual([3, 4, 5])
    expect(outbox.position().mark).toBe(2)
  })

  test('a lower mark outside a hello is asked about first: an old answer that came late changes nothing', async () => {
    await connect(5)
    link.stored(0)
    link.stored(5)
    link.numbers()
    link.stored(3)
    expect(link.hellos).toHaveLength(2)
    link.stored(5)
    expect(outbox.position().mark).toBe(5)
    expect(link.numbers()).toEqual([])
  })

  test('a collector that was restored behind a living connection is filled as well', async () => {
    await connect(5)
    link.stored(0)
    link.stored(5)
    link.numbers()
    append(6)
    link.stored(1)
    link.stored(1)
    expect(link.numbers()).toEqual([6, 2, 3, 4, 5, 6])
  })
})

describe('a new epoch', () => {
  test('R2: begins when the collector has what this outbox never numbered: a restored disk image', async () => {
    await connect(3)
    const { epoch } = link.lastHello()
    link.stored(7)
    expect(link.hellos).toHaveLength(2)
    expect(link.lastHello()).toMatchObject({ base: 1, next: 4 })
    expect(link.lastHello().epoch).toBeGreaterThan(epoch)
    link.stored(0)
    expect(link.messages.map(({ seq, body }) => [seq, 'details' in body && body.details.n])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })

  test('begins also when a restored image went on recording past the mark before it found its collector', async () => {
    await connect(2)
    link.stored(0)
    link.stored(2)
    link.cut()
    append(3, 4, 5, 6, 7, 8)
    await clock.advance(60_000)
    link.stored(5)
    expect(link.lastHello()).toMatchObject({ base: 1, next: 7 })
    link.stored(0)
    expect(link.messages.slice(-6).map(({ body }) => 'details' in body && body.details.n)).toEqual([3, 4, 5, 6, 7, 8])
  })

  test('R2: begins above the highest that the collector knows: a cloned PC went ahead', async () => {
    await connect(2)
    const { epoch } = link.lastHello()
    link.stored(0, { highest_epoch: epoch + 1_000 })
    expect(link.lastHello().epoch).toBeGreaterThan(epoch + 1_000)
    link.stored(0)
    expect(link.numbers()).toEqual([1, 2])
  })

  test('R2: what the collector has of the old epoch does not come again in the new one', async () => {
    await connect(3)
    const { epoch } = link.lastHello()
    link.stored(0)
    link.cut()
    await clock.advance(60_000)
    link.messages = []
    link.stored(2, { highest_epoch: epoch + 1_000 })
    link.stored(0)
    expect(link.messages.map(({ seq, body }) => [seq, 'details' in body && body.details.n])).toEqual([[1, 3]])
  })

  test('does not begin on a word that comes while the agent says farewell', async () => {
    await connect(2)
    const before = outbox.position()
    const stopping = uplink.stop()
    link.stored(7)
    await stopping
    expect(outbox.position()).toEqual(before)
  })

  test('begins when the outbox itself was replaced in the middle of work', async () => {
    await connect(2)
    link.stored(0)
    outbox.settle(1)
    outbox.beginEpoch(outbox.position().epoch + 1)
    append(3)
    expect(link.lastHello()).toMatchObject({ epoch: outbox.position().epoch, next: 3 })
  })

  test('does not begin on our own numbers, however often they come back', async () => {
    await connect(3)
    link.stored(0)
    link.stored(3)
    link.stored(3)
    link.cut()
    await clock.advance(60_000)
    link.stored(3)
    expect(new Set(link.hellos.map(({ epoch }) => epoch)).size).toBe(1)
  })
})

describe('hold', () => {
  test('stops sending, keeps everything, and asks again when the collector said', async () => {
    await connect(2)
    link.stored(0)
    link.numbers()
    link.say({ kind: 'hold', reason: 'the disk is full', retry_after_ms: 120_000 })
    append(3)
    await clock.advance(119_000)
    expect(link.numbers()).toEqual([])
    expect(link.hellos).toHaveLength(1)
    await clock.advance(40_000)
    expect(link.hellos.length).toBeGreaterThan(1)
    link.stored(0)
    expect(link.numbers()).toEqual([1, 2, 3])
    expect(uplink.counters().held).toBe(1)
  })

  test('a collector that says "at once" is asked with a pause all the same', async () => {
    await connect(1)
    for (let round = 0; round < 20; round++) {
      link.say({ kind: 'hold', reason: 'busy', retry_after_ms: 1 })
      await clock.advance(100)
    }
    expect(link.hellos.length).toBeLessThan(4)
  })

  test('what was stored meanwhile still counts', async () => {
    await connect(2)
    link.stored(0)
    link.say({ kind: 'hold', reason: 'too new', retry_after_ms: 120_000 })
    link.stored(1)
    expect(outbox.position().mark).toBe(1)
    expect(uplink.phase()).toBe('held')
  })
})

describe('time', () => {
  test('sent_at is stamped at sending, the age is monotonic and does not see a stepped clock', async () => {
    await connect()
    append(1)
    await clock.advance(90_000)
    clock.stepWall(-3_600_000)
    link.stored(0)
    const message = link.messages[0]
    expect(message?.age_ms).toBe(90_000)
    expect(Date.parse(message?.sent_at ?? '') - Date.parse(message?.recorded_at ?? '')).toBe(90_000 - 3_600_000)
  })
})

describe('a full disk', () => {
  test('R2: nothing is published that could not be noted as offered; it goes out when there is room again', async () => {
    await connect(2)
    outbox.setFull(true)
    link.stored(0)
    expect(link.numbers()).toEqual([])
    outbox.setFull(false)
    await clock.advance(TWO_RESENDS_MS)
    expect(link.numbers().slice(0, 2)).toEqual([1, 2])
  })
})

describe('the connection', () => {
  test('R2: messages recorded without a collector go out when it is back', async () => {
    link.isReachable = false
    await connect(2)
    await clock.advance(180_000)
    expect(link.dials).toBeGreaterThan(2)
    link.isReachable = true
    await clock.advance(60_000)
    link.stored(0)
    expect(link.numbers()).toEqual([1, 2])
  })

  test('a clean stop says offline', async () => {
    await connect()
    await uplink.stop()
    expect(link.statuses).toEqual(['online', 'offline'])
  })
})
