import {
  createRegisterPoll,
  type Polled,
  type RegisterPoll,
  type RegisterTarget,
} from '@tillwatch/agent/poll/register-poll'
import { factProblem, PORT_HELD_MS_MAX, systemClock, type WireItem } from '@tillwatch/shared'
import { afterEach, describe, expect, test } from 'vitest'
import type { CommandEntry, SimulatedRegister } from '../simulators/register.ts'
import type { ServedPort } from '../simulators/serve-tcp.ts'

/** One way to reach one simulated register. */
export interface DriverCase {
  readonly driver: string
  readonly transport: string
  /** A register in a state, served; null with the reason where this machine cannot. */
  serve(state: object): Promise<{ register: SimulatedRegister; port: ServedPort } | { missing: string }>
}

/** Scheduling of a loaded machine may add this much to what is measured. */
const SLACK_MS = 150

/** An answer that began is waited for beyond the end of the hold; a cut one as long as a byte may be late over TCP. */
const CUT_ANSWER_MS = 1_000

type Facts = Record<string, unknown>
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
export function driverContract({ driver, transport, serve }: DriverCase): void {
  describe(`driver ${driver} over ${transport}`, () => {
    const closers: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close()
    })

    async function begin(ctx: { skip(note?: string): never }, state: object, target: Partial<RegisterTarget> = {}) {
      const served = await serve(state)
      if ('missing' in served) return ctx.skip(served.missing)
      closers.push(() => served.port.close())
      const poll = await createRegisterPoll({ slot: 'till', driver, port: served.port.address, ...target }, systemClock)
      if (!poll.ok) throw poll.error
      closers.push(() => poll.value.close())
      return { register: served.register, poll: unhurried(poll.value), port: served.port.address }
    }
    const commandsSince = (log: readonly CommandEntry[], from: number) => log.slice(from).map(entry => entry.opcode)

    test('R1: a healthy register tells all its facts in one hold of the port, within two seconds', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      const polled = await poll.poll(true)
      expect(polled).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
      expect(valuesOf(polled.item)).toMatchObject(HEALTHY_FACTS)
      expect(polled.item.id).toBe('0000000000301234')
      for (const [name, fact] of Object.entries(valuesOf(polled.item)))
        expect(factProblem(name, fact as string)).toBeNull()
      expect(polled.item.facts['fiscal.poll.port_held_ms']).toBeLessThanOrEqual(PORT_HELD_MS_MAX)
      register.assertReadOnly()
    })

    test('R3: a warning of the drive makes its end be read again at once, not the next day', async ctx => {
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
      expect(commandsSince(register.log, from).length).toBeLessThanOrEqual(6)
      expect(valuesOf(second.item)).toMatchObject({
        'fiscal.ofd.unsent_documents': 3,
        'fiscal.ofd.first_unsent_document': 1052,
        'fiscal.ofd.first_unsent_at': '2026-11-20T10:00',
        'fiscal.fn.valid_until': '2028-02-14',
      })
      expect(Date.parse(second.item.at)).toBeGreaterThan(Date.parse(first.item.at))
    })

    test.for(STATES)('%s', async ([, state, facts], ctx) => {
      const { register, poll } = await begin(ctx, state)
      const polled = await pollAll(poll)
      expect(polled.link).toBe('ok')
      expect(valuesOf(polled.item)).toMatchObject(facts)
      register.assertReadOnly()
    })

    test.for<[string, object, number]>([
      ['a receipt is open', { register: { mode: 'document_open' } }, 1],
      ['the register prints', { faults: { printing: true } }, 1],
      ['the drive forms a document', { fn: { current_document: 4 } }, 3],
    ])('the port is given back at once while %s', async ([, state, commandsMax], ctx) => {
      const { register, poll } = await begin(ctx, state)
      const polled = await poll.poll(true)
      expect(polled).toMatchObject({ link: 'ok', outcome: 'yielded' })
      expect(register.log.length).toBeLessThanOrEqual(commandsMax)
      register.assertReadOnly()
    })

    test('a new drive makes everything be asked anew', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      await pollAll(poll)
      register.update({
        fn: { serial: '9960440300999999', valid_until: '2029-01-31', documents_left: 250_000, last_document: 1 },
      })
      expect(valuesOf((await pollAll(poll)).item)).toMatchObject({
        'fiscal.fn.serial': '9960440300999999',
        'fiscal.fn.valid_until': '2029-01-31',
        'fiscal.fn.documents_left': 250_000,
      })
    })

    test('another register on the same port is not told under the serial of the last one', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      await pollAll(poll)
      register.update({ register: { serial: '0000000000777777' }, faults: { delay_ms: 250 } })
      const first = await poll.poll(true)
      expect(first).toMatchObject({ link: 'ok', outcome: 'more' })
      expect(first.item.id).not.toBe('0000000000301234')
      expect((await pollAll(poll)).item.id).toBe('0000000000777777')
    })

    test('a register that falls silent counts as busy once, then as silent, and is read in full when it is back', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      await pollAll(poll)
      register.update({ register: { link: 'silent' } })
      expect((await poll.poll(true)).link).toBe('busy')
      const silent = await poll.poll(true)
      expect(silent.item).toMatchObject({ id: '0000000000301234', facts: { 'fiscal.register.link': 'silent' } })
      expect(Object.keys(silent.item.facts)).toEqual(['fiscal.register.link'])
      expect(silent.problems.map(problem => problem.code)).toEqual(['register.silent'])
      expect(valuesOf(poll.latest() as WireItem)).toMatchObject({
        'fiscal.register.link': 'silent',
        'fiscal.fn.valid_until': '2028-02-14',
      })
      register.update({ register: { link: 'ok' } })
      expect(valuesOf((await pollAll(poll)).item)).toMatchObject(HEALTHY_FACTS)
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
      expect(valuesOf((await pollAll(poll)).item)).toMatchObject(HEALTHY_FACTS)
      register.assertReadOnly()
    })

    test('domain 17.24: a slow register spreads its facts over several holds of the port', async ctx => {
      const { poll } = await begin(ctx, { ...HEALTHY, faults: { delay_ms: 250 } })
      const first = await poll.poll(true)
      expect(first).toMatchObject({ link: 'ok', outcome: 'more' })
      expect(valuesOf(first.item)).not.toHaveProperty(['fiscal.register.ofd_host'])
      expect(valuesOf((await pollAll(poll)).item)).toMatchObject(HEALTHY_FACTS)
    })

    test('domain 17.23: a receipt between two polls is seen as a change', async ctx => {
      const { register, poll } = await begin(ctx, HEALTHY)
      expect((await poll.poll(true)).changed).toBe(false)
      expect((await poll.poll(true)).changed).toBe(false)
      register.update({ fn: { last_document: 1055 } })
      expect((await poll.poll(true)).changed).toBe(true)
    })

    test('a wrong password is tried once, told, and not tried again', async ctx => {
      const { register, poll } = await begin(ctx, { passwords: { sysadmin: 1234 } })
      const polled = await poll.poll(true)
      expect(polled.link).toBe('error')
      expect(polled.problems.map(problem => problem.code)).toContain('register.password')
      const tried = register.log.length
      expect(tried).toBe(1)
      expect((await poll.poll(true)).problems.map(problem => problem.code)).toContain('register.password')
      expect(register.log.length).toBe(tried)
    })

    test('the right passwords are used where the factory’s were changed', async ctx => {
      const { poll } = await begin(
        ctx,
        { passwords: { sysadmin: 1234 } },
        { passwords: { administrator: 1234, operator: 7 } },
      )
      expect((await pollAll(poll)).link).toBe('ok')
    })

    test('a port in use is busy, not silent', async ctx => {
      const { port, poll } = await begin(ctx, HEALTHY, { keepOpen: true })
      expect((await poll.poll(true)).link).toBe('ok')
      const other = await createRegisterPoll({ slot: 'other', driver, port }, systemClock)
      if (!other.ok) throw other.error
      closers.push(() => other.value.close())
      const polled = await other.value.poll(true)
      // A register's TCP server gives no other sign than dropping the second client.
      expect(['busy', 'error', 'silent']).toContain(polled.link)
      if (transport !== 'tcp') expect(polled).toMatchObject({ link: 'busy', problems: [{ code: 'port.busy' }] })
    })
  })
}

