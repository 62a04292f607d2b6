import { BlockList, isIPv6 } from 'node:net'
import { AppError, assert, type Clock, type Logger, messageOf } from '@tillwatch/shared'
import { Counter, type Registry } from 'prom-client'
import { createToken, isSameSecret } from '../accounts/token.ts'
import type { Connector, Failure } from '../connectors/connector.ts'
import { parseJson } from '../connectors/desk-api.ts'
import type { DeskConfig } from '../connectors/desk-config.ts'
import type { SignedCall } from '../connectors/desk-news.ts'
import { type InboundSettings, readSecret } from '../connectors/settings.ts'
import type { Tickets } from './ticket-book.ts'
import type { TicketWatch } from './ticket-watch.ts'

/** A shorter secret can be guessed. */
const SECRET_MIN = 20
/** The time of the last call is written down this often at most. */
const CALLED_MS = 60_000

/** Who says that he is a desk. */
export interface Caller {
  /** Name of the desk. */
  readonly name: string
  /** Address that the call comes from. */
  readonly address: string
  /** Everything that may be the secret. */
  readonly shown: readonly string[]
}

/** Calls of desks: the other way round of asking them. */
export interface DeskCalls {
  /** Lets a caller in before anything of his call is read; a desk that signs is known by `take`. Throws `call.refused`, whatever is wrong. */
  admit(caller: Caller): void
  /**
   * Takes a call of an admitted desk. A hint makes us look at the tickets it names; what is signed is done when this ends. Rejects with
   * `call.refused`, `call.unreadable`, or `call.unknown_ticket` for signed news of none of ours.
   */
  take(name: string, call: SignedCall): Promise<'looking' | 'done'>
}

export interface DeskCallsOptions {
  readonly configs: readonly Pick<DeskConfig, 'name' | 'inbound'>[]
  readonly connectors: readonly Pick<Connector, 'name' | 'hintsOf' | 'newsOf'>[]
  readonly watchOf: (desk: string) => Pick<TicketWatch, 'hint' | 'dropped'> | undefined
  readonly tickets: Pick<Tickets, 'told' | 'called'>
  readonly changed: (incidentId: string) => void
  readonly registry: Registry
  readonly clock: Clock
  readonly log: Logger
}

interface Door {
  readonly settings: InboundSettings
  readonly from: BlockList | null
  readonly connector: Pick<Connector, 'hintsOf' | 'newsOf'>
  calledAt: number
}

