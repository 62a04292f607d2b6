import { openingOf } from '@tillwatch/agent/discovery/asking'
import { converse } from '@tillwatch/agent/discovery/converse'
import { lookAt, REST_MS } from '@tillwatch/agent/discovery/look'
import { RECEIPT_PRINTER } from '@tillwatch/agent/discovery/receipt-printer'
import type { Conversation } from '@tillwatch/agent/drivers/probe'
import type { PortAddress } from '@tillwatch/agent/transport/open-transport'
import { isSameSerial } from '@tillwatch/shared'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SimulatedProtocol } from '../simulators/protocols.ts'
import {
  deviceOf,
  drivers,
  everySerialAsking,
  lineProbes,
  lineProtocols,
  passing,
  readBy,
  titleOf,
  webProbes,
  webProtocols,
} from './discovery-world.ts'

/**
 * The proof that looking for registers is safe: every question against every protocol that a register on the same port could speak.
 * Drivers and protocols are taken from their registries, so that none can be left out.
 */

const SERIAL = { kind: 'serial', path: '/dev/ttyS0' } as const
const TCP = { kind: 'tcp', host: '192.168.1.20', port: 5_555 } as const
const WEB = { kind: 'http', url: 'http://127.0.0.1:16732' } as const
const portText = (address: PortAddress) =>
  address.kind === 'serial'
    ? address.path
    : address.kind === 'tcp'
      ? `tcp://${address.host}:${address.port}`
      : address.url
const LINE = { baudRate: 115_200, parity: 'none', stopBits: 1, controlLines: 'untouched' } as const

const AT_REST = {}
/** States in which a wrong byte would do most harm. */
const STATES: readonly (readonly [title: string, state: object])[] = [
  ['at rest', AT_REST],
  ['with a receipt open', { register: { mode: 'document_open' } }],
  ['while it prints', { faults: { printing: true } }],
  ['with its shift over time', { shift: { state: 'expired' } }],
]

/** Kinds of ports on which a protocol is met: a vendor's service is never on a serial port. */
const addressesOf = ({ name }: SimulatedProtocol) => {
  const ports = drivers.find(driver => driver.name === name)?.ports ?? []
  return [SERIAL, TCP].filter(({ kind }) => ports.includes(kind))
}
const onSerial = lineProtocols.filter(protocol => addressesOf(protocol).includes(SERIAL))

const conversations: readonly { who: string; variant: number | null; conversation: Conversation }[] = [
  ...lineProbes.map(({ driver, probe }) => ({ who: driver.name, variant: probe.variant, conversation: probe })),
  { who: 'receipt printer', variant: null, conversation: RECEIPT_PRINTER },
]

const sayings = conversations.flatMap(({ conversation }) => conversation.steps.map(({ say }) => say))

/** Says pieces to a device, each with the pause behind it, and listens to no answer. */
async function send(device: ReturnType<typeof deviceOf>, pieces: readonly (readonly [Uint8Array, number])[]) {
  const line = device.register.openLine(() => {})
  for (const [bytes, pauseMs] of pieces) {
    line.receive(bytes)
    await device.clock.advance(pauseMs)
  }
  line.close()
  device.register.assertReadOnly()
}

async function hold(conversation: Conversation, { clock, world }: ReturnType<typeof deviceOf>, address: PortAddress) {
  const line = world.open(address, LINE, clock)
  if (line.kind === 'http') throw new Error('not a line')
  await line.open()
  try {
    return await passing(converse(line, conversation, clock, clock.monotonic() + 1_900), clock)
  } finally {
    await line.close()
  }
}

test('every driver has a question for each of its variants and kinds of ports', () => {
  for (const { name, variants, ports, probes } of drivers) {
    expect(new Set(probes.map(probe => probe.variant)), name).toEqual(new Set(variants))
    const kinds = probes.flatMap(probe =>
      probe.kind === 'web' ? ['http'] : [...(probe.rates.length > 0 ? ['serial'] : []), ...(probe.at ? ['tcp'] : [])],
    )
    expect(new Set(kinds), name).toEqual(new Set(ports))
  }
  expect(new Set(lineProtocols.concat(webProtocols).map(({ name }) => name))).toEqual(
    new Set(drivers.map(({ name }) => name)),
  )
})

/** Feeds paper or interrupts a report (Pirit), tears off or ejects it (printers), aborts tasks (ATOL). */
const HARMFUL = [0x0a, 0x0b, 0x0c, 0x0d, 0x18, 0xc4]

test.each(
  conversations.flatMap(({ who, variant, conversation }) =>
    conversation.steps.map(step => [who, variant, step] as const),
  ),
)('%s %s: no byte of a question does anything by itself to any device', (_who, _variant, step) => {
  expect([...step.say].filter(byte => HARMFUL.includes(byte))).toEqual([])
})

