import { expect, test } from 'vitest'
import { afterStatus, type Presence } from './presence.ts'

const online = (connection: string): Presence => ({ state: 'online', connection })

test.each([
  ['the first word', { state: 'never', connection: null } as const, 'online', 'b', online('b')],
  ['the same again', online('b'), 'online', 'b', null],
  ['a new connection', online('a'), 'online', 'b', online('b')],
  ['the will of the present connection', online('b'), 'offline', 'b', { state: 'offline', connection: 'b' }],
  ['the will of an older connection', online('b'), 'offline', 'a', null],
  ['back after a will', { state: 'offline', connection: 'a' } as const, 'online', 'b', online('b')],
  ['a will twice', { state: 'offline', connection: 'a' } as const, 'offline', 'a', null],
] as const)('%s', (_what, presence, state, connection, after) => {
  expect(afterStatus(presence, { state, connection })).toEqual(after)
})
