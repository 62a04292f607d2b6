import { StatementSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BROKEN_DRIVE, HEALTHY, MINUTE, NoiseFleet, QUEUE } from '../noise/testing/noise-fleet.ts'

let fleet: NoiseFleet
const asked = new Set<string>()
beforeEach(async () => {
  fleet = new NoiseFleet()
  fleet.site('s')
  for (const till of ['a', 'b', 'c', 'd', 'e']) {
    fleet.till(till)
    await fleet.say(till, { 'agent.version': '1' }, { kind: 'pc' })
    await fleet.say(till, HEALTHY)
  }
  asked.clear()
  for (const method of ['get', 'all', 'run'] as const) {
    const real = StatementSync.prototype[method] as (...values: unknown[]) => unknown
    vi.spyOn(StatementSync.prototype, method).mockImplementation(function (this: StatementSync, ...values: unknown[]) {
      asked.add(this.sourceSQL)
      return real.apply(this, values) as never
    })
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  fleet.close()
})

/** Tables that grow with the fleet or with the years. */
const GREAT =
  'agents|agent_addresses|agent_commands|changes|deliveries|incident_faces|incidents|items|mass_onsets|notices|timeline'
/** Read whole, or all of a tenant. */
const WALKS = /^(SCAN|SEARCH) (\w+)(?! VIRTUAL)(?: USING (?:COVERING )?INDEX (\w+)(?: \((.*)\))?)?/

/** The end of an index is one look-up, though its plan reads like a walk. */
const ENDS = /^SELECT coalesce\(max\(number\)/

/** What the statements would read of a great table without the key of a thing in it. */
function walks(): string[] {
  return [...asked].flatMap(sql => {
    if (ENDS.test(sql)) return []
    const great = new Map(
      [...sql.matchAll(new RegExp(`\\b(?:FROM|JOIN)\\s+(${GREAT})\\s+(?:AS\\s+)?(\\w+)?`, 'g'))].flatMap(
        ([, table = '', alias = '']) => [[table, table] as const, [alias, table] as const],
      ),
    )
    const plan = fleet.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    return plan.flatMap(({ detail }) => {
      const [, how, name = '', , by] = WALKS.exec(detail) ?? []
      const isWalk = how === 'SCAN' || /^tenant_id=\?$/.test(by ?? '')
      return isWalk && great.has(name) ? [`${detail}: ${sql}`] : []
    })
  })
}

describe('what an evaluation asks of the state file', () => {
  it('an incident opens through every room by look-ups alone: no statement walks a table or a tenant', async () => {
    for (const till of ['a', 'b', 'c']) await fleet.say(till, QUEUE)
    await fleet.say('d', BROKEN_DRIVE)
    await fleet.pass(6 * MINUTE)
    await fleet.sayAll([fleet.message('e', QUEUE)])
    expect(asked.size).toBeGreaterThan(50)
    expect(walks()).toEqual([])
    expect(fleet.incidents()).toHaveLength(5)
  })

  it('an evaluation that changes nothing writes no incident and no line of the audit trail', async () => {
    await fleet.say('a', HEALTHY)
    expect([...asked].filter(sql => /INSERT INTO (incidents|timeline|changes|deliveries)\b/.test(sql))).toEqual([])
    expect(walks()).toEqual([])
  })
})
