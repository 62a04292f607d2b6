import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BROKEN_DRIVE, HEALTHY, HOUR, MINUTE, NoiseFleet, QUEUE } from './testing/noise-fleet.ts'

let fleet: NoiseFleet
beforeEach(() => {
  fleet = new NoiseFleet()
  fleet.site('s')
  fleet.till('a')
})
afterEach(() => fleet.close())

/** The register answers and its PC is known. */
const atWork = async (agent = 'a') => {
  await fleet.say(agent, { 'agent.version': '1' }, { kind: 'pc' })
  await fleet.say(agent, HEALTHY)
}

describe('suppression tree', () => {
  it('domain 8: a silent PC withholds what stands below it, and what is left opens once when it is back', async () => {
    await atWork()
    await fleet.say('a', BROKEN_DRIVE)
    fleet.connection('a', 'offline')
    await fleet.pass(10 * MINUTE)
    expect(fleet.incidents()).toEqual([])
    expect(fleet.withheld('a')[0]).toContain('компьютер кассы не на связи')
    await fleet.pass(10 * MINUTE)
    expect(fleet.incidents()).toEqual(['agent open'])

    fleet.restart()
    await fleet.pass(2 * HOUR)
    expect(fleet.incidents()).toEqual(['agent open'])

    fleet.connection('a', 'online')
    await fleet.say('a', { 'agent.version': '1' }, { kind: 'pc' })
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(11 * MINUTE)
    expect(fleet.incidents()).toEqual(['agent solved', 'fn_state open'])
    expect(fleet.withheld('a')).toEqual([])
    await fleet.pass(2 * MINUTE)
    expect(fleet.told()).toEqual(['open', 'solve', 'open'])
  })

  it('an incident that is open stays open below a silent PC and may be solved there', async () => {
    await atWork()
    await fleet.say('a', QUEUE)
    expect(fleet.incidents()).toEqual(['ofd open'])
    fleet.connection('a', 'offline')
    await fleet.pass(20 * MINUTE)
    expect(fleet.incidents()).toEqual(['ofd open', 'agent open'])
    await fleet.say('a', HEALTHY)
    await fleet.pass(31 * MINUTE)
    expect(fleet.incidents()[0]).toBe('ofd solved')
  })

  it('a register that does not answer withholds its checks from the first moment on, and lets them open in the evaluation that finds it back', async () => {
    await atWork()
    await fleet.say('a', { 'fiscal.register.link': 'silent', 'fiscal.fn.flags': ['critical_error'] })
    await fleet.pass(6 * MINUTE)
    expect(fleet.incidents()).toEqual([])
    expect(fleet.withheld('a')[0]).toContain('касса не отвечает')
    await fleet.pass(30 * MINUTE)
    expect(fleet.incidents()).toEqual(['link open'])
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(11 * MINUTE)
    expect(fleet.incidents()).toEqual(['link solved', 'fn_state open'])
  })

  it('17.12: the end of a drive opens under a silent PC', async () => {
    await atWork()
    await fleet.say('a', { ...HEALTHY, 'fiscal.fn.serial': '9960440300112233', 'fiscal.fn.valid_until': '2026-12-24' })
    fleet.connection('a', 'offline')
    await fleet.pass(48 * HOUR)
    expect(fleet.incidents()).toContain('fn_end open')
  })

  it('17.8: a PC that is off while its site is closed is no fault and withholds nothing', async () => {
    const day = JSON.stringify({ week: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(each => [each, ['09:00-18:00']])) })
    fleet.site('day', { hours: day })
    fleet.till('b', { site: 'day' })
    await atWork('b')
    fleet.now = Date.parse('2026-11-23T16:00:00Z')
    await fleet.say('b', {
      ...HEALTHY,
      'fiscal.ofd.unsent_documents': 3,
      'fiscal.ofd.first_unsent_at': '2026-11-22T20:00:00',
    })
    fleet.connection('b', 'offline')
    await fleet.pass(2 * HOUR)
    expect(fleet.incidents()).toEqual(['ofd open'])
  })

  it('a fault that comes back below a silent PC reopens nothing before the PC is back', async () => {
    await atWork()
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(6 * MINUTE)
    await fleet.say('a', HEALTHY)
    await fleet.pass(11 * MINUTE)
    expect(fleet.incidents()).toEqual(['fn_state solved'])
    await fleet.say('a', BROKEN_DRIVE)
    fleet.connection('a', 'offline')
    await fleet.pass(HOUR)
    expect(fleet.incidents()).toEqual(['fn_state solved', 'agent open'])
    fleet.connection('a', 'online')
    await fleet.say('a', { 'agent.version': '1' }, { kind: 'pc' })
    await fleet.say('a', BROKEN_DRIVE)
    await fleet.pass(11 * MINUTE)
    expect(fleet.incidents()).toEqual(['fn_state open', 'agent solved'])
  })
})

describe('back-filled history', () => {
  it('raises no stale alarms: yesterday is no news today (domain 15)', async () => {
    await fleet.say('a', HEALTHY, { seq: 10 })
    await fleet.say('a', BROKEN_DRIVE, { at: fleet.now - 24 * HOUR, seq: 3 })
    await fleet.say('a', QUEUE, { at: fleet.now - 23 * HOUR, seq: 4 })
    await fleet.pass(2 * HOUR)
    expect(fleet.incidents()).toEqual([])
    expect(fleet.told()).toEqual([])
  })
})
