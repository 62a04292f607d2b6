import { SWITCHES_MAX } from '@tillwatch/shared'
import { loadDriver } from '../drivers/registry.ts'
import type { RegisterConfig } from '../poll/register-config.ts'

/** A register as far as it can be switched off: its place and the drivers that read it. */
export type Switchable = Pick<RegisterConfig, 'slot'> & { readonly [Way in 'driver' | 'also']: RegisterConfig[Way] }

/** What can be switched off on this PC. Registers may be found while the agent runs. */
export interface Checks {
  /** Names as on the wire: places, drivers, probes, then the questions of the drivers. As of the last look. */
  names(): readonly string[]
  /** Looks what is there now. */
  look(): Promise<void>
}

/** Names of the drivers that read some registers, each once. */
export const driversOf = (registers: readonly Switchable[]): readonly string[] => [
  ...new Set(registers.flatMap(({ driver, also }) => [driver, ...also.map(source => source.driver)])),
]

export function createChecks(registers: () => readonly Switchable[], probes: readonly string[]): Checks {
  let names: readonly string[] = []
  return {
    names: () => names,
    look: async () => {
      const now = registers()
      const drivers = driversOf(now)
      const questions = await Promise.all(drivers.map(questionsOf))
      const all = [
        ...now.map(({ slot }) => `slot:${slot}`),
        ...drivers.map(name => `driver:${name}`),
        ...probes.map(name => `probe:${name}`),
        ...questions.flat(),
      ]
      // The fact that tells them is a list of so many.
      names = [...new Set(all)].slice(0, SWITCHES_MAX)
    },
  }
}

async function questionsOf(driver: string): Promise<readonly string[]> {
  const loaded = await loadDriver(driver)
  const keys = loaded.ok ? (loaded.value.questions ?? []) : []
  return keys.map(key => `question:${driver}:${key}`)
}
