import { describe, expect, test } from 'vitest'
import type { RegisterStateInput } from '../register-state.ts'
import { READ_ONLY_TYPES } from './tasks.ts'
import { registerWithService } from './testing.ts'

const job = (uuid: string, ...types: string[]) => ({ uuid, request: types.map(type => ({ type })) })
const answer = (type: string, state: RegisterStateInput = {}, variant = 2) =>
  registerWithService(state, variant).ask(type)
const codeOf = async (type: string, state: RegisterStateInput) =>
  ((await answer(type, state)) as { error: { code: number } }).error.code

describe('what would change anything is refused and told', () => {
  const TASKS = [
    'reportOfdExchangeStatus',
    'reportX',
    'nonFiscal',
    'continuePrint',
    'openShift',
    'closeShift',
    'sell',
    'buy',
    'cashIn',
    'registration',
    'closeArchive',
    'fnChange',
    'setDateTime',
    'setDeviceParameters',
    'openCashDrawer',
    'printCliche',
    'beginMarkingCodeValidation',
    'clearMarkingCodeValidationResult',
    'pingIsm',
    '__proto__',
    'constructor',
    '',
  ]
  test.each(TASKS)('task %s', async type => {
    const { register, send } = registerWithService()
    for (const path of ['/api/v2/requests', '/requests', '/requests/'])
      expect((await send('POST', path, job('a', 'getDeviceInfo', type))).status).toBe(403)
    expect(register.forbidden).toBe(3)
    expect(register.log[0]?.opcode).toBe(`POST requests getDeviceInfo+${type}`)
    expect((await send('GET', '/api/v2/requests/a')).status).toBe(404)
  })

  test.each([
    ['PUT', '/api/v2/settings'],
    ['POST', '/api/v2/devices'],
    ['PUT', '/api/v2/devices/kkt-1'],
    ['DELETE', '/api/v2/devices/kkt-1'],
    ['POST', '/api/v2/activateDevice'],
    ['POST', '/api/v2/deactivateDevice'],
    ['POST', '/api/v2/setDefaultDevice'],
    ['POST', '/api/v2/operations/openShift'],
    ['POST', '/api/v2/operations/constructor'],
    ['PATCH', '/anything'],
  ])('%s %s', async (method, path) => {
    const { register, send } = registerWithService()
    expect((await send(method, path, {})).status).toBe(403)
    expect(register.forbidden).toBe(1)
    expect(() => register.assertReadOnly()).toThrow(method)
  })

  test("another program's job is not to be deleted, one's own is", async () => {
    const { register, send } = registerWithService({ quirks: { block: 'paperError' } })
    await send('POST', '/api/v2/requests', job('own', 'getFnInfo'))
    expect((await send('DELETE', '/api/v2/requests/own')).status).toBe(200)
    expect(register.forbidden).toBe(0)
    expect((await send('DELETE', '/api/v2/requests/pos-1')).status).toBe(403)
    expect(register.forbidden).toBe(1)
  })

  test('it is told even when nobody looks at it: without a password, under a fault', async () => {
    const states = [{ quirks: { users: { monitor: 'secret' } } }, { faults: { nak_every: 1 } }]
    for (const state of states) {
      const { register, send } = registerWithService(state)
      await send('POST', '/api/v2/requests', job('a', 'closeShift'))
      expect(register.forbidden).toBe(1)
    }
  })
})

test.each(READ_ONLY_TYPES)('%s only reads', async type => {
  const { register, ask } = registerWithService()
  expect(await ask(type, { keys: [1] })).toMatchObject({ status: expect.stringMatching(/^(ready|error)$/) })
  register.assertReadOnly()
  expect(register.log[0]).toMatchObject({ opcode: `POST requests ${type}`, forbidden: false, answer_code: '201' })
})

test('the service tells no more of a device than it must, but what it holds it holds: passwords are in its settings', async () => {
  const { register, send } = registerWithService({ quirks: { other_devices: [{ id: 'kkt-2' }] } })
  const { body } = await send('GET', '/api/v2/devices')
  expect(body).toMatchObject([
    { id: 'kkt-1', isDefault: true, isActive: true, connectionSettings: { accessPassword: 'secret-access' } },
    { id: 'kkt-2', isDefault: false },
  ])
  expect((await send('GET', '/api/v2/devices/kkt-2')).body).toMatchObject({ id: 'kkt-2' })
  expect((await send('GET', '/api/v2/devices/kkt-3')).status).toBe(404)
  expect((await send('GET', '/api/v2/settings')).body).toMatchObject({ deleteRequestsAfter: 43_200 })
  register.assertReadOnly()
})

