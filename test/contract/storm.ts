import type { LineSettings } from '@tillwatch/agent/transport/byte-transport'
import { createLine } from '@tillwatch/agent/transport/line'
import type { OpenLine, PortAddress } from '@tillwatch/agent/transport/open-transport'
import { portError } from '@tillwatch/agent/transport/port-errors'
import type { WebLine } from '@tillwatch/agent/transport/web-line'
import type { Clock } from '@tillwatch/shared'
import type { ManualClock } from '@tillwatch/shared/testing'
import { inject } from 'light-my-request'
import type { SimulatedRegister } from '../simulators/register.ts'

/** How rough the way to the register is, each as a chance for one piece of traffic. */
export interface Weather {
  /** The way does not open at all. */
  readonly closed: number
  /** The way is lost in the middle. */
  readonly lost: number
  /** Only a part of a piece arrives. */
  readonly half: number
  /** A byte of an answer is another one. */
  readonly flipped: number
  /** Bytes of nobody come in between. */
  readonly noise: number
  /** A piece that was there before, in this weather, comes once more: somebody else's answer, or an old one. */
  readonly foreign: number
}

export const CALM: Weather = { closed: 0, lost: 0, half: 0, flipped: 0, noise: 0, foreign: 0 }

/** The way between a driver and a simulated register, inside the process, as rough as its weather is now. */
export interface StormyWay {
  readonly open: OpenLine
  weather: Weather
  /** Requests on their way, where the way is a web service. */
  readonly inFlight: number
  /** Lines open now. */
  readonly opens: number
  readonly seen: Seen
}

/** What the way saw of its user, whatever that tells of itself; times in milliseconds since the line was opened. */
interface Seen {
  /** Most lines that were open at once, or requests on their way. */
  atOnceMax: number
  /** Longest time that a line was open. */
  heldMsMax: number
  /** Latest time at which something was said, but for a last word. */
  saidAtMsMax: number
  /** How often the way did not open. */
  refusals: number
}

/** The acknowledgement of an answer, or its refusal: one or two bytes, or the packet by which ATOL's tasks are acknowledged. */
const isLastWord = (bytes: Uint8Array): boolean => bytes.length <= 2 || (bytes[0] === 0xfe && bytes[4] === 0xc2)

/** Longest way of a foreign piece back. */
const REMEMBERED = 8

