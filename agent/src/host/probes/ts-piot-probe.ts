import type { Clock, WireItem } from '@tillwatch/shared'
import type { HostConfig } from '../host-config.ts'
import { type HostFacts, serviceItem } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import { askService, type Get, linkFact, slotOf } from '../local-service.ts'
import type { Sightings } from '../sightings.ts'
import { instanceFacts, instanceLmFacts, type ListedInstance, listedInstances } from './piot-answers.ts'

const INSTANCES = '/api/v1/instances/info'
const LOCAL_MODULE = '/api/v1/instances/lm'
/** "There is none" of both pages. */
const NO_CONTENT = 204

export interface TsPiotProbeOptions {
  readonly config: HostConfig['ts_piot']
  readonly clock: Clock
  readonly sightings: Sightings
}

/** TS PIoT (marked goods): the orchestrator at each configured address, and one item for each ESM instance that it lists. */
export function createTsPiotProbe({ config, clock, sightings }: TsPiotProbeOptions): HostProbe {
  const look = async (url: string): Promise<WireItem[]> => {
    const slot = slotOf('ts-piot', url)
    const told = await askService(url, clock, {}, get => askOrchestrator(get))
    if (!sightings.mayTell(config.mode, slot, told.facts['chz.piot.link'] === 'ok')) return []
    return [
      serviceItem(slot, clock.now(), told.facts),
      ...told.instances.map(({ id, facts }) => serviceItem(`${slot}-${id}`, clock.now(), facts)),
    ]
  }

  const askOrchestrator = async (get: Get): Promise<{ facts: HostFacts; instances: readonly Instance[] }> => {
    const list = await get(INSTANCES)
    const listed = list.link === 'ok' ? (list.status === NO_CONTENT ? [] : listedInstances(list.json)) : null
    if (!listed) return { facts: { 'chz.piot.link': linkFact(list) }, instances: [] }
    const instances: Instance[] = []
    for (const each of listed) instances.push({ id: each.id, facts: await askInstance(get, each) })
    return { facts: { 'chz.piot.link': 'ok', 'chz.piot.instances': listed.length }, instances }
  }

  const askInstance = async (get: Get, listed: ListedInstance): Promise<HostFacts> => {
    const info = await get(`${INSTANCES}/${listed.id}`)
    const module = await get(`${LOCAL_MODULE}/${listed.id}`)
    return {
      ...instanceFacts(info.link === 'ok' ? info.json : null, listed),
      ...(module.link === 'ok' ? instanceLmFacts(module.json, clock.now()) : {}),
    }
  }

  return {
    name: 'ts_piot',
    intervalS: config.interval_s,
    read: async () => (await Promise.all(config.addresses.map(look))).flat(),
  }
}

interface Instance {
  readonly id: string
  readonly facts: HostFacts
}
