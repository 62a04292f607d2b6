import { expect, test } from 'vitest'
import { parseTopic, shardOf, topicOf } from './topics.ts'

test('a topic names agent and channel and carries the shard of the agent', () => {
  const topic = topicOf('till-0001', 'up')
  expect(topic).toBe(`tillwatch/v1/${shardOf('till-0001')}/till-0001/up`)
  expect(parseTopic(topic)).toEqual({ agentId: 'till-0001', channel: 'up' })
})

test('the shard of an id never changes: it is part of the protocol', () => {
  expect(shardOf('till-0001')).toBe(shardOf('till-0001'))
  expect([shardOf('abc'), shardOf('till-0001')]).toEqual([11, 118])
})

test.each([
  ['a foreign shard', 'tillwatch/v1/999/till-0001/up'],
  ['an unknown channel', 'tillwatch/v1/0/till-0001/sideways'],
  ['something behind', `${topicOf('till-0001', 'up')}/more`],
  ['a wildcard', 'tillwatch/v1/+/till-0001/up'],
  ['another version', 'tillwatch/v2/0/till-0001/up'],
])('%s is not one of our topics', (_why, topic) => {
  expect(parseTopic(topic)).toBeNull()
})
