import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AgentCommand,
  type CommandResultBody,
  detailOf,
  type SwitchTarget,
  type WireItem,
} from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CrashPoint, type CrashPointName, noCrash } from '../crash-point.ts'
import { MemoryOutbox } from '../outbox/memory-outbox.ts'
import { createRecorder } from '../self/recorder.ts'
import type { IncomingCommand } from './command-gate.ts'
import { createRemote, openRemoteMemory, type Remote, type RemoteMemory } from './remote.ts'
import { COMMANDS_REMEMBERED_MAX, withCommand } from './remote-state.ts'

const ALL = { messages: 10_000, bytes: Number.MAX_SAFE_INTEGER }
const DAY_MS = 86_400_000
/** The collector's clock when a test begins; the till's own stands somewhere else. */
const BEGAN = Date.parse('2026-11-22T09:00:00Z')
const iso = (at: number) => new Date(at).toISOString()

let dir = ''
let clock: ManualClock
let outbox: MemoryOutbox
let polls: string[] = []
let whilePolling = () => {}
let log = ''
let slots = ['front', 'bar']
let remote: Remote
let memory: RemoteMemory
/** Crashes where it is told: what was on the disk then is what the next run finds. */
let crashAt: CrashPointName | null = null

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tillwatch-remote-'))
  // A till whose battery is dead.
  clock = new ManualClock(Date.parse('2001-01-01T00:00:00Z'))
  outbox = new MemoryOutbox(clock)
  polls = []
  whilePolling = () => {}
  log = ''
  slots = ['front', 'bar']
  crashAt = null
})
afterEach(async () => {
  await Promise.race([remote.stop(), clock.advance(60_000)])
  rmSync(dir, { recursive: true })
})

class Killed extends Error {}

async function run(): Promise<void> {
  const crash: CrashPoint = name => {
    if (name === crashAt) throw new Killed(name)
  }
  const logger = recordingLogger()
  memory = openRemoteMemory(dir, clock, logger)
  remote = createRemote({
    ...{ memory, outbox, clock, logger, crash: crashAt ? crash : noCrash },
    recorder: createRecorder({ outbox, clock, logger, onRecorded: () => undefined }),
    registers: () => slots.map(slot => ({ slot, driver: 'shtrih-m', also: [] })),
    probes: ['clock'],
    pollNow: slot => {
      polls.push(slot)
      whilePolling()
      return Promise.resolve(answered(slot))
    },
    log: { read: () => log },
    secrets: ['a-secret-of-this-agent'],
  })
  await remote.start()
}

const answered = (slot: string): WireItem => ({
  ...{ kind: 'register', slot, id: null, at: iso(clock.now()), source: 'register' },
  facts: { 'fiscal.register.link': 'ok' },
})