describe('states', () => {
  const resultOf = async (type: string, state: RegisterStateInput, variant = 2) =>
    ((await answer(type, state, variant)) as { result: unknown }).result

  test.each([
    ['setup', 'init'],
    ['ready', 'configured'],
    ['fiscal', 'fiscalMode'],
    ['post_fiscal', 'postFiscalMode'],
    ['archive', 'accessArchive'],
  ])('phase %s is %s', async (phase, livePhase) => {
    expect(await resultOf('getFnInfo', { fn: { phase } })).toMatchObject({ fnInfo: { livePhase } })
    expect(await resultOf('getDeviceStatus', { fn: { phase } })).toMatchObject({
      deviceStatus: { fnFiscal: phase === 'fiscal', fiscal: phase !== 'setup' && phase !== 'ready' },
    })
  })

  test('a drive that is not registered has no queue, no registration and no end', async () => {
    const state = { fn: { phase: 'ready' } }
    expect(await codeOf('getRegistrationInfo', state)).toBe(89)
    expect(await codeOf('ofdExchangeStatus', state)).toBe(89)
    expect(await resultOf('getFnInfo', state)).toMatchObject({ fnInfo: { validityDate: '1970-01-01T03:00:00+03:00' } })
  })

  test.each([
    [{ register: { mode: 'blocked' } }, { blocked: true }],
    [{ register: { paper: 'absent' } }, { paperPresent: false }],
    [{ register: { error: 'paper' } }, { paperPresent: false }],
    [{ register: { cover: 'open' } }, { coverOpened: true }],
    [{ register: { error: 'cover' } }, { coverOpened: true }],
    [{ faults: { fn_absent: true } }, { fnPresent: false, fnFiscal: false }],
    [{ shift: { state: 'closed' } }, { shift: 'closed' }],
    [{ shift: { state: 'expired' } }, { shift: 'expired' }],
  ])('%o', async (state, told) => {
    expect(await resultOf('getDeviceStatus', state)).toMatchObject({ deviceStatus: told })
  })

  test.each([
    [{ faults: { fn_absent: true } }, 'getFnInfo', 166],
    [{ register: { error: 'fn_link' } }, 'getFnInfo', 115],
    [{ register: { error: 'fn' } }, 'getFnInfo', 118],
    [{ register: { error: 'fn' } }, 'getDeviceStatus', 0],
    [{ register: { error: 'other' } }, 'getDeviceStatus', 165],
    [{ register: { mode: 'document_open' } }, 'getFnStatus', 82],
    [{ register: { mode: 'document_open' } }, 'getDeviceStatus', 0],
    [{ fn: { current_document: 4 } }, 'getFnStatus', 82],
    [{ faults: { printing: true } }, 'getDeviceStatus', 55],
    [{ register: { link: 'silent' } }, 'getDeviceInfo', 2],
    [{ quirks: { connection_code: 3 } }, 'getDeviceInfo', 3],
    [{ quirks: { errors: { getFnInfo: 140 } } }, 'getFnInfo', 140],
    [{ quirks: { unsupported: ['ismExchangeStatus'] } }, 'ismExchangeStatus', 11],
    [{ marking: { enabled: false } }, 'ismExchangeStatus', 117],
    [{ register: { ffd: '1.05' } }, 'ismExchangeStatus', 117],
    [{ quirks: { profile: 'old' } }, 'ismExchangeStatus', 501],
  ])('%o: %s ends with %i', async (state, type, code) => expect(await codeOf(type, state)).toBe(code))

  test('a driver of old leaves out what came later', async () => {
    const info = await answer('getFnInfo', {}, 1)
    expect(info).not.toHaveProperty('result.fnInfo.version')
    expect(await answer('ofdExchangeStatus', {}, 1)).not.toHaveProperty('result.warnings')
    expect(await answer('getRegistrationInfo', {}, 1)).not.toHaveProperty('result.ism')
  })

  test('members of a result may be other than the state has them, or missing', async () => {
    const results = { getFnInfo: { fnInfo: { livePhase: 'unknown', serial: null } } }
    const told = await resultOf('getFnInfo', { quirks: { results } })
    expect(told).toMatchObject({ fnInfo: { livePhase: 'unknown', registrationsRemaining: 29 } })
    expect(told).not.toHaveProperty('fnInfo.serial')
  })
})

