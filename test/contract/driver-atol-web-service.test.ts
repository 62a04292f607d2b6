import { createRegisterPoll, type Polled, type RegisterTarget } from '@tillwatch/agent/poll/register-poll'
import type { WebEvent, WebLine } from '@tillwatch/agent/transport/web-line'
import { AppError, detailOf } from '@tillwatch/shared'
import { type ManualClock, settle } from '@tillwatch/shared/testing'
import { describe, expect, test } from 'vitest'
import { registerWithService } from '../simulators/atol-web/testing.ts'
import type { RegisterStateInput } from '../simulators/register-state.ts'

type Service = ReturnType<typeof registerWithService>

/** The way to a simulated service without a network, on the service's own clock. */
function lineTo({ send, clock }: Service): WebLine {
  const lost = { kind: 'lost', error: new AppError('port.failed', 'the answer broke off') } as const
  let receivedCount = 0
  return {
    kind: 'http',
    baudRate: null,
    isLost: false,
    bytesCount: 0,
    get receivedCount() {
      return receivedCount
    },
    open: async () => {},
    close: async () => {},
    request: ({ method, path, headers, body }, timeoutMs) =>
      new Promise<WebEvent>(resolve => {
        const cancel = clock.after(timeoutMs, () => resolve({ kind: 'silence' }))
        void send(method, path, body, { ...headers })
          .then(
            ({ status, text }): WebEvent => {
              receivedCount += 1 + text.length
              return { kind: 'response', status, body: text }
            },
            () => lost,
          )
          .then(event => {
            cancel()
            resolve(event)
          })
      }),
  }
}

/** A simulated service, and a poll of it by the driver. */
async function begin(state: RegisterStateInput = {}, target: Partial<RegisterTarget> = {}) {
  const service = registerWithService(state, target.variant ?? 2)
  const { clock, register } = service
  const made = await createRegisterPoll(
    { slot: 'till', driver: 'atol-web', port: 'http://service', ...target },
    clock,
    {
      open: () => lineTo(service),
    },
  )
  if (!made.ok) throw made.error
  const opcodes = () => register.log.map(entry => entry.opcode)
  return {
    ...service,
    opcodes,
    /** One hold, while time passes. */
    hold: (newRound = true) => passing(made.value.poll(newRound), clock),
  }
}

async function passing(polling: Promise<Polled>, clock: ManualClock): Promise<Polled> {
  let polled: Polled | null = null
  void polling.then(done => {
    polled = done
  })
  // What needs no time is done before more of it passes.
  for (let turn = 0; polled === null; turn++) {
    await settle()
    if (turn % 10 === 9) await clock.advance(10)
  }
  return polled
}

const factOf = ({ item }: Polled, name: string) => detailOf(item.facts[name] ?? null).value
const codesOf = ({ problems }: Polled) => problems.map(({ code }) => code)
const posted = (opcodes: readonly string[]) => opcodes.filter(opcode => opcode.startsWith('POST'))

