import { type Component, type Logger, messageOf, type WireItem } from '@tillwatch/shared'
import type { Poller } from '../poll/poller.ts'
import type { RegisterConfig } from '../poll/register-config.ts'
import type { RegisterFinder } from './register-finder.ts'

type Registers = readonly RegisterConfig[]

/** The registers of this PC, whoever named them, and their poller. `start` rejects with the AppError of a register that was listed wrongly. */
export interface WatchedRegisters extends Component {
  /** As they are known now. */
  list(): Registers
  /** Newest state of every register that was polled. */
  latest(): WireItem[]
  /** Polls one register now; null when there is no such slot. */
  pollNow(slot: string): Promise<WireItem | null>
}

/** Registers that the configuration lists: they stay the same. */
export function listedRegisters(listed: Registers, pollerOf: (registers: Registers) => Poller): WatchedRegisters {
  const poller = pollerOf(listed)
  return {
    list: () => listed,
    latest: () => poller.latest(),
    pollNow: slot => poller.pollNow(slot),
    start: () => poller.start(),
    stop: () => poller.stop(),
  }
}

export interface FoundRegistersOptions {
  readonly pollerOf: (registers: Registers) => Poller
  readonly finderOf: (onFound: (registers: Registers) => void) => RegisterFinder
  readonly logger: Logger
}

/** Registers that the agent finds by itself. Others, or other ways to them, get a new poller; ports are given back before it begins. */
export function foundRegisters({ pollerOf, finderOf, logger }: FoundRegistersOptions): WatchedRegisters {
  let list: Registers = []
  let poller = pollerOf(list)
  let isStopped = false
  let turn: Promise<void> = Promise.resolve()

  const replace = async (registers: Registers) => {
    if (isStopped) return
    await poller.stop()
    list = registers
    poller = pollerOf(registers)
    await poller.start()
  }
  const use = (registers: Registers) => {
    turn = turn
      .then(() => replace(registers))
      .catch(thrown => {
        logger.error({ reason: messageOf(thrown) }, 'registers that were found cannot be polled by a programming error')
      })
  }
  const finder = finderOf(use)

  return {
    list: () => list,
    latest: () => poller.latest(),
    pollNow: slot => poller.pollNow(slot),
    start: async () => {
      await finder.start()
      use(finder.registers)
      await turn
    },
    stop: async () => {
      isStopped = true
      await finder.stop()
      await turn
      await poller.stop()
    },
  }
}
