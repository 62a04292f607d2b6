import { status } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { afterStatus, type Presence } from './presence.ts'

const gone = (connection: string, manner: Presence['manner']): Presence => ({
  state: 'offline',
  connection,
  manner: manner ?? 'unknown',
})
const online = (connection: string): Presence => ({ state: 'online', connection })

test.each([
  ['the first word', { state: 'never', connection: null } as const, 'online', 'b', online('b')],
  ['the same again', online('b'), 'online', 'b', null],
  ['a new connection', online('a'), 'online', 'b', online('b')],
  ['the will of the present connection', online('b'), 'offline', 'b', gone('b', 'unknown')],
  ['the will of an older connection', online('b'), 'offline', 'a', null],
  ['back after a will', { state: 'offline', connection: 'a' } as const, 'online', 'b', online('b')],
  ['a will twice', { state: 'offline', connection: 'a' } as const, 'offline', 'a', null],
] as const)('%s', (_what, presence, state, connection, after) => {
  expect(afterStatus(presence, { state, connection })).toEqual(after)
})

test.each(['lost', 'stopped'] as const)('an agent that says how it goes is remembered so: %s', reason => {
  expect(afterStatus(online('b'), { state: 'offline', connection: 'b', reason })).toEqual(gone('b', reason))
})

test('version tolerance: a word for going that only a newer agent knows is taken as going', () => {
  const said = status.parse({ v: 1, state: 'offline', connection: 'connection-b', reason: 'hibernating' })
  expect(afterStatus(online('connection-b'), said)).toEqual(gone('connection-b', 'unknown'))
})
