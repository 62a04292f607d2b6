import type { IncidentAction, MaintenanceDraft } from '@tillwatch/shared/api'
import type { Chance } from './chance.ts'
import { SITES } from './directory.ts'
import type { Scheduler } from './scheduler.ts'
import type { Server } from './server.ts'

const HOUR_MS = 3_600_000
const EVERY_MS_MAX = 6 * HOUR_MS

/**
 * People who take, comment, solve, silence and reopen as they please, right or wrong. After `untilMs` they only finish what is good again
 * and left to them, since they had opened it themselves, and have sent again what a desk refused in its bad hours.
 */
export function callPeople(server: Server, scheduler: Scheduler, chance: Chance, untilMs: number, plans: Plan[]): void {
  const acts = (): void => {
    const finishes = scheduler.elapsedMs > untilMs
    if (!finishes && chance.happens(0.12)) planWork(server, chance, plans)
    else actOnce(server, chance, finishes)
    scheduler.after(chance.between(1, EVERY_MS_MAX), 'a person', acts)
  }
  scheduler.after(chance.between(1, EVERY_MS_MAX), 'a person', acts)
}

/** Planned work that a person announced. */
export interface Plan {
  readonly from: number
  readonly to: number
  /** Code of its site; null: everything. */
  readonly site: string | null
  /** The collector took it. */
  isOpen: boolean
}

function planWork({ people, machine }: Server, chance: Chance, plans: Plan[]): void {
  if (!people) return
  const from = machine.wallMs
  const site = chance.pick([...SITES, null])
  const plan: Plan = { from, to: from + chance.between(1, 12) * HOUR_MS, site, isOpen: false }
  const draft: MaintenanceDraft = {
    scope: site === null ? { kind: 'tenant' } : { kind: 'site', id: site },
    ...{ check: null, weekly: null, reason: 'плановые работы', agreed: chance.happens(0.5) },
    startsAt: new Date(plan.from).toISOString(),
    endsAt: new Date(plan.to).toISOString(),
  }
  plans.push(plan)
  people.maintenance.open('main', draft, 'Анна', machine.wallMs).then(
    () => {
      plan.isOpen = true
    },
    () => undefined,
  )
}

const LEFT_TO_PEOPLE = `status IN ('open', 'in_work', 'waiting') AND firing = 0 AND good_since IS NULL AND reopens_human > 0`

function actOnce({ people, books, machine }: Server, chance: Chance, finishes: boolean): void {
  if (!people) return
  const rows = books.state.prepare(`SELECT id FROM incidents ${finishes ? `WHERE ${LEFT_TO_PEOPLE}` : ''} ORDER BY id`)
  const ids = rows.all().map(row => String(row['id']))
  const actor = {
    name: chance.pick(['Анна', 'Пётр']),
    side: chance.pick(['support', 'support', 'partner', 'client'] as const),
  }
  const act = (id: string, action: IncidentAction) =>
    // What does not fit the status is refused, which is as it should be.
    people.incidents.act('main', id, action, actor, machine.wallMs).catch(() => undefined)
  if (finishes) {
    const refused = books.state.prepare(`SELECT DISTINCT desk FROM deliveries WHERE kind = 'open' AND state = 'failed'`)
    for (const row of refused.all()) people.desks.retryDesk('main', String(row['desk'])).catch(() => undefined)
  }
  if (finishes) for (const id of ids) void act(id, { action: 'solve', text: 'всё в порядке' })
  else if (ids.length > 0) void act(chance.pick(ids), actionOf(chance, machine.wallMs))
}

function actionOf(chance: Chance, now: number): IncidentAction {
  const text = `замечание ${chance.between(1, 1_000)}`
  switch (
    chance.pick(['take', 'take', 'comment', 'solve', 'solve', 'reopen', 'silence', 'unsilence', 'priority'] as const)
  ) {
    case 'take':
      return { action: 'take' }
    case 'comment':
      return { action: 'comment', text }
    case 'solve':
      return { action: 'solve', text }
    case 'reopen':
      return { action: 'reopen', text }
    case 'silence':
      return { action: 'silence', until: new Date(now + chance.between(1, 20) * HOUR_MS).toISOString(), reason: text }
    case 'unsilence':
      return { action: 'unsilence' }
    case 'priority':
      return { action: 'priority', priority: chance.pick([1, 2, 3, 4] as const), reason: text }
  }
}
