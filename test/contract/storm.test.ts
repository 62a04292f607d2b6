import { NO_STREAKS, nextPoll, streaksWith } from '@tillwatch/agent/poll/plan'
import { createRegisterPoll, type Polled } from '@tillwatch/agent/poll/register-poll'
import { detailOf, isSameSerial, PORT_HELD_MS_MAX, type WireItem } from '@tillwatch/shared'
import { ManualClock, seededRandom } from '@tillwatch/shared/testing'
import { describe, expect, test } from 'vitest'
import { type CommandEntry, createRegister } from '../simulators/register.ts'
import { mergeState } from '../simulators/register-state.ts'
import { type DriverProfile, type Facts, HEALTHY, HEALTHY_FACTS } from './driver-profile.ts'
import { PROFILES, type ProfiledPort } from './profiles/index.ts'
import { CALM, createStormyWay, passing, type Weather } from './storm.ts'

const HOUR_MS = 3_600_000
const INTERVAL_MS = 5 * 60_000
const STORM_HOURS = 24
/** An answer that has begun is read to its end, at most so long past the end of the hold. */
const LAST_ANSWER_MS = 3_000

/** Each hour has a weather and a state of the device of its own. */
const weatherOf = (random: () => number): Weather => {
  const rough = random() < 0.25 ? 0 : random() * 0.25
  const some = () => (random() < 0.5 ? rough : 0)
  return { closed: some(), lost: some() / 2, half: some(), flipped: some(), noise: some(), foreign: some() }
}
const faultsOf = (random: () => number) => {
  const every = () => (random() < 0.3 ? 2 + Math.floor(random() * 9) : 0)
  return {
    bad_checksum_every: every(),
    cut_every: every(),
    silence_every: every(),
    nak_every: every(),
    delay_ms: random() < 0.3 ? Math.floor(random() * 400) : 0,
    seed: Math.floor(random() * 1_000),
  }
}

/** A register that stands on the line, and what is to be told of it. */
interface Standing {
  readonly state: object
  readonly facts: Facts
}

/** The register of a profile, and another one that may be put in its place. */
function registersOf(profile: DriverProfile): readonly Standing[] {
  const own = {
    state: mergeState(mergeState(profile.state ?? {}, HEALTHY), { fn: { last_document: 1_054 } }),
    facts: { ...HEALTHY_FACTS, ...profile.facts },
  }
  if (profile.cannot?.other_register) return [own]
  const serial = profile.otherSerial ?? '0000000000777777'
  const other = {
    register: { serial, inn: '7701111111', registration_number: '0007654321054321' },
    fn: { serial: '9960440300999999', valid_until: '2029-01-31', last_document: 500, registrations_left: 11 },
  }
  const facts = {
    'fiscal.register.serial': serial,
    'fiscal.register.inn': '7701111111',
    'fiscal.register.registration_number': '0007654321054321',
    'fiscal.fn.serial': '9960440300999999',
    'fiscal.fn.valid_until': '2029-01-31',
    'fiscal.fn.last_document': 500,
    'fiscal.fn.registrations_left': 11,
  }
  const told = Object.entries(facts).filter(([name]) => own.facts[name] !== null)
  return [own, { state: mergeState(own.state, other), facts: { ...own.facts, ...Object.fromEntries(told) } }]
}

const valuesOf = (item: WireItem): [string, unknown][] =>
  Object.entries(item.facts).map(([name, fact]) => [name, detailOf(fact).value])

/** Names of known facts that are not of the register of this serial. */
function strangeIn(item: WireItem, { facts }: Standing, others: readonly Standing[]): string[] {
  const isBound = (name: string) => others.some(other => other.facts[name] !== facts[name])
  return valuesOf(item).flatMap(([name, value]) =>
    value !== null && isBound(name) && value !== facts[name] ? name : [],
  )
}

/** True when all that an item tells is of one register, and of the one that it names. */
function isOfOne(item: WireItem, registers: readonly Standing[]): boolean {
  return registers.some(register => {
    const named = item.id === null || isSameSerial(item.id, String(register.facts['fiscal.register.serial']))
    return named && strangeIn(item, register, registers).length === 0
  })
}

interface World {
  readonly clock: ManualClock
  readonly random: () => number
}

async function begin({ profile, port }: ProfiledPort, { clock, random }: World, state: object) {
  const { driver, variant } = profile
  const chosen = variant === undefined ? {} : { variant }
  const asked = new Set<string>()
  const onCommand = ({ opcode }: CommandEntry) => void asked.add(opcode)
  const register = createRegister({ protocol: driver, ...chosen, state, clock, onCommand })
  const way = createStormyWay(register, clock, random)
  const created = await createRegisterPoll({ slot: 'till', driver, ...chosen, port }, clock, way)
  if (!created.ok) throw created.error
  const { poll, close } = created.value
  return {
    register,
    /** Commands that were received. */
    asked,
    way,
    poll: (newRound: boolean): Promise<Polled> => passing(poll.call(created.value, newRound), clock, [way]),
    close: () => close.call(created.value),
  }
}

