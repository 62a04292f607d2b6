import { WINDOW_BYTES_MAX, WINDOW_MESSAGES_MAX } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import type { InboundPacket } from '../broker/broker.ts'
import { createIntake } from './intake.ts'

const packet = (agentId: string, bytes = 10): InboundPacket => ({
  ...{ agentId, tenantId: 'main', channel: 'up', payload: new Uint8Array(bytes) },
  ...{ receivedAt: 0, session: 1, address: '', tookOver: false },
})

test('packets come out in order, never more than asked for', () => {
  const intake = createIntake()
  for (const id of ['a', 'b', 'c']) expect(intake.push(packet(id))).toBeNull()
  expect(intake.take(2).map(({ agentId }) => agentId)).toEqual(['a', 'b'])
  expect(intake.take(2).map(({ agentId }) => agentId)).toEqual(['c'])
  expect(intake.take(2)).toEqual([])
})

test('a full queue refuses, in packets and in bytes, and takes again once there is room', () => {
  const intake = createIntake(2, 1000)
  intake.push(packet('a'))
  intake.push(packet('b'))
  expect(intake.push(packet('c'))).toBe('overflow')
  intake.take(1)
  expect(intake.push(packet('c', 991))).toBe('overflow')
  expect(intake.push(packet('c', 990))).toBeNull()
})

test('one agent cannot fill the queue for the others', () => {
  const intake = createIntake()
  let taken = 0
  while (intake.push(packet('greedy')) === null) taken++
  expect(taken).toBeLessThan(3 * WINDOW_MESSAGES_MAX)
  expect(intake.push(packet('greedy'))).toBe('agent_overflow')
  expect(intake.push(packet('modest'))).toBeNull()
  intake.take(1)
  expect(intake.push(packet('greedy'))).toBeNull()
})

test('nor can it with large packets', () => {
  const intake = createIntake()
  let bytes = 0
  while (intake.push(packet('greedy', 60_000)) === null) bytes += 60_000
  expect(bytes).toBeGreaterThanOrEqual(2 * WINDOW_BYTES_MAX)
  expect(bytes).toBeLessThan(8 * WINDOW_BYTES_MAX)
  expect(intake.push(packet('modest', 60_000))).toBeNull()
  intake.take(1)
  expect(intake.push(packet('greedy', 60_000))).toBeNull()
})

test('the window is whole while there is room, narrows under load and never closes', () => {
  const intake = createIntake(100)
  expect(intake.window()).toEqual({ messages: WINDOW_MESSAGES_MAX, bytes: WINDOW_BYTES_MAX })
  for (let index = 0; index < 60; index++) intake.push(packet(`agent-${index}`))
  expect(intake.window().messages).toBeLessThan(WINDOW_MESSAGES_MAX)
  for (let index = 60; index < 100; index++) intake.push(packet(`agent-${index}`))
  expect(intake.window()).toEqual({ messages: 2, bytes: WINDOW_BYTES_MAX / 8 })
})
