import { createRegisterPoll, type RegisterPoll } from '@tillwatch/agent/poll/register-poll'
import { type Clock, systemClock } from '@tillwatch/shared'
import type { DriverProfile } from '../contract/driver-profile.ts'
import { PROFILES } from '../contract/profiles/index.ts'
import { openPseudoTerminal } from '../simulators/pseudo-terminal.ts'
import { createRegister } from '../simulators/register.ts'
import { mergeState } from '../simulators/register-state.ts'
import { serveTcp } from '../simulators/serve-tcp.ts'
import { BITS_PER_BYTE, createPacedDirection } from './paced-line.ts'
import { createPreciseTimer, preciseClock } from './precise-timer.ts'
import { type Bench, median, type Report, rounded } from './result.ts'

const BAUD = 115_200
/** Time that the register takes for each command: none, so that nothing hides behind it, and that of the quickest real ones. */
const DEVICE_MS = [0, 10]
const POLLS_MIN = 3

/** What went over the line since it was opened, and how long the register itself took; times in milliseconds. */
interface Traffic {
  bytes: number
  commands: number
  deviceMs: number
  /** When the host was first heard after the last `listenAnew`. */
  firstHeardAt: number | null
}

/** A register behind a line of 115200 baud, on a pseudo-terminal. */
interface SlowLine {
  readonly port: string
  traffic(): Traffic
  listenAnew(): void
  close(): void
}

const registerOf = (profile: DriverProfile, deviceMs: number, clock: Clock) =>
  createRegister({
    protocol: profile.driver,
    ...(profile.variant !== undefined && { variant: profile.variant }),
    clock,
    state: mergeState(profile.state ?? {}, { faults: { delay_ms: deviceMs } }),
  })

async function openSlowLine(profile: DriverProfile, deviceMs: number, clock: Clock): Promise<SlowLine> {
  const timer = createPreciseTimer(clock)
  const register = registerOf(profile, deviceMs, preciseClock(timer))
  let firstHeardAt: number | null = null
  let askedAt = 0
  let tookMs = 0
  const toDevice = createPacedDirection(BAUD, timer, clock, bytes => {
    askedAt = clock.monotonic()
    line.receive(bytes)
  })
  const toHost = createPacedDirection(BAUD, timer, clock, bytes => terminal.write(bytes))
  const line = register.openLine(bytes => {
    const now = clock.monotonic()
    tookMs += now - askedAt
    askedAt = now
    toHost.send(bytes)
  })
  const terminal = await openPseudoTerminal(bytes => {
    firstHeardAt ??= clock.monotonic()
    toDevice.send(bytes)
  })
  return {
    port: terminal.path,
    traffic: () => ({
      bytes: toDevice.bytesCount + toHost.bytesCount,
      commands: register.log.length,
      deviceMs: tookMs,
      firstHeardAt,
    }),
    listenAnew() {
      firstHeardAt = null
    },
    close() {
      line.close()
      terminal.close()
    },
  }
}

/** What one hold of the port cost; times in milliseconds. */
interface Cost {
  readonly bytes: number
  readonly commands: number
  readonly deviceMs: number
  readonly heldMs: number
  /** From the opening of the port to the first byte: the driver listens whether somebody else talks. */
  readonly listenedMs: number
}

/** The last byte of a poll is still on its way when the port is closed. */
const QUIET_MS = 20

async function measure(poll: RegisterPoll, line: SlowLine, clock: Clock): Promise<Cost> {
  await clock.sleep(QUIET_MS)
  line.listenAnew()
  const before = line.traffic()
  const calledAt = clock.monotonic()
  const polled = await poll.poll(true)
  const callMs = clock.monotonic() - calledAt
  await clock.sleep(QUIET_MS)
  if (polled.link !== 'ok' || polled.outcome !== 'complete')
    throw new Error(`the poll ended ${polled.link}, ${polled.outcome}`)
  const after = line.traffic()
  const heldMs = Number(polled.item.facts['fiscal.poll.port_held_ms'])
  const openedAt = calledAt + callMs - heldMs
  return {
    bytes: after.bytes - before.bytes,
    commands: after.commands - before.commands,
    deviceMs: after.deviceMs - before.deviceMs,
    heldMs,
    listenedMs: (after.firstHeardAt ?? openedAt) - openedAt,
  }
}