/** States in which a register is left alone for as long as they last, each with the commands by which that is found out. */
async function workOf(profiled: ProfiledPort) {
  const works: { state: object; gate: Set<string> }[] = []
  for (const [title, state, commandsMax] of profiled.profile.atWork) {
    const world = { clock: new ManualClock(), random: () => 0.5 }
    const standing = registersOf(profiled.profile)[0]?.state ?? {}
    const { asked, poll } = await begin(profiled, world, mergeState(standing, state))
    expect(await poll(true), title).toMatchObject({ outcome: 'yielded' })
    const commands = [...asked].filter(opcode => opcode !== profiled.profile.service?.look)
    expect(commands.length, title).toBeLessThanOrEqual(commandsMax)
    const again = await poll(true)
    // A service's queue is at work only when something has just come into it.
    if (!profiled.profile.service) expect(again, title).toMatchObject({ outcome: 'yielded' })
    const gate = new Set([...asked, ...(profiled.profile.service?.takesBack ?? [])])
    if (again.outcome === 'yielded') works.push({ state, gate })
  }
  return works
}

async function storm(profiled: ProfiledPort, seed: number) {
  const { profile, kind } = profiled
  const world: World = { clock: new ManualClock(), random: seededRandom(seed) }
  const { clock, random } = world
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const registers = registersOf(profile)
  const works = await workOf(profiled)
  let standing = registers[0] as Standing
  const { register, asked, way, poll, close } = await begin(profiled, world, standing.state)
  let [polls, answered, heldMsMax] = [0, 0, 0]
  const mixed: WireItem[] = []
  const disturbed: string[] = []

  const once = async (newRound: boolean): Promise<Polled> => {
    const polled = await poll(newRound)
    polls++
    heldMsMax = Math.max(heldMsMax, Number(polled.item.facts['fiscal.poll.port_held_ms'] ?? 0))
    if (polled.link === 'ok') answered++
    if (!isOfOne(polled.item, registers)) mixed.push(polled.item)
    return polled
  }

  let [newRound, streaks] = [true, NO_STREAKS]
  for (let hour = 0; hour < STORM_HOURS; hour++) {
    if (random() < 0.2) {
      standing = oneOf(registers)
      // That takes minutes: a round under way is over.
      newRound = true
    }
    const work = random() < 0.2 && works.length > 0 ? oneOf(works) : null
    const weather = { ...weatherOf(random), ...(profile.unchecked?.includes(kind) && { flipped: 0 }) }
    // An old answer may say that nobody is at work, what is left of a request may be another one, and a refusal says nothing of work.
    way.weather = work ? { ...weather, foreign: 0, half: 0 } : weather
    const faults = { ...faultsOf(random), ...(work && { nak_every: 0 }) }
    register.replace(mergeState(mergeState(standing.state, work?.state ?? {}), { faults }))
    const endMs = (hour + 1) * HOUR_MS
    let isGateDue = profile.service === undefined
    while (clock.monotonic() < endMs) {
      isGateDue ||= newRound
      asked.clear()
      const polled = await once(newRound)
      if (work && isGateDue) disturbed.push(...[...asked].filter(opcode => !work.gate.has(opcode)))
      streaks = streaksWith(streaks, polled, newRound)
      const next = nextPoll(polled, streaks, INTERVAL_MS, random())
      newRound = next.newRound
      await clock.advance(next.delayMs)
    }
  }

  way.weather = CALM
  register.replace(standing.state)
  await clock.advance(24 * HOUR_MS)
  let last = await once(true)
  for (let holds = 1; holds < 12 && (last.link !== 'ok' || last.outcome !== 'complete'); holds++) {
    await clock.advance(60_000)
    last = await once(last.link !== 'ok')
  }
  await close()
  return { register, last, polls, answered, heldMsMax, mixed, disturbed, seen: way.seen, opens: way.opens, standing }
}

describe('24 simulated hours of noise, cuts, half frames, foreign answers, receipts, other registers and reconnects', () => {
  test.each(PROFILES.flatMap(profiled => [1, 2, 3].map(seed => [profiled.title, seed, profiled] as const)))(
    '%s, seed %i: nothing outside the table is sent, nobody is disturbed or mixed up, and the facts end right',
    { timeout: 240_000 },
    async (_title, seed, profiled) => {
      const { register, last, polls, answered, seen, heldMsMax, standing, ...stormed } = await storm(profiled, seed)
      register.assertReadOnly()
      expect(polls).toBeGreaterThan(100)
      expect(answered).toBeGreaterThan(20)
      expect(stormed).toEqual({ mixed: [], disturbed: [], opens: 0 })
      expect(seen.atOnceMax).toBe(1)
      expect(seen.saidAtMsMax).toBeLessThanOrEqual(PORT_HELD_MS_MAX)
      expect(seen.heldMsMax).toBeLessThanOrEqual(PORT_HELD_MS_MAX + LAST_ANSWER_MS)
      // What is told of the holds is what they were.
      expect(heldMsMax).toBeGreaterThanOrEqual(Math.floor(seen.heldMsMax))
      const expected = Object.entries(standing.facts).filter(
        ([name]) => name !== 'fiscal.register.clock_at' && !profiled.profile.untold.some(one => one === name),
      )
      expect(last.link).toBe('ok')
      expect(Object.fromEntries(valuesOf(last.item))).toMatchObject(Object.fromEntries(expected))
    },
  )
})