describe('what other programs do comes first', () => {
  test('a port held by another program is busy, and nothing is asked for a minute', async () => {
    const { hold, clock, register, opcodes } = await begin({ quirks: { connection_code: 3 } })
    expect(await hold()).toMatchObject({ link: 'busy', outcome: 'yielded', problems: [{ code: 'port.busy' }] })
    const asked = opcodes().length
    register.update({ quirks: { connection_code: 0 } })
    await clock.advance(50_000)
    expect(await hold()).toMatchObject({ link: 'busy', problems: [{ code: 'port.busy' }] })
    expect(opcodes().length).toBe(asked)
    await clock.advance(10_000)
    expect(await hold()).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
  })

  test.each([1, 2])('nothing is added to a blocked queue, version %i', async variant => {
    const { hold, register, opcodes } = await begin({ quirks: { block: 'fnError' } }, { variant })
    expect(await hold()).toMatchObject({ link: 'busy', outcome: 'yielded', problems: [{ code: 'service.blocked' }] })
    expect(posted(opcodes())).toEqual([])
    register.update({ quirks: { block: null } })
    expect((await hold()).link).toBe('ok')
  })

  test('a job posted just as the queue blocks is taken back', async () => {
    const { hold, register, opcodes, send } = await begin({ faults: { delay_ms: 100 } })
    const polling = hold()
    await settle()
    register.update({ quirks: { block: '' } })
    expect(await polling).toMatchObject({ link: 'busy', problems: [{ code: 'service.blocked' }] })
    expect(opcodes().at(-1)).toBe('DELETE requests')
    register.update({ faults: { delay_ms: 0 } })
    expect((await send('GET', '/stat/requests')).body).toMatchObject({ not_ready_count: 1, canceled_count: 1 })
  })

  test.each([1, 2])(
    'a job of ours that waits when the queue blocks is not left lying in it, version %i',
    async variant => {
      const { hold, register, opcodes, send } = await begin({ quirks: { wait_ms: 4_000 } }, { variant })
      expect((await hold()).outcome).toBe('more')
      register.update({ quirks: { block: 'paperError' } })
      expect(await hold(false)).toMatchObject({ link: 'busy', problems: [{ code: 'service.blocked' }] })
      expect(opcodes().at(-1)).toBe('DELETE requests')
      expect((await send('GET', '/stat/requests')).body).toMatchObject({ not_ready_count: 1, canceled_count: 1 })
      await hold(false)
      expect(opcodes().at(-1)).not.toBe('DELETE requests')
      register.assertReadOnly()
    },
  )

  test('a queue that grows is left alone until it stops growing', async () => {
    const { hold, register, opcodes } = await begin({ quirks: { foreign_jobs: 2 } })
    expect(await hold()).toMatchObject({ link: 'busy', problems: [{ code: 'service.queue' }] })
    register.update({ quirks: { foreign_jobs: 5 } })
    expect((await hold()).link).toBe('busy')
    expect(posted(opcodes())).toEqual([])
    expect(await hold()).toMatchObject({ link: 'ok', outcome: 'complete' })
  })
})