function tell(report: Report, poll: string, costs: readonly Cost[]): void {
  const of = (pick: (cost: Cost) => number): number => median(costs.map(pick))
  const limitMs = ({ bytes, deviceMs }: Cost): number => (bytes * BITS_PER_BYTE * 1_000) / BAUD + deviceMs
  const talkedMs = (cost: Cost): number => cost.heldMs - cost.listenedMs
  const ratio = (cost: Cost): number => talkedMs(cost) / limitMs(cost)
  const quickest = costs.toSorted((a, b) => ratio(a) - ratio(b))[0]
  const against = `${rounded(of(limitMs))} ms: these bytes at ${BAUD} baud and ${rounded(of(cost => cost.deviceMs))} ms in the register`
  report({ measure: `${poll}.bytes`, value: of(cost => cost.bytes), unit: 'bytes both ways' })
  report({ measure: `${poll}.commands`, value: of(cost => cost.commands), unit: 'commands' })
  report({ measure: `${poll}.talking`, value: rounded(of(talkedMs)), unit: 'ms', ratio: rounded(of(ratio)), against })
  if (quickest) {
    // Other programs only ever add to it: the quickest one says what the driver itself costs.
    const value = rounded(talkedMs(quickest))
    report({ measure: `${poll}.talking_undisturbed`, value, unit: 'ms', ratio: rounded(ratio(quickest)), against })
  }
  report({ measure: `${poll}.listening`, value: rounded(of(cost => cost.listenedMs)), unit: 'ms' })
  report({ measure: `${poll}.port_held`, value: rounded(of(cost => cost.heldMs)), unit: 'ms' })
}

/** Polls of one driver on its serial line: first ones, and ordinary ones after each. */
async function measureLine(profile: DriverProfile, deviceMs: number, untilMs: number, clock: Clock) {
  const firsts: Cost[] = []
  const ordinary: Cost[] = []
  while (firsts.length < POLLS_MIN || clock.monotonic() < untilMs) {
    const line = await openSlowLine(profile, deviceMs, clock)
    const target = { slot: 'till', driver: profile.driver, variant: profile.variant, port: line.port, baud: BAUD }
    const poll = await createRegisterPoll(target, clock)
    if (!poll.ok) throw poll.error
    firsts.push(await measure(poll.value, line, clock))
    for (let count = 0; count < POLLS_MIN; count++) ordinary.push(await measure(poll.value, line, clock))
    await poll.value.close()
    line.close()
  }
  return { firsts, ordinary }
}

/** Holds of a service until all is read; the service and the pauses of its jobs set the time, so there is no wire to compare with. */
async function measureService(profile: DriverProfile, clock: Clock) {
  const port = await serveTcp(registerOf(profile, 0, clock), 'tcp://127.0.0.1:0', clock)
  const target = { slot: 'till', driver: profile.driver, variant: profile.variant }
  const poll = await createRegisterPoll({ ...target, port: port.address.replace('tcp:', 'http:') }, clock)
  if (!poll.ok) throw poll.error
  const all = async () => {
    const cost = { holds: 0, bytes: 0, commands: 0, heldMs: 0 }
    let polled = await poll.value.poll(true)
    for (;;) {
      cost.holds++
      cost.bytes += Number(polled.item.facts['fiscal.poll.bytes'])
      cost.commands += Number(polled.item.facts['fiscal.poll.commands'])
      cost.heldMs = Math.max(cost.heldMs, Number(polled.item.facts['fiscal.poll.port_held_ms']))
      if (polled.link !== 'ok') throw new Error(`the poll ended ${polled.link}`)
      if (polled.outcome === 'complete') return cost
      polled = await poll.value.poll(false)
    }
  }
  const [first, ordinary] = [await all(), await all()]
  await poll.value.close()
  await port.close()
  return { first, ordinary }
}

const titleOf = ({ driver, variant }: DriverProfile) => (variant === undefined ? driver : `${driver}_${variant}`)

/** Bytes and port time of every driver's first and ordinary poll against the limit of its line. */
export const pollBench: Bench = {
  seconds: 60,
  async run(report, seconds, say) {
    const clock = systemClock
    const onLines = PROFILES.filter(({ port }) => port.startsWith('/dev/'))
    const shareMs = (seconds * 1_000) / (onLines.length * DEVICE_MS.length)
    for (const { profile } of onLines) {
      for (const deviceMs of DEVICE_MS) {
        const { firsts, ordinary } = await measureLine(profile, deviceMs, clock.monotonic() + shareMs, clock)
        const name = `${titleOf(profile)}.${deviceMs === 0 ? 'instant_register' : 'quick_register'}`
        say(`${name}: ${firsts.length} first polls and ${ordinary.length} ordinary ones, ${deviceMs} ms a command`)
        tell(report, `${name}.first_poll`, firsts)
        tell(report, `${name}.ordinary_poll`, ordinary)
      }
    }
    for (const { profile } of PROFILES.filter(({ port }) => port.startsWith('http:'))) {
      const costs = await measureService(profile, clock)
      for (const [poll, { holds, bytes, commands, heldMs }] of Object.entries(costs)) {
        const name = `${titleOf(profile)}.service.${poll}_poll`
        report({ measure: `${name}.bytes`, value: bytes, unit: 'bytes both ways' })
        report({ measure: `${name}.commands`, value: commands, unit: 'commands' })
        report({ measure: `${name}.holds`, value: holds, unit: 'holds' })
        report({ measure: `${name}.longest_hold`, value: rounded(heldMs), unit: 'ms' })
      }
    }
  },
}