/** A way to `register`. What the driver sends is only ever cut, never changed: a changed request would not be the driver's. */
export function createStormyWay(register: SimulatedRegister, clock: Clock, random: () => number): StormyWay {
  let weather = CALM
  let inFlight = 0
  let opens = 0
  let remembered: Uint8Array[] = []
  const seen: Seen = { atOnceMax: 0, heldMsMax: 0, saidAtMsMax: 0, refusals: 0 }
  const strikes = (chance: number) => random() < chance
  const partOf = <T extends Uint8Array | string>(piece: T): T =>
    piece.slice(0, Math.floor(random() * piece.length)) as T

  /** Watches one line being opened, spoken over and closed. */
  const watch = () => {
    let openedMs: number | null = null
    const sinceMs = () => clock.monotonic() - (openedMs ?? clock.monotonic())
    return {
      opened() {
        openedMs = clock.monotonic()
        seen.atOnceMax = Math.max(seen.atOnceMax, ++opens)
      },
      said() {
        seen.saidAtMsMax = Math.max(seen.saidAtMsMax, sinceMs())
      },
      closed() {
        if (openedMs === null) return
        seen.heldMsMax = Math.max(seen.heldMsMax, sinceMs())
        openedMs = null
        opens--
      },
    }
  }

  const byteLine = (kind: 'serial' | 'tcp', name: string, baudRate: number | null) => {
    const watched = watch()
    let lose = () => {}
    let hear: ((bytes: Uint8Array) => void) | null = null
    const port = register.openLine(bytes => {
      remembered.push(bytes)
      if (remembered.length > REMEMBERED) remembered.shift()
      const came = Uint8Array.from(bytes)
      if (strikes(weather.flipped)) came[Math.floor(random() * came.length)] = Math.floor(random() * 256)
      hear?.(strikes(weather.half) ? partOf(came) : came)
      if (strikes(weather.noise))
        hear?.(Uint8Array.from({ length: 1 + Math.floor(random() * 4) }, () => random() * 256))
      const foreign = remembered[Math.floor(random() * remembered.length)]
      if (foreign && strikes(weather.foreign)) hear?.(foreign)
      if (strikes(weather.lost)) lose()
    })
    return createLine(
      {
        kind,
        name,
        baudRate,
        async open(listener) {
          if (strikes(weather.closed)) {
            seen.refusals++
            throw portError(strikes(0.5) ? 'port.busy' : 'port.silent', `${name} does not open`)
          }
          watched.opened()
          hear = listener.bytes
          lose = () => {
            if (hear) listener.lost(portError('port.failed', `${name} went away`))
            hear = null
          }
        },
        write(bytes) {
          if (!isLastWord(bytes)) watched.said()
          if (hear) port.receive(strikes(weather.half) ? partOf(bytes) : bytes)
        },
        async close() {
          watched.closed()
          hear = null
          port.left?.()
        },
      },
      clock,
    )
  }

  const webLine = (url: string): WebLine => {
    const service = register.webService
    if (!service) throw new Error('the register has no web service')
    const watched = watch()
    let bytesCount = 0
    return {
      kind: 'http',
      baudRate: null,
      isLost: false,
      get bytesCount() {
        return bytesCount
      },
      receivedCount: 0,
      open: async () => watched.opened(),
      close: async () => watched.closed(),
      request: ({ method, path, headers, body }, timeoutMs) =>
        new Promise(resolve => {
          watched.said()
          if (strikes(weather.closed))
            return resolve({ kind: 'lost', error: portError('port.silent', `nobody at ${url}`) })
          seen.atOnceMax = Math.max(seen.atOnceMax, ++inFlight)
          let isOver = false
          const finish = (event: Awaited<ReturnType<WebLine['request']>>) => {
            if (isOver) return
            isOver = true
            inFlight--
            cancel()
            resolve(event)
          }
          const cancel = clock.after(timeoutMs, () => finish({ kind: 'silence' }))
          const payload = body === undefined ? {} : { payload: strikes(weather.half) ? partOf(body) : body }
          const sent = { 'content-type': 'application/json; charset=utf-8', ...headers }
          inject(service, { method, url: path, headers: sent, ...payload }, (error, response) => {
            if (error || !response) return finish({ kind: 'lost', error: portError('port.failed', String(error)) })
            if (strikes(weather.lost)) return finish({ kind: 'lost', error: portError('port.failed', 'cut') })
            let answer = response.payload
            if (strikes(weather.half)) answer = partOf(answer)
            if (strikes(weather.flipped)) answer = answer.replace(/\d/, '?')
            if (strikes(weather.noise)) answer = `<html>${answer}`
            bytesCount += answer.length
            finish({ kind: 'response', status: strikes(weather.foreign) ? 500 : response.statusCode, body: answer })
          })
        }),
    }
  }

  const open = ((address: PortAddress, settings: LineSettings) =>
    address.kind === 'http'
      ? webLine(address.url)
      : byteLine(
          address.kind,
          address.kind === 'tcp' ? `tcp://${address.host}:${address.port}` : address.path,
          address.kind === 'serial' ? settings.baudRate : null,
        )) satisfies OpenLine

  return {
    open,
    get weather() {
      return weather
    },
    set weather(next) {
      weather = next
      remembered = []
    },
    get inFlight() {
      return inFlight
    },
    get opens() {
      return opens
    },
    seen,
  }
}

const STEP_MS = 20
/** Turns that a request inside the process needs at most. */
const TURNS = 8

/** Lets simulated time pass until the work is settled; requests on their way are given their turns first. */
export async function passing<T>(work: Promise<T>, clock: ManualClock, ways: readonly StormyWay[]): Promise<T> {
  let isDone = false
  const done = () => {
    isDone = true
  }
  work.then(done, done)
  while (!isDone) {
    for (let turn = 0; ways.some(({ inFlight }) => inFlight > 0) && turn < TURNS; turn++)
      await new Promise(resolve => setImmediate(resolve))
    await clock.advance(STEP_MS)
  }
  return work
}
