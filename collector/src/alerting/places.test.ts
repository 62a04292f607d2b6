import { expect, test } from 'vitest'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { AcceptedItem, AcceptedMessage } from '../ingest/batch.ts'
import type { ChangeLog } from './change-log.ts'
import type { ItemStore } from './item-store.ts'
import { createPlaces } from './places.ts'

const FULL = 'register:main:00106900123456'
const PLACE = 'register:till-7:front'

/** The item that each of some readings of one place is taken for, in one batch; `known`: what was there before. */
function itemsOf(known: string | null, identities: readonly (string | null)[]) {
  const places = createPlaces(
    { atSlot: () => known } as Partial<ItemStore> as ItemStore,
    {} as ChangeLog,
    {} as IncidentKeeper,
  )
  const resolve = places.resolver()
  const message = { agentId: 'till-7', tenantId: 'main' } as AcceptedMessage
  return identities.map(identity =>
    resolve(message, {
      kind: 'register',
      slot: 'front',
      identity,
      itemId: identity === null ? PLACE : `register:main:${identity}`,
    } as AcceptedItem),
  )
}

test.each([
  ['a source that gives the last digits speaks of the register that is known in full', FULL, ['123456'], [FULL]],
  ['a silent one is the register that was seen last', FULL, [null], [FULL]],
  ['before any serial the place is the name', null, [null], [PLACE]],
  ['a serial is never taken for the name of a place', PLACE, ['123456'], ['register:main:123456']],
  ['too few digits are nobody’s', FULL, ['456'], ['register:main:456']],
  [
    'another register in its place is another item, and what falls silent then is that one',
    FULL,
    ['00106900777777', '777777', null],
    ['register:main:00106900777777', 'register:main:00106900777777', 'register:main:00106900777777'],
  ],
])('%s', (_title, known, identities, items) => {
  expect(itemsOf(known, identities)).toEqual(items)
})
