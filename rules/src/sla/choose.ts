import type { SlaBook } from './book.ts'
import { parseLimit } from './book-schema.ts'
import { rowOf, type SlaPolicy, type SlaScope, type SlaTerms, withService } from './policy.ts'

/** What decides which agreement an incident falls under. */
export interface SlaPlace {
  /** Code of the client. */
  readonly client: string | null
  readonly siteClass: 'A' | 'B' | 'C' | null
  /** The contract in force at registration. */
  readonly contract: ContractView | null
}

export interface ContractView {
  readonly number: string
  /** Id of the policy that the contract names. */
  readonly policy: string | null
  /** The service of the contract that answers for the cause of the incident. */
  readonly service: ServiceView | null
}

/** Times as contracts write them, such as `8h`; what one `d` is worth says the calendar of the policy that is chosen. */
interface ServiceView {
  readonly name: string
  readonly policy: string | null
  readonly reaction: string
  readonly solution: string
}

/** From the narrowest scope to the widest (domain ruling 18.9). */
const RANKS = ['contract_service', 'contract', 'client_service', 'client', 'site_class', 'default'] as const
export type SlaRank = (typeof RANKS)[number]

export interface ChosenPolicy {
  readonly policy: SlaPolicy
  readonly rank: SlaRank
}

/**
 * The policy of an incident: contract and service, contract, client and service, client, site class, tenant default; among equals the one
 * with the shorter time. The times of the contract's own service shorten whatever was chosen. Null when not even a default is there.
 */
export function choosePolicy(
  { policies, calendars }: Pick<SlaBook, 'policies' | 'calendars'>,
  place: SlaPlace,
  terms: SlaTerms,
): ChosenPolicy | null {
  const candidates: ChosenPolicy[] = []
  const add = (id: string | null | undefined, rank: SlaRank) => {
    const policy = id ? policies.get(id) : undefined
    if (policy) candidates.push({ policy, rank })
  }
  add(place.contract?.service?.policy, 'contract_service')
  add(place.contract?.policy, 'contract')
  for (const policy of policies.values())
    for (const scope of policy.scope) {
      const rank = rankOf(scope, place)
      if (rank) candidates.push({ policy, rank })
    }
  candidates.sort((a, b) => RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank) || compareTimes(a.policy, b.policy, terms))
  const [chosen] = candidates
  if (!chosen) return null
  const service = place.contract?.service
  if (!service) return chosen
  const dayMs = calendars.get(chosen.policy.calendar)?.dayMs ?? 0
  const limits = {
    reactionMs: parseLimit(service.reaction, dayMs),
    solutionMs: parseLimit(service.solution, dayMs),
  }
  return { ...chosen, policy: withService(chosen.policy, limits) }
}

function rankOf(scope: SlaScope, { client, siteClass, contract }: SlaPlace): SlaRank | null {
  if ('default' in scope) return 'default'
  if ('site_class' in scope) return scope.site_class === siteClass ? 'site_class' : null
  const sameService = scope.service === undefined || scope.service === contract?.service?.name
  if (!sameService) return null
  if ('contract' in scope) {
    if (scope.contract !== contract?.number) return null
    return scope.service === undefined ? 'contract' : 'contract_service'
  }
  if (scope.client !== client) return null
  return scope.service === undefined ? 'client' : 'client_service'
}

/** By solution, then by reaction; the shorter first. */
function compareTimes(a: SlaPolicy, b: SlaPolicy, terms: SlaTerms): number {
  const [one, other] = [rowOf(a, terms), rowOf(b, terms)]
  return one.solution.limitMs - other.solution.limitMs || one.reaction.limitMs - other.reaction.limitMs
}
