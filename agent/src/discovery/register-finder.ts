import { type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import { loadDrivers } from '../drivers/registry.ts'
import type { RegisterConfig } from '../poll/register-config.ts'
import type { OpenLine } from '../transport/open-transport.ts'
import { type Discovery, discover } from './discover.ts'
import { openFoundFile } from './found-file.ts'
import { configOf, relocate, withoutGone } from './found-register.ts'
import { placesOf } from './places.ts'
import { AFTER_BOOT_MS, ASLEEP_MS, BETWEEN_MS_MAX, CHECK_MS, isSearchWanted, nextSearchMs } from './search-plan.ts'
import type { SerialPlace } from './serial-ports.ts'

/** A service that thinks about its answer, or a port that does not close, must not hold up the end. */
const STOP_MS_MAX = 3_000

export interface FinderWorld {
  readonly open: OpenLine
  readonly holderOf: (path: string) => Promise<string | null>
  /** False when a holder of a serial port may stay unseen; every one is seen unless told. */
  readonly seesEveryHolder?: (path: string) => Promise<boolean>
  readonly listPorts: () => Promise<readonly SerialPlace[]>
  /** Time since the PC was started, milliseconds. */
  readonly uptimeMs: () => number
}

export interface FinderOptions {
  readonly dataDir: string
  /** Further hosts to look at, and ports to leave alone. */
  readonly also: readonly string[]
  readonly never: readonly string[]
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly logger: Logger
  readonly world: FinderWorld
  /** True while a person has switched a driver off: without all of them one device could be taken for another, so nothing is searched. */
  readonly isHeldOff?: () => boolean
  /** Called when other registers, or other ways to them, are known than before. Never called before `start` or after `stop`. */
  onFound(registers: readonly RegisterConfig[]): void
}

const timeOf = (clock: Clock): string => new Date(clock.now()).toISOString()

/** Finds the registers of this PC and remembers them. */
export interface RegisterFinder extends Component {
  /** Registers known now, as a configuration would name them. */
  readonly registers: readonly RegisterConfig[]
}

/** A finder over a data directory. `start` knows at once what was found before, and searches beside everything else. */
export function createRegisterFinder(options: FinderOptions): RegisterFinder {
  const { clock, random, logger, world, isHeldOff = () => false } = options
  const file = openFoundFile(options.dataDir, logger)
  const stopping = new AbortController()
  const { signal } = stopping
  let registers: readonly RegisterConfig[] = []
  let searches = 0
  let dueMs = 0
  let loop: Promise<void> = Promise.resolve()

  const use = (): boolean => {
    const next = file.state.registers.map(configOf)
    const isNew = JSON.stringify(next) !== JSON.stringify(registers)
    registers = next
    return isNew
  }

  const followPorts = (ports: readonly SerialPlace[]) => {
    const moved = relocate(file.state.registers, ports, file.state.ports)
    if (JSON.stringify(moved) !== JSON.stringify(file.state.registers)) file.save({ ...file.state, registers: moved })
  }

  const search = async (ports: readonly SerialPlace[]) => {
    const places = placesOf({
      drivers: await loadDrivers(),
      serialPorts: ports,
      also: options.also,
      // What is polled already is known; two conversations at one port would hurt both.
      never: [...options.never, ...file.state.registers.flatMap(({ ways }) => ways.map(({ port }) => port))],
    })
    const before = file.state
    // A search that takes the whole agent down with it must not be made anew at every restart.
    file.save({ ...before, searched_at: timeOf(clock) })
    const found = await discover(places, before.registers, { ...world, clock, signal })
    if (signal.aborted) {
      file.save(before)
      return
    }
    const read = found.looked.flatMap(one => one.read ?? [])
    file.save({
      version: 1,
      searched_at: timeOf(clock),
      ports: ports.map(({ path }) => path),
      registers: withoutGone(found.registers, read, ports),
    })
    tell(found)
  }

  const tell = ({ looked, registers: found }: Discovery) => {
    for (const { place, seen, read } of looked) {
      if (seen.kind === 'nobody') continue
      logger.debug(
        { port: place.port, seen: seen.kind, driver: read?.way.driver, problem: read?.problem?.code },
        'looked at a port',
      )
    }
    logger.info({ places: looked.length, registers: found.length }, 'searched for registers')
  }

  const step = async () => {
    const ports = await world.listPorts()
    followPorts(ports)
    // A clock that was set back must not put the next search off for ever.
    const leftMs = dueMs - clock.now()
    const isDue = leftMs <= 0 || leftMs > BETWEEN_MS_MAX
    if (isDue && !isHeldOff() && isSearchWanted(file.state, ports)) {
      searches += 1
      // Whatever becomes of it, the next one has its own time.
      dueMs = nextSearchMs(clock.now(), searches, random())
      await search(ports)
    }
    if (!signal.aborted && use()) options.onFound(registers)
  }

  const run = async () => {
    await clock.sleep(Math.max(0, AFTER_BOOT_MS - world.uptimeMs()), signal)
    let lastMs = clock.now()
    while (!signal.aborted) {
      // A PC that slept, as Windows does at a fast start, gives its programs their ports anew, and its time since the start tells nothing.
      if (clock.now() - lastMs >= ASLEEP_MS) await clock.sleep(AFTER_BOOT_MS, signal)
      if (signal.aborted) break
      try {
        await step()
      } catch (thrown) {
        logger.error(
          { reason: messageOf(thrown) },
          'the search for registers failed by a programming error; it goes on',
        )
      }
      lastMs = clock.now()
      await clock.sleep(CHECK_MS, signal)
    }
  }

  return {
    get registers() {
      return registers
    },
    start: async () => {
      followPorts(await world.listPorts())
      use()
      const { searched_at: searchedAt } = file.state
      searches = searchedAt === null ? 0 : 1
      dueMs = searchedAt === null ? 0 : nextSearchMs(Date.parse(searchedAt), searches, random())
      loop = run()
    },
    stop: async () => {
      stopping.abort()
      const done = new AbortController()
      await Promise.race([loop, clock.sleep(STOP_MS_MAX, done.signal)])
      done.abort()
    },
  }
}
