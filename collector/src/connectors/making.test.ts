import { expect, test } from 'vitest'
import {
  type DeskMessage,
  delivered,
  type Outcome,
  type Placement,
  rejected,
  type Ticket,
  USUAL_PLACE,
} from './connector.ts'
import { madeSomewhere } from './making.ts'

/** A ticket whose number tells the project and the type that it was made with. */
const made = async (place: Placement): Promise<Outcome<Ticket>> =>
  delivered({ id: '1', number: `${place.project} ${place.type}`, url: null, written: {} })

/** As it comes out of the outbox: never the same object as anything else. */
const placed = (more: Partial<Placement>, find: (place: Placement) => Promise<Outcome<Placement>>) =>
  madeSomewhere({ placement: JSON.parse(JSON.stringify({ ...USUAL_PLACE, ...more })) } as DeskMessage, find, made)

test.each([{}, { project: 'tills' }, { project: 'tills', type: 'Incident' }])(
  'a ticket that is made where its route says comes without a warning: %o',
  async place => {
    expect(await placed(place, async each => delivered(each))).not.toHaveProperty('warning')
  },
)

test('a name that the desk does not know: the same project without it, and the warning says why', async () => {
  const find = async (place: Placement): Promise<Outcome<Placement>> =>
    place.type === null ? delivered(place) : rejected('misconfigured', 'no type “Purchase”')
  expect(await placed({ project: 'tills', type: 'Purchase' }, find)).toMatchObject({
    value: { number: 'tills null' },
    warning: 'not placed as the routes say: no type “Purchase”',
  })
})

test('each place is asked for once', async () => {
  const asked: Placement[] = []
  const find = async (place: Placement): Promise<Outcome<Placement>> => {
    asked.push(place)
    return rejected('misconfigured', 'no project')
  }
  expect(await placed({ project: 'tills' }, find)).toMatchObject({ kind: 'rejected', message: 'no project' })
  expect(asked.map(({ project }) => project)).toEqual(['tills', null])
})