describe('jobs that take their time', () => {
  test('one that is not done by the end of a hold is fetched in the next, and not posted twice', async () => {
    const { hold, clock, register, opcodes } = await begin({ quirks: { wait_ms: 4_000 } })
    expect(await hold()).toMatchObject({ link: 'ok', outcome: 'more' })
    expect(posted(opcodes())).toEqual(['POST requests getDeviceInfo'])
    register.update({ quirks: { wait_ms: 0 } })
    await clock.advance(10_000)
    const second = await hold(false)
    expect(second).toMatchObject({ link: 'ok', outcome: 'complete', item: { id: '0000000000301234' } })
    expect(posted(opcodes()).filter(opcode => opcode.endsWith('getDeviceInfo'))).toHaveLength(1)
    expect(opcodes()).not.toContain('DELETE requests')
  })

  test('there is never more than one of ours, whatever is asked first in the next hold', async () => {
    const { hold, clock, register, send } = await begin()
    await hold()
    register.update({ quirks: { wait_ms: 9_000 } })
    const counts: number[] = []
    for (let round = 0; round < 6; round++) {
      await hold(true)
      const { body } = await send('GET', '/stat/requests')
      counts.push((body as { not_ready_count: number }).not_ready_count)
      await clock.advance(2_000)
    }
    expect(Math.max(...counts)).toBe(1)
  })

  test('one that is not done after 30 seconds is taken back, and the register counts as silent until it answers', async () => {
    const { hold, clock, register, opcodes } = await begin({ quirks: { connection_code: 2, connection_waits: true } })
    for (let holds = 0; holds < 3; holds++) {
      expect((await hold(holds === 0)).outcome).toBe('more')
      await clock.advance(10_000)
    }
    expect(await hold(false)).toMatchObject({ link: 'busy', problems: [{ code: 'register.silent' }] })
    expect(posted(opcodes())).toHaveLength(1)
    expect(opcodes().at(-1)).toBe('DELETE requests')
    await clock.advance(10_000)
    expect((await hold()).link).toBe('silent')
    expect((await hold()).link).toBe('silent')
    register.update({ quirks: { connection_code: 0 } })
    await clock.advance(1_000)
    expect(await hold()).toMatchObject({ link: 'ok', outcome: 'complete' })
  })

  test.each([0, 3])(
    'what was found out long ago (code %i) is not taken for now, but asked again',
    async connection_code => {
      const { hold, clock, register } = await begin({ quirks: { wait_ms: 4_000 }, register: { serial: '1' } })
      await hold()
      register.update({ quirks: { connection_code } })
      await clock.advance(300_000)
      register.update({ quirks: { wait_ms: 0, connection_code: 0 }, register: { serial: '2' } })
      expect(await hold()).toMatchObject({ link: 'ok', item: { id: '2' } })
    },
  )

  test("an answer that lay in the service tells the register's state, but not its clock", async () => {
    const state = { register: { clock_at: '2026-11-22T12:30' } }
    const { hold, clock, register } = await begin(state)
    await hold()
    register.update({ quirks: { wait_ms: 3_000, unsupported: ['getDeviceInfo'] } })
    await hold()
    await hold(false)
    register.update({ quirks: { wait_ms: 0 } })
    await clock.advance(10_000)
    const polled = await hold(false)
    expect(factOf(polled, 'fiscal.register.clock_at')).toBeNull()
    expect(factOf(polled, 'fiscal.register.mode')).toBe('shift_open')
    expect(factOf(await hold(), 'fiscal.register.clock_at')).toMatch(/^2026-11-22T12:/)
  })

  test('one that the service has forgotten is asked again', async () => {
    const { hold, clock, register, opcodes } = await begin({ quirks: { job_memory_ms: 0 } })
    expect(codesOf(await hold())).toEqual(['service.job_lost'])
    register.update({ quirks: { wait_ms: 3_000 } })
    await hold()
    await clock.advance(10_000)
    register.update({ quirks: { job_memory_ms: 60_000, wait_ms: 0 } })
    expect(await hold()).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
    expect(posted(opcodes()).filter(opcode => opcode.endsWith('getDeviceInfo'))).toHaveLength(3)
  })
})

describe('which register', () => {
  const quirks = {
    other_devices: [
      { id: 'kkt 2', serial: '77' },
      { id: 'kkt-3', active: false },
    ],
  }

  test('the default one, or the one of device.id', async () => {
    expect((await (await begin({ quirks })).hold()).item.id).toBe('0000000000301234')
    expect((await (await begin({ quirks }, { device: { id: 'kkt 2' } })).hold()).item.id).toBe('77')
  })

  test('another one than the default is read to the end, in its own queue', async () => {
    const { hold, register } = await begin({ quirks }, { device: { id: 'kkt 2' } })
    expect(await hold()).toMatchObject({ link: 'ok', outcome: 'complete', problems: [], item: { id: '77' } })
    register.update({ quirks: { block: 'fnError', foreign_jobs: 9 } })
    expect(await hold()).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
  })

  test('its own blocked queue counts, not the default one’s', async () => {
    const [second] = quirks.other_devices
    const { hold, opcodes } = await begin(
      { quirks: { other_devices: [{ ...second, block: '' }] } },
      { device: { id: 'kkt 2' } },
    )
    expect(await hold()).toMatchObject({ link: 'busy', problems: [{ code: 'service.blocked' }] })
    expect(posted(opcodes())).toEqual([])
  })

  test.each([
    ['an unknown one', quirks, { id: 'kkt-9' }],
    ['one that is not active', quirks, { id: 'kkt-3' }],
    ['the default one where there is none', { default_device: null }, undefined],
  ])('%s is told as a mistake of the settings', async (_title, given, device) => {
    const { hold } = await begin({ quirks: given }, { device })
    expect(await hold()).toMatchObject({ link: 'silent', problems: [{ code: 'service.device' }] })
  })
})

