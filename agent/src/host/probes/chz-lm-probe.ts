import type { Clock, WireItem } from '@tillwatch/shared'
import type { HostConfig } from '../host-config.ts'
import { type HostFacts, serviceItem } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import { askService, type Get, linkFact, slotOf } from '../local-service.ts'
import type { Sightings } from '../sightings.ts'
import { lmFacts } from './lm-answers.ts'

/** The newer page first: version 2 tells more there, version 1 does not know it. `init` and `cis/…` are never called. */
const STATUS_PAGES = ['/api/v2/status', '/api/v1/status'] as const

export interface ChzLmProbeOptions {
  readonly config: HostConfig['chz_lm']
  readonly clock: Clock
  readonly sightings: Sightings
}

/** The local module of Chestny ZNAK: its status, when it last spoke with its server, what its databases hold. One item an address. */
export function createChzLmProbe({ config, clock, sightings }: ChzLmProbeOptions): HostProbe {
  const headers = credentials(config.user, config.password)
  /** The page that answered last, by address: a 404 a poll would fill the module's log. */
  const pageOf = new Map<string, string>()

  const ask = async (url: string, get: Get): Promise<HostFacts> => {
    const known = pageOf.get(url)
    let link: HostFacts = { 'chz.lm.link': 'silent' }
    for (const page of known ? [known] : STATUS_PAGES) {
      const answer = await get(page)
      const facts = answer.link === 'ok' ? lmFacts(answer.json, clock.now()) : null
      if (facts) {
        pageOf.set(url, page)
        return { 'chz.lm.link': 'ok', ...facts }
      }
      link = { 'chz.lm.link': linkFact(answer) }
      if (answer.link !== 'ok' && answer.link !== 'error') break
    }
    pageOf.delete(url)
    return link
  }

  const look = async (url: string): Promise<WireItem[]> => {
    const slot = slotOf('chz-lm', url)
    const facts = await askService(url, clock, headers, get => ask(url, get))
    if (!sightings.mayTell(config.mode, slot, facts['chz.lm.link'] === 'ok')) return []
    return [serviceItem(slot, clock.now(), facts)]
  }

  return {
    name: 'chz_lm',
    intervalS: config.interval_s,
    read: async () => (await Promise.all(config.addresses.map(look))).flat(),
  }
}

/** HTTP Basic (RFC 7617); without a user nothing is sent. */
const credentials = (user: string, password: string): Record<string, string> =>
  user === '' ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` }
