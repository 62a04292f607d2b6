import { createRegisterPoll, type RegisterPoll } from '@tillwatch/agent/poll/register-poll'
import { systemClock } from '@tillwatch/shared'
import { afterEach, describe, expect, test } from 'vitest'
import { createRegister } from '../simulators/register.ts'
import type { RegisterStateInput } from '../simulators/register-state.ts'
import { serveTcp } from '../simulators/serve-tcp.ts'
import { driverContractOnPorts } from './driver-ports.ts'
import { mercury } from './profiles/mercury.ts'

driverContractOnPorts(mercury, ['tcp', 'http'])

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function begin(channel: string, state: RegisterStateInput, target: object = {}) {
  const register = createRegister({ protocol: 'mercury', state, clock: systemClock })
  const served = await serveTcp(register, 'tcp://127.0.0.1:0', systemClock)
  closers.push(served.close)
  const port = served.address.replace('tcp', channel)
  const poll = await createRegisterPoll({ slot: 'till', driver: 'mercury', port, ...target }, systemClock)
  if (!poll.ok) throw poll.error
  closers.push(() => poll.value.close())
  const done = (command: string) =>
    register.log.filter(({ opcode, answer_code }) => opcode === command && answer_code === '0').length
  return { register, poll: poll.value, leftOpen: () => done('OpenSession') - done('CloseSession') }
}
const looks = async (poll: RegisterPoll, count: number) => {
  for (let look = 0; look < count; look++) await poll.poll(true)
}

describe.each(['tcp', 'http'])('sessions of the service over %s', channel => {
  test('a service that has room for one session only is read again and again', async () => {
    const { poll, leftOpen } = await begin(channel, { quirks: { single_session: true } })
    for (let round = 0; round < 3; round++)
      expect(await poll.poll(true)).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
    expect(leftOpen()).toBe(0)
  })

  test('after requests that were refused or never heard no session is left open', { timeout: 60_000 }, async () => {
    const { register, poll, leftOpen } = await begin(channel, { faults: { nak_every: 3, silence_every: 11 } })
    await looks(poll, 8)
    register.update({ faults: { nak_every: 0, silence_every: 0 } })
    await looks(poll, 2)
    expect(leftOpen()).toBe(0)
    expect(register.log.at(-1)).toMatchObject({ opcode: 'CloseSession', answer_code: '0' })
    register.assertReadOnly()
  })

  test('a service that takes 420 ms a command is read in several holds, and no session is left open', {
    timeout: 60_000,
  }, async () => {
    const { register, poll, leftOpen } = await begin(channel, { faults: { delay_ms: 420 } })
    let polled = await poll.poll(true)
    for (let holds = 1; holds < 8 && polled.outcome !== 'complete'; holds++) polled = await poll.poll(false)
    expect(polled).toMatchObject({ link: 'ok', outcome: 'complete' })
    expect(polled.item.facts['fiscal.register.inn']).toBe('7701234567')
    expect(leftOpen()).toBe(0)
    register.assertReadOnly()
  })

  test('a service that is too slow for a session does not count as a register that answers', async () => {
    const { poll, leftOpen } = await begin(channel, { faults: { delay_ms: 800 } })
    expect(await poll.poll(true)).toMatchObject({ link: 'silent', problems: [{ code: 'register.slow' }] })
    expect(leftOpen()).toBe(0)
  })

  test('while the POS program has the register the service is left alone at once, and the link is busy', async () => {
    const { register, poll } = await begin(channel, { quirks: { cash_session: true } })
    expect(await poll.poll(true)).toMatchObject({ link: 'busy', problems: [{ code: 'service.refused' }] })
    expect(register.log.map(entry => entry.opcode)).toEqual(['GetDriverInfo', 'OpenSession'])
    register.update({ quirks: { cash_session: false } })
    expect((await poll.poll(true)).link).toBe('ok')
  })

  test('a hung service, one without contact to the register and a wrong port are told apart', async () => {
    const hung = await begin(channel, { quirks: { hung: true } })
    expect(await hung.poll.poll(true)).toMatchObject({ link: 'silent', problems: [{ code: 'service.silent' }] })
    const empty = await begin(channel, { register: { link: 'silent' }, quirks: { no_contact: 'empty' } })
    expect(await empty.poll.poll(true)).toMatchObject({ link: 'silent', problems: [{ code: 'register.silent' }] })
    const elsewhere = await begin(channel, { quirks: { port: 'COM5', model_code: '119F' } })
    expect(await elsewhere.poll.poll(true)).toMatchObject({ link: 'silent', problems: [{ code: 'register.silent' }] })
  })

  test('the port and model of the configuration are those by which the register is opened', async () => {
    const device = { port: 'COM5', model: '119F' }
    const { poll } = await begin(channel, { quirks: { port: 'COM5', model_code: '119F' } }, { device })
    expect((await poll.poll(true)).link).toBe('ok')
  })

  test('another register behind the service is told under its own serial', async () => {
    const { register, poll } = await begin(channel, {})
    expect((await poll.poll(true)).item.id).toBe('0000000000301234')
    register.update({ register: { serial: '0000000000777777' }, fn: { serial: '9960440300999999', last_document: 5 } })
    expect((await poll.poll(true)).item.id).toBe('0000000000777777')
  })

  test('a port that is kept open costs what it costs, poll after poll', async () => {
    const { poll } = await begin(channel, {}, { keepOpen: true })
    await poll.poll(true)
    const { item } = await poll.poll(true)
    expect(Number(item.facts['fiscal.poll.bytes'])).toBeGreaterThan(500)
    expect(item.facts['fiscal.poll.commands']).toBe(3)
  })
})
