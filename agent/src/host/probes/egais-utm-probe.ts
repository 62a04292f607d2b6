import type { Clock, WireItem } from '@tillwatch/shared'
import type { HostConfig } from '../host-config.ts'
import { type HostFacts, serviceItem, untold } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import { askService, type Get, linkFact, type ServiceAnswer, slotOf } from '../local-service.ts'
import type { Sightings } from '../sightings.ts'
import { utmDiagnosisFacts, utmInfoFacts, utmListTotal } from './utm-answers.ts'

/** Local pages alone. `/api/mark/check` would send a query to the central server; `/opt/…` hands documents out. */
const INFO = '/api/info/list'
const DIAGNOSIS = '/diagnosis'
const LIST_IN = '/api/db/in/list?limit=1&offset=0'
const LIST_OUT = '/api/db/out/list?limit=1&offset=0'

export interface EgaisUtmProbeOptions {
  readonly config: HostConfig['egais_utm']
  readonly clock: Clock
  readonly sightings: Sightings
}

/** The EGAIS UTM (alcohol): does it answer, until when do its certificates last, what waits in its lists. One item an address. */
export function createEgaisUtmProbe({ config, clock, sightings }: EgaisUtmProbeOptions): HostProbe {
  const look = async (url: string): Promise<WireItem[]> => {
    const slot = slotOf('egais-utm', url)
    const facts = await askService(url, clock, {}, askUtm)
    if (!sightings.mayTell(config.mode, slot, facts['egais.utm.link'] === 'ok')) return []
    return [serviceItem(slot, clock.now(), facts)]
  }
  return {
    name: 'egais_utm',
    intervalS: config.interval_s,
    read: async () => (await Promise.all(config.addresses.map(look))).flat(),
  }
}

async function askUtm(get: Get): Promise<HostFacts> {
  const info = await get(INFO)
  const told = info.link === 'ok' ? utmInfoFacts(info.json) : null
  if (told) {
    const [listIn, listOut] = [await get(LIST_IN), await get(LIST_OUT)]
    return {
      'egais.utm.link': 'ok',
      ...told,
      'egais.utm.in_documents': totalOf(listIn),
      'egais.utm.out_documents': totalOf(listOut),
    }
  }
  // A UTM older than the page answers the one that the official requirements name.
  if (info.link === 'ok' || info.link === 'error') {
    const diagnosis = await get(DIAGNOSIS)
    const owner = diagnosis.link === 'ok' ? utmDiagnosisFacts(diagnosis.text) : null
    if (owner) return { 'egais.utm.link': 'ok', ...owner }
    return { 'egais.utm.link': linkFact(diagnosis) }
  }
  return { 'egais.utm.link': linkFact(info) }
}

const totalOf = (answer: ServiceAnswer) => (answer.link === 'ok' ? utmListTotal(answer.json) : untold('not_told'))
