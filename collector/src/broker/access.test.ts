import { topicOf } from '@tillwatch/shared'
import { describe, expect, test } from 'vitest'
import { connectRefusal, hashSecret, publishRefusal, secretRefusal, subscribeRefusal } from './access.ts'

const agent = 'till-0001'
const connect = { clientId: agent, username: agent, clean: true, will: null }
const will = { topic: topicOf(agent, 'status'), qos: 1, bytes: 100 }

describe('connecting', () => {
  test('an agent under its own name with its own will is let through to the secret', () => {
    expect(connectRefusal({ ...connect, will })).toBeNull()
  })
  test.each([
    ['another user name', { ...connect, username: 'till-0002' }, 'client_id'],
    ['no user name', { ...connect, username: undefined }, 'client_id'],
    ['a name that is no agent id', { ...connect, clientId: '$SYS', username: '$SYS' }, 'client_id'],
    ['a session that the broker should keep', { ...connect, clean: false }, 'session_kept'],
    ["another's will", { ...connect, will: { ...will, topic: topicOf('till-0002', 'status') } }, 'will_topic'],
    ['a will on the up topic', { ...connect, will: { ...will, topic: topicOf(agent, 'up') } }, 'will_topic'],
    ['a will of QoS 2', { ...connect, will: { ...will, qos: 2 } }, 'will_topic'],
    ['a huge will', { ...connect, will: { ...will, bytes: 60_000 } }, 'will_size'],
  ])('%s is refused', (_what, request, reason) => {
    expect(connectRefusal(request)).toBe(reason)
  })
})

describe('the secret', () => {
  const credentials = { tenantId: 'main', secretHash: hashSecret('right'), revoked: false }
  test.each([
    ['the right one', credentials, 'right', null],
    ['a wrong one', credentials, 'wrong', 'secret'],
    ['none', credentials, undefined, 'secret'],
    ['the hash instead of the secret', credentials, hashSecret('right'), 'secret'],
    ['of a revoked agent', { ...credentials, revoked: true }, 'right', 'revoked'],
    ['a wrong one of a revoked agent tells no more than a wrong one', { ...credentials, revoked: true }, 'x', 'secret'],
    ['of nobody', null, 'right', 'unknown_agent'],
    ['against a damaged row', { ...credentials, secretHash: '' }, '', 'secret'],
  ])('%s', (_what, row, password, reason) => {
    expect(secretRefusal(row, password === undefined ? undefined : Buffer.from(password))).toBe(reason)
  })
})

describe('topics', () => {
  const packet = { topic: topicOf(agent, 'up'), qos: 1, retain: false, bytes: 1000 }
  test.each([
    ['the own up topic', packet, null],
    ['the own status, retained', { ...packet, topic: topicOf(agent, 'status'), retain: true, bytes: 90 }, null],
    ["another's up topic", { ...packet, topic: topicOf('till-0002', 'up') }, 'topic'],
    ['the own down topic', { ...packet, topic: topicOf(agent, 'down') }, 'topic'],
    ['a foreign shard', { ...packet, topic: `tillwatch/v1/999/${agent}/up` }, 'topic'],
    ['a system topic', { ...packet, topic: '$SYS/x' }, 'topic'],
    ['QoS 2', { ...packet, qos: 2 }, 'qos'],
    ['retained on up', { ...packet, retain: true }, 'retained'],
    ['a status that fills the broker', { ...packet, topic: topicOf(agent, 'status'), bytes: 60_000 }, 'status_size'],
  ])('publishing %s', (_what, published, reason) => {
    expect(publishRefusal(agent, published)).toBe(reason)
  })
  test.each([
    ['the own down topic', topicOf(agent, 'down'), null],
    ["another's down topic", topicOf('till-0002', 'down'), 'topic'],
    ['everything', '#', 'topic'],
    ['every down topic', 'tillwatch/v1/+/+/down', 'topic'],
    ['a shared subscription', `$share/g/${topicOf(agent, 'down')}`, 'topic'],
    ['system topics', '$SYS/#', 'topic'],
  ])('subscribing to %s', (_what, filter, reason) => {
    expect(subscribeRefusal(agent, filter)).toBe(reason)
  })
})