describe('devices', () => {
  const state = {
    quirks: {
      other_devices: [
        { id: 'kkt-2', serial: '77' },
        { id: 'kkt-3', active: false },
      ],
    },
  }

  test('a job is for the default device unless it names another', async () => {
    const { ask } = registerWithService(state)
    expect(await ask('getDeviceInfo')).toMatchObject({ result: { deviceInfo: { serial: '0000000000301234' } } })
    expect(await ask('getDeviceInfo', {}, '?deviceID=kkt-2')).toMatchObject({
      result: { deviceInfo: { serial: '77' } },
    })
  })

  test('each has a queue of its own, in which alone its jobs are found', async () => {
    const { send } = registerWithService({
      quirks: { block: '', other_devices: [{ id: 'kkt-2', foreign_jobs: 2 }] },
    })
    await send('POST', '/api/v2/requests?deviceID=kkt-2', job('a', 'getMcu'))
    const statusOf = async (query: string) => (await send('GET', `/api/v2/getRequestsQueueStatus${query}`)).body
    expect(await statusOf('')).toMatchObject({ number: 1, isBlocked: true })
    expect(await statusOf('?deviceID=kkt-2')).toMatchObject({ number: 3, isBlocked: false })
    expect((await send('GET', '/api/v2/getRequestsQueueStatus?deviceID=kkt-9')).status).toBe(404)
    expect((await send('GET', '/api/v2/requests/a')).status).toBe(404)
    expect((await send('GET', '/api/v2/requests/a?deviceID=kkt-2')).status).toBe(200)
    expect((await send('DELETE', '/api/v2/requests/a')).status).toBe(404)
    expect((await send('DELETE', '/api/v2/requests/pos-2?deviceID=kkt-2')).status).toBe(403)
  })

  test('without a default device every job must name one', async () => {
    const { send } = registerWithService({ quirks: { default_device: null } })
    expect((await send('POST', '/api/v2/requests', job('a', 'getMcu'))).status).toBe(404)
    expect((await send('POST', '/api/v2/requests?deviceID=kkt-1', job('a', 'getMcu'))).status).toBe(201)
  })

  test('a question without a job may name its device in the body', async () => {
    const { send, clock } = registerWithService(state)
    const asked = send('POST', '/api/v2/operations/queryDeviceInfo', { deviceID: 'kkt-2' })
    await clock.advance(100)
    expect((await asked).body).toMatchObject({ deviceInfo: { serial: '77' } })
    expect((await send('POST', '/api/v2/operations/queryDeviceInfo', { deviceID: 'kkt-3' })).status).toBe(409)
  })
})

describe('jobs', () => {
  test('run one after another, and a blocked queue goes on when it is freed', async () => {
    const { register, send, clock } = registerWithService({ quirks: { wait_ms: 100, run_ms: 100, block: '' } })
    await send('POST', '/api/v2/requests', job('a', 'getMcu'))
    await send('POST', '/api/v2/requests', job('b', 'getMcu'))
    await clock.advance(60_000)
    register.update({ quirks: { block: null } })
    const statusOf = async (uuid: string) =>
      ((await send('GET', `/api/v2/requests/${uuid}`)).body as { results: { status: string }[] }).results[0]?.status
    expect([await statusOf('a'), await statusOf('b')]).toEqual(['wait', 'wait'])
    await clock.advance(150)
    expect([await statusOf('a'), await statusOf('b')]).toEqual(['inProgress', 'wait'])
    await clock.advance(100)
    expect([await statusOf('a'), await statusOf('b')]).toEqual(['ready', 'wait'])
    await clock.advance(200)
    expect(await statusOf('b')).toBe('ready')
  })

  test('are forgotten after a while', async () => {
    const { send, clock } = registerWithService({ quirks: { job_memory_ms: 60_000 } })
    await send('POST', '/api/v2/requests', job('a', 'getMcu'))
    await clock.advance(59_000)
    expect((await send('GET', '/api/v2/requests/a')).status).toBe(200)
    await clock.advance(2_000)
    expect((await send('GET', '/api/v2/requests/a')).status).toBe(404)
    expect((await send('POST', '/api/v2/requests', job('a', 'getMcu'))).status).toBe(201)
  })

  test('one that is cancelled does not run, and the next one does', async () => {
    const { send, ask, clock } = registerWithService({ quirks: { wait_ms: 500 } })
    await send('POST', '/api/v2/requests', job('a', 'getMcu'))
    expect((await send('DELETE', '/api/v2/requests/a')).status).toBe(200)
    await ask('getMcu')
    await clock.advance(1_000)
    expect((await send('GET', '/api/v2/requests/a')).body).toMatchObject({ results: [{ status: 'canceled' }] })
    expect((await send('GET', '/api/v2/requests/job-1')).body).toMatchObject({ results: [{ status: 'ready' }] })
  })

  test('a word for a running job that nobody knows', async () => {
    const { send, clock } = registerWithService({ quirks: { running_word: 'thinking', run_ms: 500 } })
    await send('POST', '/api/v2/requests', job('a', 'getMcu'))
    await clock.advance(100)
    expect((await send('GET', '/api/v2/requests/a')).body).toMatchObject({ results: [{ status: 'thinking' }] })
  })
})

