import type { Fleet } from '@tillwatch/collector/fleet/fleet'
import { type Directory, directory } from '@tillwatch/shared/api'
import type { Chance } from './chance.ts'

/** Open always, by day, and not known: rules count opening time. */
const HOURS = ['24/7', '10:00-23:00', undefined] as const

export const SITES = ['cafe-1', 'cafe-2'] as const

/** Two sites of one client, and the agents of the tills on them. */
export async function fillDirectory(
  fleet: Fleet,
  agentIds: readonly string[],
  chance: Chance,
  now: number,
): Promise<void> {
  const sites = SITES.map(code => {
    const hours = chance.pick(HOURS)
    return {
      ...{
        code,
        client: 'vkusno',
        name: `Кафе ${code}`,
        address: 'г. Москва, Тверская ул., д. 7',
        timezone: 'Europe/Moscow',
      },
      ...(hours ? { hours } : {}),
      class: chance.pick(['A', 'B', 'C'] as const),
    }
  })
  const world: Directory = directory.parse({
    clients: [{ code: 'vkusno', name: 'Вкусно и рядом' }],
    legal_entities: [{ client: 'vkusno', name: 'ООО «Вкусно и рядом»', inn: '7709990008' }],
    sites,
  })
  await fleet.importDirectory('main', world, false)
  for (const id of agentIds) {
    await fleet.addAgent({ id, tenantId: 'main', site: chance.pick(sites).code, secretHash: 'not looked at here' }, now)
  }
}
