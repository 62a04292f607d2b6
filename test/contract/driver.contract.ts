import {
  createRegisterPoll,
  type Polled,
  type RegisterPoll,
  type RegisterTarget,
} from '@tillwatch/agent/poll/register-poll'
import { type FnFlag, factProblem, PORT_HELD_MS_MAX, systemClock, type WireItem } from '@tillwatch/shared'
import { afterEach, describe, expect, test } from 'vitest'
import type { CommandEntry, SimulatedRegister } from '../simulators/register.ts'
import { mergeState } from '../simulators/register-state.ts'
import type { ServedPort } from '../simulators/serve-tcp.ts'
import { type DriverProfile, type Facts, HEALTHY, HEALTHY_FACTS, STATES } from './driver-profile.ts'

/** One way to reach one simulated register. */
export interface DriverCase {
  readonly profile: DriverProfile
  readonly transport: string
  /** A register in a state, served; null with the reason where this machine cannot. */
  serve(state: object): Promise<{ register: SimulatedRegister; port: ServedPort } | { missing: string }>
}

/** Scheduling of a loaded machine may add this much to what is measured. */
const SLACK_MS = 150

/** An answer that began is waited for beyond the end of the hold; a cut one as long as a byte may be late over TCP. */
const CUT_ANSWER_MS = 1_000

const valuesOf = (item: WireItem): Facts =>
  Object.fromEntries(
    Object.entries(item.facts).map(([name, fact]) => [
      name,
      fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact.value : fact,
    ]),
  )

/** Opening a serial port discards what is still under way in it, so the device is given a moment to take the last ACK. */
const BETWEEN_HOLDS_MS = 20
const unhurried = (poll: RegisterPoll): RegisterPoll => ({
  async poll(newRound) {
    const polled = await poll.poll(newRound)
    await systemClock.sleep(BETWEEN_HOLDS_MS)
    return polled
  },
  latest: () => poll.latest(),
  close: () => poll.close(),
})

/** Holds the port until the driver says that all is read, as the poller does without its pauses; no hold may be too long. */
async function pollAll(poll: RegisterPoll, { windowsMax = 12, slackMs = SLACK_MS } = {}): Promise<Polled> {
  for (let windows = 1; ; windows++) {
    const polled = await poll.poll(windows === 1)
    expect(Number(polled.item.facts['fiscal.poll.port_held_ms'] ?? 0)).toBeLessThanOrEqual(PORT_HELD_MS_MAX + slackMs)
    if ((polled.link === 'ok' && polled.outcome !== 'more') || windows === windowsMax) return polled
  }
}

