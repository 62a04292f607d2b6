import { nextPoll } from '@tillwatch/agent/poll/plan'
import { createRegisterPoll, type Polled } from '@tillwatch/agent/poll/register-poll'
import { PORT_HELD_MS_MAX } from '@tillwatch/shared'
import { ManualClock, seededRandom } from '@tillwatch/shared/testing'
import { describe, expect, test } from 'vitest'
import { createRegister } from '../simulators/register.ts'
import { mergeState } from '../simulators/register-state.ts'
import { HEALTHY, HEALTHY_FACTS } from './driver-profile.ts'
import { PROFILES, type ProfiledPort } from './profiles/index.ts'
import { CALM, createStormyWay, type StormyWay, type Weather } from './storm.ts'

const HOUR_MS = 3_600_000
const INTERVAL_MS = 5 * 60_000
const STORM_HOURS = 24
/** An answer that has begun is read to its end, at most so long past the end of the hold. */
const LAST_ANSWER_MS = 3_000
const STEP_MS = 20

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
    printing: random() < 0.1,
    seed: Math.floor(random() * 1_000),
  }
}
const NO_FAULTS = { bad_checksum_every: 0, cut_every: 0, silence_every: 0, nak_every: 0, delay_ms: 0, printing: false }

/** Lets simulated time pass until the promise is settled; requests on their way are given their turns first. */
async function passing<T>(work: Promise<T>, clock: ManualClock, way: StormyWay): Promise<T> {
  let isDone = false
  const done = () => {
    isDone = true
  }
  work.then(done, done)
  while (!isDone) {
    for (let turn = 0; way.inFlight > 0 && turn < 8; turn++) await new Promise(resolve => setImmediate(resolve))
    await clock.advance(STEP_MS)
  }
  return work
}

async function storm({ profile, port }: ProfiledPort, seed: number) {
  const clock = new ManualClock()
  const random = seededRandom(seed)
  const healthy = mergeState(profile.state ?? {}, HEALTHY)
  const variant = profile.variant === undefined ? {} : { variant: profile.variant }
  const register = createRegister({ protocol: profile.driver, ...variant, state: healthy, clock })
  const way = createStormyWay(register, clock, random)
  const created = await createRegisterPoll({ slot: 'till', driver: profile.driver, ...variant, port }, clock, way)
  if (!created.ok) throw created.error
  const poll = created.value
  let [failures, windows, polls, heldMsMax, answered] = [0, 0, 0, 0, 0]

  const once = async (newRound: boolean): Promise<Polled> => {
    const polled = await passing(poll.poll(newRound), clock, way)
    polls++
    heldMsMax = Math.max(heldMsMax, Number(polled.item.facts['fiscal.poll.port_held_ms'] ?? 0))
    if (polled.link === 'ok') answered++
    return polled
  }

  let newRound = true
  for (let hour = 0; hour < STORM_HOURS; hour++) {
    way.weather = weatherOf(random)
    register.update({ faults: faultsOf(random), fn: { last_document: 1_054 + hour } })
    const endMs = (hour + 1) * HOUR_MS
    while (clock.monotonic() < endMs) {
      const polled = await once(newRound)
      failures = polled.link === 'ok' ? 0 : failures + 1
      windows = newRound ? 1 : windows + 1
      const next = nextPoll({ ...polled, failures, windows }, INTERVAL_MS, random())
      newRound = next.newRound
      await clock.advance(next.delayMs)
    }
  }

  way.weather = CALM
  register.replace(mergeState(healthy, { faults: NO_FAULTS }))
  await clock.advance(24 * HOUR_MS)
  let last = await once(true)
  for (let holds = 1; holds < 12 && (last.link !== 'ok' || last.outcome !== 'complete'); holds++) {
    await clock.advance(60_000)
    last = await once(last.link !== 'ok')
  }
  await poll.close()
  return { register, last, polls, answered, heldMsMax, opensMax: way.opensMax }
}

describe('24 simulated hours of noise, cuts, half frames, foreign answers, wrong codes and reconnects', () => {
  test.each(PROFILES.flatMap(profiled => [1, 2, 3].map(seed => [profiled.title, seed, profiled] as const)))(
    '%s, seed %i: nothing outside the table is sent, and the facts end right',
    { timeout: 120_000 },
    async (_title, seed, profiled) => {
      const { register, last, polls, answered, heldMsMax, opensMax } = await storm(profiled, seed)
      register.assertReadOnly()
      expect(polls).toBeGreaterThan(100)
      expect(answered).toBeGreaterThan(20)
      expect(opensMax).toBeLessThanOrEqual(1)
      expect(heldMsMax).toBeLessThanOrEqual(PORT_HELD_MS_MAX + LAST_ANSWER_MS)
      const { untold, facts } = profiled.profile
      const expected = Object.entries({ ...HEALTHY_FACTS, ...facts }).filter(
        ([name]) => name !== 'fiscal.register.clock_at' && !untold.some(one => one === name),
      )
      const told = Object.entries(last.item.facts).map(([name, fact]) => [
        name,
        fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact.value : fact,
      ])
      expect(last.link).toBe('ok')
      expect(Object.fromEntries(told)).toMatchObject(Object.fromEntries(expected))
    },
  )
})
