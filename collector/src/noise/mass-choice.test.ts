import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chooseMass,
  type FleetView,
  keyText,
  MASS_THRESHOLDS,
  type MassKey,
  type Onset,
  onsetWindowMs,
} from './mass-choice.ts'

const MINUTE = 60_000
const HALF_HOUR = 30 * MINUTE

const key = (kind: MassKey['kind'], value: string): MassKey => ({ kind, value })
const onset = (id: string, keys: readonly MassKey[], more: Partial<Onset> = {}): Onset => ({
  ...{ id, memberId: id, siteId: `site-${id}`, onsetAt: 0, priority: 3, isNew: true },
  keys,
  ...more,
})
/** How many live members each key has; a key that is not named has very many. */
const fleetOf = (live: Readonly<Record<string, number>>, minAffected?: number): FleetView => ({
  liveOf: each => live[keyText(each)] ?? 10_000,
  thresholdsOf: () => (minAffected === undefined ? MASS_THRESHOLDS : { ...MASS_THRESHOLDS, minAffected }),
})
const six = (keys: (n: number) => readonly MassKey[], more: (n: number) => Partial<Onset> = () => ({})): Onset[] =>
  [1, 2, 3, 4, 5, 6].map(n => onset(String(n), keys(n), more(n)))

describe('chooseMass', () => {
  it('R83: six registers of one OFD within half an hour are one cause', () => {
    const onsets = six(
      () => [key('ofd', '77')],
      n => ({ onsetAt: n * 5 * MINUTE }),
    )
    expect(chooseMass(onsets, HALF_HOUR, fleetOf({ 'ofd:77': 20 }))).toMatchObject({
      key: { kind: 'ofd', value: '77' },
      affected: 6,
      live: 20,
    })
  })

  it('domain 8: fewer than five, or less than a fifth of the group, is none', () => {
    const onsets = six(() => [key('ofd', '77')])
    expect(chooseMass(onsets.slice(0, 4), HALF_HOUR, fleetOf({ 'ofd:77': 10 }))).toBeNull()
    expect(chooseMass(onsets, HALF_HOUR, fleetOf({ 'ofd:77': 31 }))).toBeNull()
    expect(chooseMass(onsets, HALF_HOUR, fleetOf({ 'ofd:77': 30 }))).not.toBeNull()
  })

  it('18.38: groups under five live members make none, unless a contract says so', () => {
    const onsets = six(() => [key('client', 'c')]).slice(0, 3)
    expect(chooseMass(onsets, HALF_HOUR, fleetOf({ 'client:c': 4 }))).toBeNull()
    expect(chooseMass(onsets, HALF_HOUR, fleetOf({ 'client:c': 4 }, 2))).toMatchObject({ affected: 3, live: 4 })
  })

  it('18.38: what is wider than a site needs two sites', () => {
    const keys = [key('site', 's'), key('client', 'c'), key('region', 'r')]
    const live = { 'site:s': 6, 'client:c': 6, 'region:r': 6 }
    expect(
      chooseMass(
        six(
          () => keys,
          () => ({ siteId: 's' }),
        ),
        HALF_HOUR,
        fleetOf(live),
      )?.key.kind,
    ).toBe('site')
    const withoutSite = six(
      () => keys.slice(1),
      () => ({ siteId: 's' }),
    )
    expect(chooseMass(withoutSite, HALF_HOUR, fleetOf(live))).toBeNull()
  })

  it('17.17: of the keys that explain it the one with the highest share affected wins, then the smaller group', () => {
    const onsets = six(() => [key('region', 'r'), key('provider', 'p'), key('ofd', '77')])
    const live = { 'region:r': 30, 'provider:p': 8, 'ofd:77': 25 }
    expect(chooseMass(onsets, HALF_HOUR, fleetOf(live))?.key).toEqual(key('provider', 'p'))
    const pairs = onsets.flatMap(each => [each, { ...each, id: `${each.id}b`, memberId: `${each.memberId}b` }])
    const narrow = pairs.map((each, index) => (index < 10 ? { ...each, keys: [...each.keys, key('city', 'x')] } : each))
    const equal = { 'region:r': 24, 'city:x': 20, 'provider:p': 60, 'ofd:77': 60 }
    expect(chooseMass(narrow, HALF_HOUR, fleetOf(equal))?.key).toEqual(key('city', 'x'))
  })

  it('a key that explains less than four fifths does not win over one that explains all', () => {
    const onsets = [
      ...six(n => [key('region', 'r'), ...(n <= 4 ? [key('firmware', 'f')] : [])]),
      onset('7', [key('region', 'r')]),
    ]
    const live = { 'region:r': 30, 'firmware:f': 4 }
    expect(chooseMass(onsets, HALF_HOUR, fleetOf(live, 4))?.key).toEqual(key('region', 'r'))
  })

  it('two outages at once are two causes: the greater is found first, the rest by the next look', () => {
    const one = six(() => [key('ofd', '77')])
    const other = six(() => [key('region', 'r')])
      .slice(0, 5)
      .map(each => ({ ...each, id: `b${each.id}`, memberId: `b${each.memberId}` }))
    const fleet = fleetOf({ 'ofd:77': 10, 'region:r': 10 })
    expect(chooseMass([...one, ...other], HALF_HOUR, fleet)?.key).toEqual(key('ofd', '77'))
    expect(chooseMass(other, HALF_HOUR, fleet)?.key).toEqual(key('region', 'r'))
  })

  it('the window slides over the onsets; ages of the OFD queue have a day', () => {
    const spread = six(
      () => [key('ofd', '77')],
      n => ({ onsetAt: n * 3 * 60 * MINUTE }),
    )
    const fleet = fleetOf({ 'ofd:77': 10 })
    expect(chooseMass(spread, onsetWindowMs('link'), fleet)).toBeNull()
    expect(chooseMass(spread, onsetWindowMs('ofd'), fleet)?.affected).toBe(6)
  })

  it('old faults that nobody needs to look at again hide no new outage', () => {
    const old = [1, 2, 3, 4, 5, 6, 7, 8].map(n => onset(`old${n}`, [key('site', `x${n}`)], { isNew: false }))
    const fresh = six(
      () => [key('provider', 'p')],
      () => ({ onsetAt: 10 * 60 * MINUTE }),
    )
    expect(chooseMass([...old, ...fresh], HALF_HOUR, fleetOf({ 'provider:p': 6 }))?.key).toEqual(key('provider', 'p'))
    expect(
      chooseMass(
        fresh.map(each => ({ ...each, isNew: false })),
        HALF_HOUR,
        fleetOf({ 'provider:p': 6 }),
      ),
    ).toBeNull()
  })

  it('several faults of one member count once', () => {
    const onsets = six(
      () => [key('ofd', '77')],
      () => ({ memberId: 'same' }),
    )
    expect(chooseMass(onsets, HALF_HOUR, fleetOf({ 'ofd:77': 10 }))).toBeNull()
  })

  it('whatever the fleet: what it chooses passes every threshold, and no key that explains as much is narrower', () => {
    const kinds = ['site', 'client', 'region', 'ofd', 'provider'] as const
    const keys = fc.uniqueArray(fc.record({ kind: fc.constantFrom(...kinds), value: fc.constantFrom('1', '2') }), {
      maxLength: 5,
      selector: each => each.kind,
    })
    const one = fc.record({
      keys,
      memberId: fc.integer({ min: 1, max: 30 }).map(String),
      siteId: fc.constantFrom(null, 's1', 's2', 's3'),
      onsetAt: fc.integer({ min: 0, max: 90 }).map(minute => minute * MINUTE),
      isNew: fc.boolean(),
    })
    const sizes = fc.dictionary(
      fc.constantFrom(...kinds.flatMap(kind => [`${kind}:1`, `${kind}:2`])),
      fc.integer({ min: 0, max: 60 }),
    )
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 60 }),
        sizes,
        fc.integer({ min: 2, max: 6 }),
        (drafts, live, minAffected) => {
          const onsets = drafts.map((each, index) => ({ ...each, id: String(index), priority: 3 as const }))
          const fleet = fleetOf(live, minAffected)
          const choice = chooseMass(onsets, HALF_HOUR, fleet)
          expect(chooseMass([...onsets].reverse(), HALF_HOUR, fleet)).toEqual(choice)
          if (!choice) return
          const members = new Set(choice.onsets.map(each => each.memberId))
          expect(choice.affected).toBe(members.size)
          expect(choice.affected).toBeGreaterThanOrEqual(Math.max(minAffected, 0.2 * choice.live))
          const times = choice.onsets.map(each => each.onsetAt)
          expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(HALF_HOUR)
          expect(choice.onsets.every(each => each.keys.some(own => keyText(own) === keyText(choice.key)))).toBe(true)
          if (choice.key.kind !== 'site') {
            expect(new Set(choice.onsets.map(each => each.siteId ?? each.memberId)).size).toBeGreaterThanOrEqual(2)
          }
          // Every other key that all of these share has no greater share of its members down.
          for (const kind of kinds) {
            for (const value of ['1', '2']) {
              const other = { kind, value }
              const shared = choice.onsets.every(each => each.keys.some(own => keyText(own) === keyText(other)))
              if (!shared || kind === 'site' || choice.key.kind === 'site') continue
              const group = Math.max(fleet.liveOf(other, 0, Number.MAX_SAFE_INTEGER), choice.affected)
              if (group < minAffected || choice.affected < 0.2 * group) continue
              expect(choice.affected / choice.live).toBeGreaterThanOrEqual(choice.affected / group - 1e-9)
            }
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