describe('faults', () => {
  const ask = (state: RegisterStateInput) => registerWithService(state).send('GET', '/api/v2/getRequestsQueueStatus')

  test('a damaged answer is not JSON, a refused request is an error of the service', async () => {
    expect((await ask({ faults: { bad_checksum_every: 1 } })).body).toBeTypeOf('string')
    expect((await ask({ faults: { nak_every: 1 } })).status).toBe(500)
  })

  test('a cut answer ends the connection', async () => {
    await expect(ask({ faults: { cut_every: 1 } })).rejects.toThrow()
  })

  test('a late answer comes when its time has come', async () => {
    const { send, clock } = registerWithService({ faults: { delay_ms: 250 } })
    let answered = false
    const asked = send('GET', '/').then(() => {
      answered = true
    })
    await clock.advance(200)
    expect(answered).toBe(false)
    await clock.advance(100)
    await asked
  })

  test.each([
    [{ faults: { silence_every: 1 } }, 1],
    [{ faults: { silent_ms: 60_000 } }, 0],
  ])('%o: no answer at all', async (state, logged) => {
    const { register, send, clock } = registerWithService(state)
    const outcome = { answered: false }
    void send('GET', '/').then(() => {
      outcome.answered = true
    })
    await clock.advance(30_000)
    expect(outcome.answered).toBe(false)
    expect(register.log.length).toBe(logged)
  })
})

test('with users the service wants one of them, and says so; its version it tells everybody', async () => {
  const { register, send } = registerWithService({ quirks: { users: { monitor: 'secret' } } })
  const refused = await send('GET', '/api/v2/getRequestsQueueStatus')
  expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="Web Requests"'])
  const authorization = `Basic ${Buffer.from('monitor:secret').toString('base64')}`
  expect((await send('GET', '/stat/requests', undefined, { authorization })).status).toBe(200)
  expect((await send('GET', '/api/v2/serverInfo')).status).toBe(200)
  expect(register.log.map(entry => entry.password_ok)).toEqual([false, true, null])
})

test('without users it may be open or closed', async () => {
  const ask = (quirks: object) => registerWithService({ quirks }).send('GET', '/stat/requests')
  expect((await ask({})).status).toBe(200)
  expect((await ask({ closed_without_users: true })).status).toBe(401)
})

test('one interface may be missing', async () => {
  const { send } = registerWithService({ quirks: { apis: [1] } })
  expect(await send('GET', '/api/v2/serverInfo')).toMatchObject({
    status: 404,
    body: expect.stringContaining('<html>'),
  })
  expect((await send('GET', '/stat/requests')).status).toBe(200)
})

test('strange requests are survived and forbid nothing', async () => {
  const { register, send } = registerWithService()
  expect((await send('GET', '/')).body).toContain('<html>')
  for (const path of ['//', '/api/v2/', '/api/v2/%E0%A4%A', '/%', '/api/v2/requests/%E0', '/nothing?deviceID=%'])
    expect((await send('GET', path)).status).toBeGreaterThanOrEqual(200)
  expect((await send('OPTIONS', '/api/v2/requests')).status).toBe(405)
  expect(
    (
      await send(
        'POST',
        '/api/v2/requests',
        `{"uuid":"a","request":[{"type":"getMcu","x":"${'x'.repeat(1024 * 1024)}"}]}`,
      )
    ).status,
  ).toBe(413)
  for (const body of [
    'null',
    '5',
    '{"uuid":7,"request":[]}',
    '{"uuid":"a","request":[null]}',
    `{"uuid":"${'a'.repeat(37)}"}`,
  ])
    expect((await send('POST', '/api/v2/requests', body)).status).toBe(400)
  register.assertReadOnly()
})