describe('services of other ages and tempers', () => {
  test('a service without version 2 is told, with the variant to set; version 1 reads it', async () => {
    const quirks = { apis: [1] }
    const polled = await (await begin({ quirks })).hold()
    expect(polled).toMatchObject({ link: 'error', problems: [{ code: 'service.interface', nextStep: /variant: 1/ }] })
    expect(await (await begin({ quirks }, { variant: 1 })).hold()).toMatchObject({ link: 'ok', outcome: 'complete' })
  })

  test.each(['html', 'empty', 'json'])('refusals with a body of %s', async error_body => {
    const { hold, register } = await begin({ quirks: { error_body }, faults: { nak_every: 2 } })
    expect((await hold()).problems).toMatchObject([{ code: 'service.failed' }])
    register.update({ faults: { nak_every: 0 } })
    expect(await hold()).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
  })

  test('tasks that a driver does not know are not asked again', async () => {
    const unsupported = ['ismExchangeStatus', 'getFnStatus']
    const { hold, opcodes } = await begin({ quirks: { unsupported } })
    const polled = await hold()
    expect(polled).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
    expect(factOf(polled, 'fiscal.marking.unsent_notifications')).toBeNull()
    await hold()
    expect(opcodes().filter(opcode => opcode.endsWith('ismExchangeStatus'))).toHaveLength(1)
  })

  test('a service that hangs is silent, and its jobs are found when it is back', async () => {
    const { hold, register, opcodes } = await begin({ faults: { silent_ms: 10_000_000 } })
    expect(await hold()).toMatchObject({ link: 'silent', problems: [{ code: 'service.silent' }] })
    register.update({ faults: { silent_ms: 0 } })
    expect((await hold()).link).toBe('ok')
    // The answer to the posting is lost, the job is not.
    register.update({ faults: { cut_every: 2 } })
    await hold()
    register.update({ faults: { cut_every: 0 } })
    const before = posted(opcodes()).length
    await hold(false)
    expect(posted(opcodes()).slice(before)).not.toContain('POST requests getDeviceInfo')
  })
})

test('a faulty state that was seen in an earlier hold of the round stays told in the later ones', async () => {
  const { hold } = await begin({ register: { cover: 'open' }, faults: { delay_ms: 250 } })
  let polled = await hold()
  for (let holds = 1; holds < 8 && polled.outcome === 'more'; holds++) polled = await hold(false)
  expect(polled.outcome).toBe('complete')
  expect(factOf(polled, 'fiscal.register.error')).toBe('cover')
})

test('the settings of the service, where passwords stand, are never asked for, and ours are never told', async () => {
  const passwords = { user: 'monitor', password: 'a secret' }
  const { hold, register, opcodes } = await begin({ quirks: { users: { monitor: 'a secret' } } }, { passwords })
  const told = JSON.stringify(await hold())
  expect(told).not.toContain('a secret')
  expect(told).not.toContain('bW9uaXRvcjph')
  expect(opcodes().filter(opcode => /devices|settings/.test(opcode))).toEqual([])
  expect(register.log.every(entry => entry.password_ok !== false)).toBe(true)
  register.assertReadOnly()
})

test('a password that is changed while we poll is told once, and not tried again', async () => {
  const passwords = { user: 'monitor', password: 'old' }
  const { hold, register, opcodes } = await begin({ quirks: { users: { monitor: 'old' } } }, { passwords })
  await hold()
  register.update({ quirks: { users: { monitor: 'new' } } })
  const before = opcodes().length
  expect(codesOf(await hold())).toEqual(['register.password'])
  expect(codesOf(await hold())).toEqual(['register.password'])
  expect(opcodes().length - before).toBe(1)
})