/** The calls of those desks whose settings allow them. */
export function createDeskCalls(options: DeskCallsOptions): DeskCalls {
  const { tickets, clock, log } = options
  const calls = new Counter({
    name: 'tillwatch_desk_calls_total',
    help: 'Calls of desks, by what became of them',
    labelNames: ['desk', 'outcome'],
    registers: [options.registry],
  })
  const doors = new Map<string, Door>()
  for (const { name, inbound: settings } of options.configs) {
    const connector = options.connectors.find(each => each.name === name)
    if (settings && connector) doors.set(name, { settings, from: listOf(settings), connector, calledAt: 0 })
  }
  registerDropped(options, [...doors.keys()])
  /** What strangers are measured with: nobody knows it. */
  const nobodys = createToken().secret
  /** The last warning of each desk: strangers who knock must not fill the log. */
  const warned = new Map<string, string>()
  const warn = (name: string, message: string): void => {
    if (warned.get(name) === message) return
    warned.set(name, message)
    log.warn({ desk: name, error: message }, 'calls of a desk are refused')
  }

  const secretOf = (name: string, door: Door | undefined): string | null => {
    if (!door) return null
    try {
      const secret = readSecret(door.settings.secret)
      if (secret.length >= SECRET_MIN) return secret
      warn(name, `its secret for calls has fewer than ${SECRET_MIN} characters`)
    } catch (error) {
      warn(name, messageOf(error))
    }
    return null
  }
  // What is wrong with a secret is told at the start, and not when the first call is refused.
  for (const [name, door] of doors) secretOf(name, door)
  const refuse = (name: string): AppError => {
    calls.inc({ desk: doors.has(name) ? name : '', outcome: 'refused' })
    return new AppError('call.refused', 'no desk calls like this', {
      nextStep: 'Compare name, secret and address with `inbound` in the settings of the desk.',
    })
  }
  const unreadable = (name: string, message: string, nextStep: string): AppError => {
    calls.inc({ desk: name, outcome: 'unreadable' })
    return new AppError('call.unreadable', message, { nextStep })
  }
  const failed = (name: string, failure: Failure): AppError => {
    const { message } = failure
    if (failure.kind === 'rejected' && failure.reason === 'invalid')
      return unreadable(name, message, 'Correct the named members.')
    warn(name, message)
    return refuse(name)
  }

  const takeNews = async (name: string, read: NonNullable<Connector['newsOf']>, call: SignedCall): Promise<'done'> => {
    const found = read(call, clock.now())
    if (found.kind !== 'delivered') throw failed(name, found)
    const verdicts = await tickets.told(name, found.value, null, clock.now())
    for (const id of new Set(verdicts.flatMap(each => each.changed))) options.changed(id)
    const lost = verdicts.find(({ why }) => why !== undefined)
    // Whoever gets no good answer says it again; what was done of it is known then.
    if (lost) {
      calls.inc({ desk: name, outcome: 'failed' })
      throw new Error(`news of the desk ${name} could not be taken: ${lost.why}`)
    }
    // Our own event may not have been settled yet: who is told so says it again.
    if (verdicts.some(each => each.what === 'unknown')) {
      calls.inc({ desk: name, outcome: 'unknown' })
      throw new AppError('call.unknown_ticket', 'no incident has this ticket', {
        nextStep: 'Send the key that came with our event, or the externalId that it was answered with.',
      })
    }
    calls.inc({ desk: name, outcome: 'done' })
    return 'done'
  }

  const jsonIn = (name: string, { body }: SignedCall): unknown => {
    const value = parseJson(body)
    if (value === null) throw unreadable(name, 'the call is not JSON', 'Send JSON, for instance {"id": "42"}.')
    return value
  }

  const takeHints = (name: string, ids: readonly string[]): 'looking' => {
    // Desks call for all that happens there; what names no ticket is none of ours.
    calls.inc({ desk: name, outcome: ids.length > 0 ? 'looking' : 'empty' })
    if (ids.length > 0) options.watchOf(name)?.hint(ids)
    return 'looking'
  }

  return {
    admit: ({ name, address, shown }) => {
      const door = doors.get(name)
      const isFromThere = !door?.from || door.from.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
      if (door?.connector.newsOf && isFromThere) return
      const secret = secretOf(name, door)
      // All are compared, whatever the first says, and strangers wait as long as those who guess.
      const isKnown = shown.map(each => isSameSecret(each, secret ?? nobodys)).includes(true)
      if (secret === null || !isKnown || !isFromThere) throw refuse(name)
    },
    take: async (name, call) => {
      const door = doors.get(name)
      assert(door, 'a call of a desk that was not admitted')
      const { newsOf, hintsOf } = door.connector
      const done = newsOf ? await takeNews(name, newsOf, call) : takeHints(name, hintsOf?.(jsonIn(name, call)) ?? [])
      if (clock.monotonic() - door.calledAt >= CALLED_MS || door.calledAt === 0) {
        door.calledAt = clock.monotonic()
        await tickets.called(name, clock.now())
      }
      return done
    },
  }
}

function listOf({ from }: InboundSettings): BlockList | null {
  if (!from) return null
  const list = new BlockList()
  for (const each of from) {
    const [net = '', bits] = each.split('/')
    const family = isIPv6(net) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(net, family)
    else list.addSubnet(net, Number(bits), family)
  }
  return list
}

function registerDropped({ registry, watchOf }: DeskCallsOptions, desks: readonly string[]): void {
  new Counter({
    name: 'tillwatch_desk_hints_dropped_total',
    help: 'Tickets named by calls of desks that were not looked at because too many waited',
    labelNames: ['desk'],
    registers: [registry],
    collect() {
      this.reset()
      for (const desk of desks) this.inc({ desk }, watchOf(desk)?.dropped ?? 0)
    },
  })
}