const HEALTHY = {
  register: { clock_at: '2026-11-22T12:30:00', firmware: 'C.2.34404', ofd_name: 'ОФД «Проверка»' },
  shift: { state: 'open', number: 41, receipts: 17 },
  ofd: { unsent_documents: 0 },
  fn: {
    flags: ['ofd_timeout', 'key_resource_ending'],
    last_document: 1054,
    registrations_left: 29,
    documents_left: 180_000,
  },
  marking: { unsent_notifications: 5 },
}
const HEALTHY_FACTS: Facts = {
  'fiscal.register.link': 'ok',
  'fiscal.register.vendor': 'Штрих-М',
  'fiscal.register.model': 'ШТРИХ-ЛАЙТ-01Ф',
  'fiscal.register.serial': '0000000000301234',
  'fiscal.register.firmware': 'C.2.34404',
  'fiscal.register.registration_number': '0001234567012345',
  'fiscal.register.inn': '7701234567',
  'fiscal.register.ffd': '1.2',
  'fiscal.register.ofd_name': 'ОФД «Проверка»',
  'fiscal.register.ofd_inn': '7709876543',
  'fiscal.register.ofd_host': 'ofd.example',
  'fiscal.register.autonomous': false,
  'fiscal.register.mode': 'shift_open',
  'fiscal.register.error': 'none',
  'fiscal.register.paper': 'present',
  'fiscal.register.cover': 'closed',
  'fiscal.register.clock_at': expect.stringMatching(/^2026-11-22T12:3\d:\d\d$/),
  'fiscal.shift.state': 'open',
  'fiscal.shift.number': 41,
  'fiscal.shift.receipts': 17,
  'fiscal.ofd.unsent_documents': 0,
  'fiscal.ofd.first_unsent_document': null,
  'fiscal.ofd.first_unsent_at': null,
  'fiscal.fn.serial': '9960440300112233',
  'fiscal.fn.firmware': 'fn_v_1_2',
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.valid_until': '2028-02-14',
  'fiscal.fn.flags': ['key_resource_ending', 'ofd_timeout'],
  'fiscal.fn.last_document': 1054,
  'fiscal.fn.documents_left': 180_000,
  'fiscal.fn.registrations_left': 29,
  'fiscal.marking.unsent_notifications': 5,
}