describe.each(lineProtocols.map(protocol => [titleOf(protocol), protocol] as const))(
  'a register that speaks %s',
  (_title, protocol) => {
    const cases = conversations.flatMap(asked =>
      STATES.flatMap(state =>
        addressesOf(protocol).map(
          address => [asked.who, asked.variant, address.kind, state[0], asked, address, state[1]] as const,
        ),
      ),
    )
    test.each(cases)('asked as %s %s over %s, %s', async (who, variant, _kind, _state, asked, address, state) => {
      const device = deviceOf(protocol, state)
      const heard = await hold(asked.conversation, device, address)
      if (heard === 'recognised') expect([who, variant]).toEqual([protocol.name, protocol.variant])
      device.register.assertReadOnly()
      await passing(device.clock.sleep(REST_MS), device.clock)
      await expectOwnDriver(protocol, device, address, state)
    })

    test.each(addressesOf(protocol).map(address => [address.kind, address] as const))(
      'is recognised over %s by its own driver alone',
      async (kind, address) => {
        const heard = []
        for (const { who, variant, conversation } of conversations) {
          const result = await hold(conversation, deviceOf(protocol), address)
          if (result === 'recognised') heard.push(`${who} ${variant}`)
        }
        expect(new Set(heard), kind).toEqual(new Set([titleOf(protocol)]))
      },
    )

    test('survives all that can be said in any order and cut anywhere, at the pace of a search', async () => {
      const piece = fc
        .tuple(fc.constantFrom(...sayings), fc.nat(24), fc.constantFrom(REST_MS, REST_MS + 1, 900, 2_500))
        .map(([bytes, length, pauseMs]) => [length < 20 ? bytes.subarray(0, length) : bytes, pauseMs] as const)
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), pieces => send(deviceOf(protocol), pieces)),
        { numRuns: 150 },
      )
    })

    test('survives a whole search that it never answers, also when it waits for ever for the rest of a message', async () => {
      const search = everySerialAsking.map(asking => [openingOf(asking), 0] as const)
      await send(deviceOf(protocol, { quirks: { byte_timeout_ms: 100_000 } }), search)
    })
  },
)

test.each(onSerial.map(protocol => [titleOf(protocol), protocol] as const))(
  '%s is found in a whole look at a serial port, as it is and while another program’s answer waits in it',
  async (_title, protocol) => {
    for (const state of [AT_REST, { quirks: FOREIGN[protocol.name] ?? {} }]) {
      const device = deviceOf(protocol, state)
      const seen = await passing(lookAt(SERIAL, everySerialAsking, device.world), device.clock)
      expect(seen).toMatchObject({
        kind: 'recognised',
        asking: { driver: { name: protocol.name }, variant: protocol.variant },
      })
      device.register.assertReadOnly()
      await expectOwnDriver(protocol, device, SERIAL, state)
    }
  },
)

/** An answer to another program that waits in the device, where its protocol knows such a thing. */
const FOREIGN: Readonly<Record<string, object>> = { 'shtrih-m': { foreign_pending_answer: true } }

/** Right after the question the device's own driver reads it as it reads one that nobody has asked anything. */
async function expectOwnDriver(
  { name, variant }: SimulatedProtocol,
  { clock, register, world }: ReturnType<typeof deviceOf>,
  address: PortAddress,
  state: object,
) {
  const untouched = deviceOf({ name, variant }, state)
  const expected = await passing(readBy(name, variant, portText(address), untouched.world), untouched.clock)
  expect(await passing(readBy(name, variant, portText(address), world), clock)).toEqual(expected)
  if (state === AT_REST) {
    expect(expected).toMatchObject({ link: 'ok', problems: [] })
    expect(isSameSerial(String(expected.serial), register.state.register.serial)).toBe(true)
  }
  register.assertReadOnly()
}

test('what makes the rest between two questions needed: one that was cut and the next could be a command together', async () => {
  const enquiry = Uint8Array.of(0x05)
  const cut = Uint8Array.of(0xfe, 0x02)
  const next = sayings.find(([first, length]) => first === 0x02 && length === 0x0e) ?? cut
  const handshake = { name: 'atol', variant: 2 }
  const said = (pauseMs: number) => [enquiry, cut, next].map(bytes => [bytes, pauseMs] as const)
  await expect(send(deviceOf(handshake), said(0))).rejects.toThrow('forbidden')
  await send(deviceOf(handshake), said(REST_MS))
})

describe.each(webProtocols.map(protocol => [titleOf(protocol), protocol] as const))(
  'a service that speaks %s',
  (_title, protocol) => {
    const own = webProbes.filter(({ driver }) => driver.name === protocol.name)

    test('is recognised by its own driver alone', async () => {
      const seen = []
      // What posts something does so at its own service's port alone.
      const ports = own.map(({ probe }) => probe.at.port)
      for (const { driver, probe } of webProbes) {
        if (probe.request.method !== 'GET' && !ports.includes(probe.at.port)) continue
        const device = deviceOf(protocol)
        const asking = { kind: 'web' as const, driver, variant: probe.variant, probe }
        const { kind } = await passing(lookAt(WEB, [asking], device.world), device.clock)
        if (kind === 'recognised') seen.push(titleOf({ name: driver.name, variant: probe.variant }))
        device.register.assertReadOnly()
        await expectOwnDriver(protocol, device, WEB, AT_REST)
      }
      expect(seen).toContain(titleOf(protocol))
      expect(seen.every(title => title.startsWith(protocol.name))).toBe(true)
    })
  },
)

test('what is said over HTTP never goes to a port where a device of bytes could be: its lines would feed paper', () => {
  const webPorts = webProbes.map(({ probe }) => probe.at.port)
  const linePorts = lineProbes.flatMap(({ probe }) => probe.at?.port ?? [])
  expect(webPorts.filter(port => linePorts.includes(port))).toEqual([])
  expect(everySerialAsking.every(({ kind }) => kind === 'line')).toBe(true)
})