let ids = 0
const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`
const collectorNow = () => BEGAN + clock.monotonic()

function message(command: unknown, more: Partial<IncomingCommand> = {}): IncomingCommand {
  const now = collectorNow()
  return {
    ...{ v: 1, kind: 'command', id: newId(), issued_by: 'Анна', command },
    ...{ issued_at: iso(now), sent_at: iso(now), expires_at: iso(now + 600_000) },
    ...more,
  }
}

/** As it comes over the uplink: the time that it carries is heard first. */
async function ask(asked: AgentCommand | IncomingCommand): Promise<IncomingCommand> {
  const said = 'do' in asked ? message(asked) : asked
  remote.hearTime(Date.parse(said.sent_at))
  remote.hear(said)
  await clock.advance(0)
  return said
}

const messages = () => outbox.take(0, ALL)
const results = (): CommandResultBody[] =>
  messages().flatMap(each => (each.kind === 'command_result' ? [each.body] : []))
const resultOf = ({ id }: IncomingCommand) => results().filter(result => result.id === id)

/** As many commands as are remembered and a few more, one a millisecond from `from` on, as if each had come and been answered. */
function flood(from = collectorNow()): void {
  const ids = Array.from({ length: COMMANDS_REMEMBERED_MAX + 5 }, newId)
  const given = ids.map((id, n) => ({ id, issued_at: from + n, result: null, answered: { epoch: 1, seq: n + 1 } }))
  memory.file.change(state => given.reduce((all, one) => withCommand(all, one, collectorNow()), state))
}

/** The disk takes no change of the record, until the returned function is called. */
function fillDisk(): () => void {
  const inTheWay = join(dir, 'remote.json.new')
  mkdirSync(inTheWay)
  return () => rmdirSync(inTheWay)
}
/** What the collector was told last about what is off. */
const toldOff = () => {
  const items = messages().flatMap(each => (each.kind === 'telemetry' ? each.body.items : []))
  return detailOf(items.at(-1)?.facts['agent.switched_off'] ?? null).value
}

const front: SwitchTarget = { slot: 'front' }
const disable = (target: SwitchTarget, forMs = 3_600_000): AgentCommand => ({
  ...{ do: 'disable', target, until: iso(collectorNow() + forMs) },
})

describe('a poll out of turn', () => {
  test('is done and answered with what the register said', async () => {
    await run()
    const asked = await ask({ do: 'poll_now', slot: 'front' })
    expect(polls).toEqual(['front'])
    expect(resultOf(asked)).toMatchObject([
      { outcome: 'done', text: { en: 'front: answered' }, details: { front: 'ok' } },
    ])
  })

  test('without a place is of all registers', async () => {
    await run()
    await ask({ do: 'poll_now' })
    expect(polls).toEqual(['front', 'bar'])
  })

  test('comes to one register at most once in ten seconds, whoever asks', async () => {
    await run()
    await ask({ do: 'poll_now', slot: 'front' })
    await clock.advance(9_000)
    const early = await ask({ do: 'poll_now', slot: 'front' })
    expect(resultOf(early)).toMatchObject([{ outcome: 'refused', text: { en: 'front: polled just now' } }])
    await clock.advance(1_000)
    await ask({ do: 'poll_now', slot: 'front' })
    expect(polls).toEqual(['front', 'front'])
  })

  test('does not go around a switch', async () => {
    await run()
    await ask(disable({ driver: 'shtrih-m' }))
    const asked = await ask({ do: 'poll_now', slot: 'front' })
    expect(polls).toEqual([])
    expect(resultOf(asked)).toMatchObject([{ outcome: 'refused' }])
  })

  test('of a place that is not there is refused', async () => {
    await run()
    expect(resultOf(await ask({ do: 'poll_now', slot: 'nowhere' }))).toMatchObject([{ outcome: 'refused' }])
  })
})

describe('a switch', () => {
  test('is off until its moment by the collector’s clock, then on by itself, and the collector is told each time', async () => {
    await run()
    await ask(disable(front))
    expect(memory.switches.isDisabled('slot', 'front')).toBe(true)
    expect(memory.switches.isDisabled('slot', 'bar')).toBe(false)
    expect(memory.switches.offReason('slot', 'front')).toBe('switched off by Анна until 2026-11-22T10:00:00.000Z')
    expect(toldOff()).toEqual(['slot:front'])
    await clock.advance(3_599_000)
    expect(memory.switches.isDisabled('slot', 'front')).toBe(true)
    await clock.advance(31_000)
    expect(memory.switches.isDisabled('slot', 'front')).toBe(false)
    expect(toldOff()).toEqual([])
  })

  test('is not moved by a till whose clock is set meanwhile', async () => {
    await run()
    await ask(disable(front))
    clock.stepWall(25 * 365 * DAY_MS)
    expect(memory.switches.isDisabled('slot', 'front')).toBe(true)
    clock.stepWall(-50 * 365 * DAY_MS)
    await clock.advance(3_600_001)
    expect(memory.switches.isDisabled('slot', 'front')).toBe(false)
  })

  test('outlives a restart, before the collector is heard and with the till’s clock as wrong as it was', async () => {
    await run()
    await ask(disable({ question: 'shtrih-m:FF39' }, DAY_MS))
    await remote.stop()
    await run()
    expect(memory.switches.isDisabled('question', 'shtrih-m:FF39')).toBe(true)
    await clock.advance(DAY_MS)
    expect(memory.switches.isDisabled('question', 'shtrih-m:FF39')).toBe(false)
  })

  test.each([
    ['fifty years back', -50],
    ['fifty years on', 50],
  ])('stays off over a restart in which the till’s clock was set %s, and ends in time', async (_what, years) => {
    await run()
    await ask(disable(front, DAY_MS))
    await remote.stop()
    clock.stepWall(years * 365 * DAY_MS)
    await run()
    expect(memory.switches.off()).toEqual(['slot:front'])
    await clock.advance(DAY_MS)
    expect(memory.switches.off()).toEqual([])
  })

  test('ends also at a till that is restarted every few hours and never hears the collector again', async () => {
    await run()
    await ask(disable(front, DAY_MS))
    for (let starts = 0; starts < 7; starts++) {
      for (let hours = 0; hours < 5; hours++) await clock.advance(3_600_000)
      await remote.stop()
      await run()
    }
    expect(memory.switches.off()).toEqual([])
  })

  test('is off at once also while the disk takes nothing, and is noted and answered when it does', async () => {
    await run()
    const free = fillDisk()
    const asked = await ask(disable(front))
    expect([memory.switches.off(), toldOff(), resultOf(asked)]).toEqual([['slot:front'], ['slot:front'], []])
    free()
    await ask(asked)
    expect(resultOf(asked)).toMatchObject([{ outcome: 'done' }])
    await remote.stop()
    await run()
    expect(memory.switches.off()).toEqual(['slot:front'])
  })

  test('that a full outbox could not tell is told when there is room again', async () => {
    await run()
    outbox.setFull(true)
    await ask(disable(front))
    outbox.setFull(false)
    expect(toldOff()).toEqual([])
    await clock.advance(30_000)
    expect(toldOff()).toEqual(['slot:front'])
  })

  test('is switched on again by a command, also when the check has left the configuration', async () => {
    await run()
    await ask(disable(front))
    const gone = { probe: 'gone' } as const
    memory.file.change(state => ({
      ...state,
      switched_off: [...state.switched_off, { target: gone, until: collectorNow() + DAY_MS, by: 'Анна' }],
    }))
    for (const target of [front, gone]) {
      expect(resultOf(await ask({ do: 'enable', target }))).toMatchObject([{ outcome: 'done' }])
    }
    expect(memory.switches.off()).toEqual([])
  })

  test('of a check that is not here, for too long, or too late is refused and changes nothing', async () => {
    await run()
    const outcomes = [
      await ask(disable({ probe: 'no_such_probe' })),
      await ask(disable(front, 31 * DAY_MS)),
      await ask(disable(front, -1_000)),
    ].map(asked => resultOf(asked)[0]?.outcome)
    expect(outcomes).toEqual(['refused', 'refused', 'expired'])
    expect(memory.switches.off()).toEqual([])
  })
})

test('a register that is found while the agent runs can be polled and switched off, and the collector is told that it can', async () => {
  slots = []
  await run()
  expect(resultOf(await ask({ do: 'poll_now' }))).toMatchObject([{ outcome: 'refused' }])
  slots = ['found']
  await clock.advance(30_000)
  const items = messages().flatMap(each => (each.kind === 'telemetry' ? each.body.items : []))
  expect(detailOf(items.at(-1)?.facts['agent.checks'] ?? null).value).toContain('slot:found')
  expect(resultOf(await ask(disable({ slot: 'found' })))).toMatchObject([{ outcome: 'done' }])
})

describe('a command', () => {
  test('that the agent does not know is refused with a result, not carried out and not left without one', async () => {
    await run()
    const asked = await ask(message({ do: 'shell', run: 'reboot' }))
    const nearly = await ask(message({ do: 'poll_now', slot: 'front', bytes: '02 05 FF' }))
    expect(resultOf(asked)).toMatchObject([{ outcome: 'refused' }])
    expect(resultOf(nearly)).toMatchObject([{ outcome: 'refused' }])
    expect(polls).toEqual([])
  })

  test('that is too old is not carried out, by the collector’s clock and not by the till’s', async () => {
    await run()
    const now = collectorNow()
    const late = await ask(message({ do: 'poll_now' }, { expires_at: iso(now - 1) }))
    expect(resultOf(late)).toMatchObject([{ outcome: 'expired' }])
    expect(polls).toEqual([])
    await ask(message({ do: 'poll_now', slot: 'front' }, { expires_at: iso(now + 1) }))
    expect(polls).toEqual(['front'])
  })

  test('that comes again is answered once more or not at all, but never carried out twice', async () => {
    await run()
    const asked = await ask({ do: 'poll_now', slot: 'front' })
    await clock.advance(20_000)
    await ask(asked)
    await remote.stop()
    await run()
    await ask(asked)
    expect(polls).toEqual(['front'])
    expect(resultOf(asked)).toHaveLength(1)
  })

  test('whose result was lost with the outbox is answered again when it is asked again', async () => {
    await run()
    const asked = await ask(disable(front))
    outbox = new MemoryOutbox(clock)
    outbox.beginEpoch(outbox.position().epoch + 1)
    await remote.stop()
    await run()
    await ask(asked)
    expect(resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('that the disk cannot note is not begun; it is when it comes again and the disk is well', async () => {
    await run()
    const free = fillDisk()
    const asked = await ask({ do: 'poll_now', slot: 'front' })
    expect([polls, resultOf(asked)]).toEqual([[], []])
    free()
    await ask(asked)
    expect(polls).toEqual(['front'])
    expect(resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('of a full disk is answered when there is room again, and was carried out once', async () => {
    await run()
    outbox.setFull(true)
    const asked = await ask({ do: 'poll_now', slot: 'front' })
    expect(results()).toEqual([])
    outbox.setFull(false)
    await ask(asked)
    expect(polls).toEqual(['front'])
    expect(resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('that was done when the disk filled up is not told as broken off', async () => {
    await run()
    let free = () => {}
    whilePolling = () => {
      outbox.setFull(true)
      free = fillDisk()
    }
    const asked = await ask({ do: 'poll_now', slot: 'front' })
    expect(resultOf(asked)).toEqual([])
    outbox.setFull(false)
    free()
    await ask(asked)
    expect(polls).toEqual(['front'])
    expect(resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('whose result has left the outbox is answered again: a restored collector may ask for it', async () => {
    outbox = new MemoryOutbox(clock, { messages: 5 })
    await run()
    const asked = await ask(disable(front))
    for (let n = 0; n < 5; n++) outbox.append({ kind: 'event', body: { name: 'later', at: iso(BEGAN), details: {} } })
    expect(resultOf(asked)).toEqual([])
    await ask(asked)
    expect(resultOf(asked)).toMatchObject([{ outcome: 'done' }])
  })

  test('is not kept out by a flood of others, however long they live', async () => {
    await run()
    flood()
    await clock.advance(1_000)
    const switched = await ask(message(disable(front), { expires_at: iso(collectorNow() + 3_600_000) }))
    await clock.advance(1)
    const polled = await ask({ do: 'poll_now', slot: 'bar' })
    expect([...resultOf(switched), ...resultOf(polled)]).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }])
    await clock.advance(20_000)
    await ask(polled)
    expect(polls).toEqual(['bar'])
    expect(resultOf(polled)).toHaveLength(1)
  })

  test('is obeyed also after a collector whose clock stood years ahead has given many', async () => {
    await run()
    remote.hearTime(collectorNow())
    flood(collectorNow() + 14 * 365 * DAY_MS)
    await clock.advance(1_000)
    flood()
    await clock.advance(1_000)
    expect(resultOf(await ask({ do: 'poll_now', slot: 'front' }))).toMatchObject([{ outcome: 'done' }])
  })

  test('is not carried out twice however many came between: what may be forgotten is too old to begin', async () => {
    await run()
    const first = await ask({ do: 'poll_now', slot: 'front' })
    await clock.advance(1)
    flood()
    expect(memory.file.state.commands).toHaveLength(COMMANDS_REMEMBERED_MAX)
    await clock.advance(60_000)
    await ask({ ...first, sent_at: iso(collectorNow()) })
    expect(polls).toEqual(['front'])
    const after = await ask({ do: 'poll_now', slot: 'front' })
    expect(resultOf(after)).toMatchObject([{ outcome: 'done' }])
  })
})

describe('a kill', () => {
  const points = ['command-noted', 'command-done', 'command-answered'] as const

  test.each(points)('at %s: a poll is carried out at most once and its result arrives', async point => {
    crashAt = point
    await run()
    const asked = await ask({ do: 'poll_now', slot: 'front' })
    const before = polls.length
    crashAt = null
    await run()
    await clock.advance(60_000)
    await ask(asked)
    expect(polls.length).toBeLessThanOrEqual(1)
    expect(polls.length).toBe(before)
    expect(resultOf(asked).length).toBeGreaterThan(0)
    expect(resultOf(asked)[0]?.outcome).toBe(point === 'command-answered' ? 'done' : 'failed')
  })

  test.each(points)('at %s: a switch is off and told', async point => {
    crashAt = point
    await run()
    const asked = await ask(disable(front))
    crashAt = null
    await run()
    expect(memory.switches.off()).toEqual(['slot:front'])
    expect(toldOff()).toEqual(['slot:front'])
    expect(resultOf(asked)[0]?.outcome).toBe('done')
  })
})

test('a damaged record is set aside: all checks are on, and the collector is told so', async () => {
  writeFileSync(join(dir, 'remote.json'), '{"version":1,"switched_off":[{')
  await run()
  expect(memory.switches.off()).toEqual([])
  expect(readdirSync(dir)).toContain('remote-damaged.json')
  expect(messages()).toMatchObject([{ kind: 'event', body: { name: 'switches_lost' } }, { kind: 'telemetry' }])
})

test('a damaged record that cannot be set aside costs neither the start nor the next command', async () => {
  mkdirSync(join(dir, 'remote-damaged.json', 'in the way'), { recursive: true })
  writeFileSync(join(dir, 'remote.json'), 'no JSON')
  await run()
  await ask(disable(front))
  await remote.stop()
  await run()
  expect(memory.switches.off()).toEqual(['slot:front'])
})

describe('the log', () => {
  const line = (at: string, msg: string) => JSON.stringify({ level: 30, time: at, msg })

  test('comes in pieces that fit, then the result; without secrets; from where it was asked to by the till’s own clock', async () => {
    await run()
    const old = line(iso(clock.now() - 2 * DAY_MS), 'old')
    const young = Array.from({ length: 900 }, (_, n) =>
      line(iso(clock.now()), `n ${n} a-secret-of-this-agent ${'я'.repeat(60)}`),
    )
    log = [old, ...young].join('\n')
    const asked = await ask({ do: 'collect_log', since: iso(collectorNow() - DAY_MS), bytes_max: 262_144 })
    const parts = messages().flatMap(each => (each.kind === 'log_part' ? [each.body] : []))
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index))
    const text = parts.map(part => part.text).join('')
    expect(text.trimEnd().split('\n')).toHaveLength(900)
    expect(text).not.toContain('a-secret-of-this-agent')
    expect(text).not.toContain('"old"')
    expect(resultOf(asked)).toMatchObject([{ outcome: 'done', details: { lines: 900, parts: parts.length } }])
    expect(messages().at(-1)?.kind).toBe('command_result')
  })

  test('that is empty for that time is said to be', async () => {
    await run()
    const asked = await ask({ do: 'collect_log', bytes_max: 65_536 })
    expect(resultOf(asked)).toMatchObject([{ outcome: 'done', text: { en: 'The log of that time is empty' } }])
  })
})