/** What every driver promises, on every transport it can use, judged by a simulated register. */
export function driverContract({ profile, transport, serve }: DriverCase): void {
  const { driver, variant, untold, untoldFlags = [], cannot } = profile
  const stateOf = (state: object) => mergeState(profile.state ?? {}, state)
  const serialOf = (facts: Facts) => String(facts['fiscal.register.serial'])
  const ownTitles = profile.states.map(([title]) => title)
  const healthyFacts: Facts = { ...HEALTHY_FACTS, ...profile.facts }
  const without = (ability: keyof NonNullable<DriverProfile['cannot']>, ctx: { skip(note?: string): never }) => {
    if (cannot?.[ability]) ctx.skip(cannot[ability])
  }
  /** All that the device can tell is told as expected; what it cannot tell is absent, or null with a reason. */
  const expectFacts = (item: WireItem, facts: Facts) => {
    const isUntold = (name: string) => untold.some(one => one === name)
    const toldOf = (value: unknown) =>
      Array.isArray(value) ? value.filter(flag => !untoldFlags.includes(flag as FnFlag)) : value
    const told = Object.entries(facts).filter(([name]) => !isUntold(name))
    expect(valuesOf(item)).toMatchObject(Object.fromEntries(told.map(([name, value]) => [name, toldOf(value)])))
    for (const name of untold) {
      if (item.facts[name] !== undefined)
        expect(item.facts[name], name).toMatchObject({ value: null, reason: expect.any(String) })
    }
  }

  describe(`driver ${driver}${variant === undefined ? '' : ` variant ${variant}`} over ${transport}`, () => {
    const closers: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close()
    })

    async function begin(ctx: { skip(note?: string): never }, state: object, target: Partial<RegisterTarget> = {}) {
      const served = await serve(stateOf(state))
      if ('missing' in served) return ctx.skip(served.missing)
      closers.push(() => served.port.close())
      const poll = await createRegisterPoll(
        { slot: 'till', driver, variant, port: served.port.address, ...target },
        systemClock,
      )
      if (!poll.ok) throw poll.error
      closers.push(() => poll.value.close())
      return { register: served.register, poll: unhurried(poll.value), port: served.port.address }
    }
    const commandsSince = (log: readonly CommandEntry[], from: number) =>
      log
        .slice(from)
        .map(entry => entry.opcode)
        .filter(opcode => opcode !== profile.service?.look)

    test('R1: a healthy register tells all its facts in one hold of the port, within two seconds', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      const polled = await poll.poll(true)
      expect(polled).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
      expectFacts(polled.item, healthyFacts)
      expect(polled.item.id).toBe(serialOf(healthyFacts))
      for (const [name, fact] of Object.entries(valuesOf(polled.item)))
        expect(factProblem(name, fact as string)).toBeNull()
      expect(polled.item.facts['fiscal.poll.port_held_ms']).toBeLessThanOrEqual(PORT_HELD_MS_MAX)
      register.assertReadOnly()
    })

    test('R3: a warning of the drive makes its end be read again at once, not the next day', async ctx => {
      without('expiry_after_flags', ctx)
      const { register, poll } = await begin(ctx, HEALTHY)
      await poll.poll(true)
      register.update({ fn: { valid_until: '2026-12-12' } })
      expect(valuesOf((await poll.poll(true)).item)).toMatchObject({ 'fiscal.fn.valid_until': '2028-02-14' })
      register.update({ fn: { flags: ['key_resource_ending'] } })
      expect(valuesOf((await poll.poll(true)).item)).toMatchObject({ 'fiscal.fn.valid_until': '2026-12-12' })
    })

    test('slow facts are not asked again in the next poll, and keep the time they were read', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      const first = await poll.poll(true)
      const from = register.log.length
      register.update({
        ofd: { unsent_documents: 3, first_unsent_document: 1052, first_unsent_at: '2026-11-20T10:00' },
      })
      const second = await poll.poll(true)
      expect(commandsSince(register.log, from).length).toBeLessThanOrEqual(profile.ordinaryCommandsMax)
      expectFacts(second.item, {
        'fiscal.ofd.unsent_documents': 3,
        'fiscal.ofd.first_unsent_document': 1052,
        // Some protocols tell the seconds.
        'fiscal.ofd.first_unsent_at': expect.stringMatching(/^2026-11-20T10:00(:00)?$/),
        'fiscal.fn.valid_until': '2028-02-14',
      })
      expect(Date.parse(second.item.at)).toBeGreaterThan(Date.parse(first.item.at))
    })

    test.for([...STATES.filter(([title]) => !ownTitles.includes(title)), ...profile.states])(
      '%s',
      async ([, state, facts], ctx) => {
        const { register, poll } = await begin(ctx, state)
        const polled = await pollAll(poll)
        expect(polled.link).toBe('ok')
        expectFacts(polled.item, facts)
        register.assertReadOnly()
      },
    )

    test.for(profile.atWork)('the port is given back at once while %s', async ([, state, commandsMax], ctx) => {
      const { register, poll } = await begin(ctx, state)
      const polled = await poll.poll(true)
      expect(polled).toMatchObject({ link: 'ok', outcome: 'yielded' })
      expect(commandsSince(register.log, 0).length).toBeLessThanOrEqual(commandsMax)
      register.assertReadOnly()
    })

    test('a new drive makes everything be asked anew', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      await pollAll(poll)
      register.update({
        fn: { serial: '9960440300999999', valid_until: '2029-01-31', documents_left: 250_000, last_document: 1 },
      })
      expectFacts((await pollAll(poll)).item, {
        'fiscal.fn.serial': '9960440300999999',
        'fiscal.fn.valid_until': '2029-01-31',
        'fiscal.fn.documents_left': 250_000,
      })
    })

    test('another register on the same port is not told under the serial of the last one', async ctx => {
      without('other_register', ctx)
      const { register, poll } = await begin(ctx, HEALTHY)
      await pollAll(poll)
      const { otherSerial: serial = '0000000000777777', otherDrive } = profile
      const fn = otherDrive === undefined ? {} : { fn: { serial: otherDrive } }
      register.update({ register: { serial }, ...fn, faults: { delay_ms: profile.slowMs ?? 250 } })
      expect((await poll.poll(true)).item.id).not.toBe(serialOf(healthyFacts))
      expect((await pollAll(poll)).item.id).toBe(serial)
    })

    test('a register that falls silent counts as busy once, then as silent, and is read in full when it is back', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      await pollAll(poll)
      register.update({ register: { link: 'silent' } })
      expect((await poll.poll(true)).link).toBe('busy')
      const silent = await poll.poll(true)
      expect(silent.item).toMatchObject({ id: serialOf(healthyFacts), facts: { 'fiscal.register.link': 'silent' } })
      // Nothing of the register is told as if it were fresh: only that it is silent, and what asking cost.
      const told = Object.keys(silent.item.facts).filter(name => !name.startsWith('fiscal.poll.'))
      expect(told).toEqual(['fiscal.register.link'])
      expect(silent.problems.map(problem => problem.code)).toEqual([profile.silentProblem ?? 'register.silent'])
      expectFacts(poll.latest() as WireItem, {
        'fiscal.register.link': 'silent',
        'fiscal.fn.valid_until': '2028-02-14',
      })
      register.update({ register: { link: 'ok' } })
      expectFacts((await pollAll(poll)).item, healthyFacts)
    })

    test.for<[string, object]>([
      ['every fifth answer damaged', { bad_checksum_every: 5 }],
      ['every fourth answer cut', { cut_every: 4 }],
      ['every third request refused', { nak_every: 3 }],
      ['every sixth command met with silence', { silence_every: 6 }],
      ['every answer 120 ms late', { delay_ms: 120 }],
      ['all of it', { bad_checksum_every: 7, cut_every: 5, nak_every: 4, silence_every: 11, delay_ms: 20, seed: 7 }],
    ])('after a storm the facts end right: %s', { timeout: 60_000 }, async ([, faults], ctx) => {
      const { register, poll } = await begin(ctx, { ...HEALTHY, faults })
      await pollAll(poll, { windowsMax: 10, slackMs: SLACK_MS + CUT_ANSWER_MS })
      register.update({ faults: Object.fromEntries(Object.keys(faults).map(name => [name, 0])) })
      expectFacts((await pollAll(poll)).item, healthyFacts)
      register.assertReadOnly()
    })

    test('domain 17.24: a slow register spreads its facts over several holds of the port', async ctx => {
      without('slow', ctx)
      const { poll } = await begin(ctx, { ...HEALTHY, faults: { delay_ms: profile.slowMs ?? 250 } })
      const first = await poll.poll(true)
      expect(first).toMatchObject({ link: 'ok', outcome: 'more' })
      expectFacts((await pollAll(poll)).item, healthyFacts)
    })

    test('domain 17.23: a receipt between two polls is seen as a change', async ctx => {
      without('change', ctx)
      const { register, poll } = await begin(ctx, HEALTHY)
      expect((await poll.poll(true)).changed).toBe(false)
      expect((await poll.poll(true)).changed).toBe(false)
      register.update({ fn: { last_document: 1055 } })
      expect((await poll.poll(true)).changed).toBe(true)
    })

    test('a wrong password is tried once, told, and not tried again', async ctx => {
      if (!profile.secret) return ctx.skip('the protocol has no secret')
      const { register, poll } = await begin(ctx, profile.secret.state)
      const polled = await poll.poll(true)
      expect(polled.link).toBe('error')
      expect(polled.problems.map(problem => problem.code)).toContain('register.password')
      const tried = register.log.length
      expect(register.log.filter(entry => entry.password_ok === false).length).toBeLessThanOrEqual(1)
      expect((await poll.poll(true)).problems.map(problem => problem.code)).toContain('register.password')
      expect(register.log.length).toBe(tried)
    })

    test('the right passwords are used where the factory’s were changed, and are never told', async ctx => {
      if (!profile.secret) return ctx.skip('the protocol has no secret')
      const { passwords } = profile.secret
      const { poll } = await begin(ctx, profile.secret.state, { passwords })
      const polled = await pollAll(poll)
      expect(polled.link).toBe('ok')
      const told = JSON.stringify([polled.problems, poll.latest()?.facts['fiscal.register.link']])
      for (const secret of Object.values(passwords)) expect(told).not.toContain(String(secret))
    })

    test('a port in use is busy, not silent', async ctx => {
      if (transport === 'http') return ctx.skip('a web service answers several programs')
      const { port, poll } = await begin(ctx, HEALTHY, { keepOpen: true })
      expect((await poll.poll(true)).link).toBe('ok')
      const other = await createRegisterPoll({ slot: 'other', driver, variant, port }, systemClock)
      if (!other.ok) throw other.error
      closers.push(() => other.value.close())
      const polled = await other.value.poll(true)
      // A register's TCP server gives no other sign than dropping the second client.
      expect(['busy', 'error', 'silent']).toContain(polled.link)
      if (transport !== 'tcp') expect(polled).toMatchObject({ link: 'busy', problems: [{ code: 'port.busy' }] })
    })
  })
}
