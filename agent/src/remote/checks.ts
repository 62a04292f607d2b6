import { SWITCHES_MAX } from '@tillwatch/shared'
import { loadDriver } from '../drivers/registry.ts'
import type { RegisterConfig } from '../poll/register-config.ts'

/** A register as far as it can be switched off: its place and the drivers that read it. */
export type Switchable = Pick<RegisterConfig, 'slot'> & { readonly [Way in 'driver' | 'also']: RegisterConfig[Way] }

/** What can be switched off on this PC. Registers may be found while the agent runs. */
export interface Checks {
  /** Names as on the wire: places, drivers, probes, then the questions of the drivers, as many as one fact holds. As of the last look. */
  names(): readonly string[]
  /** Whether there is a check of that name, told or not. */
  has(name: string): boolean
  /** Looks what is there now. */
  look(): Promise<void>
}

/** Names of the drivers that read some registers, each once. */
export const driversOf = (registers: readonly Switchable[]): readonly string[] => [
  ...new Set(registers.flatMap(({ driver, also }) => [driver, ...also.map(source => source.driver)])),
]

/** `searching`: drivers that the search for registers asks with, also while they read none. */
export function createChecks(
  registers: () => readonly Switchable[],
  probes: readonly string[],
  searching: readonly string[] = [],
): Checks {
  let all: ReadonlySet<string> = new Set()
  return {
    names: () => [...all].slice(0, SWITCHES_MAX),
    has: name => all.has(name),
    look: async () => {
      const now = registers()
      const drivers = driversOf(now)
      const questions = await Promise.all(drivers.map(questionsOf))
      all = new Set([
        ...now.map(({ slot }) => `slot:${slot}`),
        ...[...drivers, ...searching].map(name => `driver:${name}`),
        ...probes.map(name => `probe:${name}`),
        ...questions.flat(),
      ])
    },
  }
}

async function questionsOf(driver: string): Promise<readonly string[]> {
  const loaded = await loadDriver(driver)
  const keys = loaded.ok ? loaded.value.questions : []
  return keys.map(key => `question:${driver}:${key}`)
}