const STATES: [title: string, state: object, facts: Facts][] = [
  [
    'a shift over 24 hours',
    { shift: { state: 'expired' } },
    { 'fiscal.shift.state': 'expired', 'fiscal.register.mode': 'shift_expired' },
  ],
  [
    'a closed shift',
    { shift: { state: 'closed', number: 7, receipts: 3 } },
    { 'fiscal.shift.state': 'closed', 'fiscal.shift.number': 7 },
  ],
  [
    'no paper and an open cover',
    { register: { paper: 'absent', cover: 'open' } },
    { 'fiscal.register.paper': 'absent', 'fiscal.register.cover': 'open', 'fiscal.register.error': 'cover' },
  ],
  ['a drive that is closed but still sends', { fn: { phase: 'post_fiscal' } }, { 'fiscal.fn.phase': 'post_fiscal' }],
  ['a drive whose archive is read', { fn: { phase: 'archive' } }, { 'fiscal.fn.phase': 'archive' }],
  [
    'every warning of the drive',
    {
      fn: {
        flags: [
          'replace_urgently',
          'memory_almost_full',
          'flk_rejected',
          'setup_needed',
          'ofd_cancelled',
          'critical_error',
        ],
      },
    },
    {
      'fiscal.fn.flags': [
        'critical_error',
        'flk_rejected',
        'memory_almost_full',
        'ofd_cancelled',
        'replace_urgently',
        'setup_needed',
      ],
    },
  ],
  [
    'no drive at all',
    { faults: { fn_absent: true } },
    {
      'fiscal.register.error': 'fn_link',
      'fiscal.fn.phase': null,
      'fiscal.ofd.unsent_documents': null,
      'fiscal.register.mode': 'shift_open',
    },
  ],
  [
    'an autonomous register',
    { register: { autonomous: true } },
    { 'fiscal.register.autonomous': true, 'fiscal.ofd.unsent_documents': null, 'fiscal.fn.phase': 'fiscal' },
  ],
  [
    'FFD 1.05, short answers of old firmware, 12-digit INN',
    {
      register: { ffd: '1.05', inn: '500100732259' },
      quirks: { short_status_bytes: 16, fn_expiry_bytes: 6, registration_bytes: 55, free_memory_bytes: null },
    },
    {
      'fiscal.register.ffd': '1.05',
      'fiscal.register.inn': '500100732259',
      'fiscal.register.ofd_inn': '7709876543',
      'fiscal.fn.registrations_left': null,
      'fiscal.fn.documents_left': null,
    },
  ],
  [
    'a taxpayer that only the table of the drive names',
    { quirks: { unsupported: ['FF09'], raw_answers: { '11': `${'..'.repeat(42)}${'FF'.repeat(6)}` } } },
    { 'fiscal.register.inn': '7701234567', 'fiscal.register.autonomous': null },
  ],
  [
    'a cash core with other tables and long answers',
    { quirks: { model_parameters_bytes: 39, full_status_bytes: 52 } },
    {
      'fiscal.register.serial': '0000000000301234',
      'fiscal.register.ffd': '1.2',
      'fiscal.register.ofd_host': 'ofd.example',
    },
  ],
  [
    'firmware without tables, memory and versions',
    { quirks: { unsupported: ['F7', '2E', '1F', 'FF63', 'FF04', 'FF09'] } },
    {
      'fiscal.register.serial': '301234',
      'fiscal.fn.documents_left': null,
      'fiscal.fn.valid_until': '2028-02-14',
      'fiscal.register.inn': '7701234567',
    },
  ],
  ['one byte at a time', { quirks: { one_byte_writes: true } }, { 'fiscal.fn.valid_until': '2028-02-14' }],
  [
    'noise, joined answers, an FF after each',
    { quirks: { noise_before_nak: true, ack_joined: true, tcp_extra_ff: true } },
    { 'fiscal.fn.valid_until': '2028-02-14' },
  ],
  [
    'a foreign answer that nobody fetches',
    { quirks: { foreign_pending_answer: true } },
    { 'fiscal.fn.valid_until': '2028-02-14' },
  ],
]
