import type { AgentConfig } from '../config.ts'
import type { LoadedIdentity } from '../identity.ts'

/** Words of the configuration and the identity that must never leave the till, wherever they stand. */
export function secretsOf(
  { registers, host }: Pick<AgentConfig, 'registers' | 'host'>,
  { identity }: Pick<LoadedIdentity, 'identity'>,
) {
  const ways = registers === 'auto' ? [] : registers.flatMap(register => [register, ...register.also])
  const passwords = ways.flatMap(way => Object.values(way.passwords ?? {}))
  return [identity.secret, host.chz_lm.password, ...passwords.map(String)]
}
