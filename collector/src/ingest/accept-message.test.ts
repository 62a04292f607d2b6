import { decodeUp, type Envelope, type Hello } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { acceptEnvelope, acceptSnapshot } from './accept-message.ts'

const receivedAt = Date.parse('2026-11-22T12:00:00Z')
const arrival = { agentId: 'till-0001', tenantId: 'main', receivedAt, lost: 0 }
const at = '2026-11-22T11:59:50.000Z'
const register = { kind: 'register', slot: 'r1', id: '0000000000301234', at, source: 'register' }

function message(body: object, header: object = {}): Envelope | Hello {
  const envelope = {
    ...{ v: 1, agent: 'till-0001', epoch: 5, seq: 3, base: 1, kind: 'telemetry' },
    ...{ recorded_at: at, sent_at: '2026-11-22T11:59:59.000Z', age_ms: 9000, body },
    ...header,
  }
  const decoded = decodeUp(new TextEncoder().encode(JSON.stringify(envelope)))
  if ('unreadable' in decoded) throw new Error(decoded.unreadable.reason)
  return decoded.message
}

const accept = (facts: object) => {
  const parsed = message({ items: [{ ...register, facts }] })
  if (parsed.kind === 'hello') throw new Error('not a hello')
  return acceptEnvelope(parsed, arrival)
}

test('a fact keeps its value, source, time and vendor code', () => {
  const { message: accepted, invalidFacts } = accept({
    'fiscal.ofd.unsent_documents': 12,
    'fiscal.register.paper': { value: 'low', raw: 4, source: 'log', at: '2026-11-22T11:00:00.000Z' },
    'fiscal.fn.valid_until': { value: null, reason: 'the register does not tell' },
  })
  expect(invalidFacts).toBe(0)
  expect(accepted.items[0]).toMatchObject({ itemId: 'register:main:0000000000301234', at: Date.parse(at) })
  expect(accepted.items[0]?.facts).toEqual({
    'fiscal.ofd.unsent_documents': { value: 12, at: Date.parse(at), source: 'register' },
    'fiscal.register.paper': { value: 'low', raw: 4, source: 'log', at: Date.parse('2026-11-22T11:00:00Z') },
    'fiscal.fn.valid_until': {
      ...{ value: null, reason: 'the register does not tell' },
      ...{ at: Date.parse(at), source: 'register' },
    },
  })
})

test('an unfit fact becomes unknown with its reason; the others of the message stand', () => {
  const { message: accepted, invalidFacts } = accept({
    'fiscal.ofd.unsent_documents': -1,
    'fiscal.fn.last_document': 77,
  })
  expect(invalidFacts).toBe(1)
  expect(accepted.items[0]?.facts['fiscal.ofd.unsent_documents']).toMatchObject({
    value: null,
    reason: expect.stringMatching(/^invalid: fiscal.ofd.unsent_documents/) as string,
  })
  expect(accepted.items[0]?.facts['fiscal.fn.last_document']?.value).toBe(77)
})

test('a name that the collector does not know yet is kept, not judged', () => {
  expect(accept({ 'printer.head.temperature': 41 }).message.items[0]?.facts['printer.head.temperature']?.value).toBe(41)
})

test('the skew of the PC clock becomes a fact about the PC', () => {
  const sent = '2026-11-22T12:10:00.000Z'
  const pc = { kind: 'pc', slot: 'pc', id: null, at: sent, source: 'host', facts: { 'host.name': 'KASSA-1' } }
  const hello = message(
    {},
    { kind: 'hello', next: 8, connection: 'c0ffee00', sent_at: sent, snapshot: { items: [pc] } },
  )
  if (hello.kind !== 'hello') throw new Error('a hello was expected')
  const { message: accepted } = acceptSnapshot(hello, arrival)
  expect(accepted).toMatchObject({ kind: 'snapshot', epoch: 5, seq: 7 })
  expect(accepted.items[0]?.facts['host.clock.skew_ms']).toEqual({
    value: 600_000,
    at: receivedAt,
    source: 'collector',
  })
  expect(accepted.items[0]?.facts['host.name']?.at).toBe(receivedAt)
})

test('the times of a hello, and of what another run of the agent recorded, are a guess', () => {
  const telemetry = (age_ms: number | null) => {
    const parsed = message({ items: [{ ...register, facts: { 'fiscal.register.link': 'ok' } }] }, { age_ms })
    if (parsed.kind === 'hello') throw new Error('not a hello')
    return acceptEnvelope(parsed, arrival).message.isTimeGuessed
  }
  const hello = message({}, { kind: 'hello', next: 8, connection: 'c0ffee00', snapshot: { items: [] } })
  if (hello.kind !== 'hello') throw new Error('a hello was expected')
  expect([telemetry(9000), telemetry(null), acceptSnapshot(hello, arrival).message.isTimeGuessed]).toEqual([
    undefined,
    true,
    true,
  ])
})

test('what people did is not for agents to write', () => {
  const { message: accepted } = accept({
    'agent.command': ['disable', 'slot:front', '', 'Анна'],
    'config.accepted': ['fiscal.register.ffd', '1.05', 'Анна'],
    'agent.version': '1',
  })
  expect(Object.keys(accepted.items[0]?.facts ?? {})).toEqual(['agent.version'])
})

test('a result and a piece of log keep their place in the order and carry no items', () => {
  const id = '5f0c1f6e-7a53-4c0e-9b1b-2f6c3f7a9d10'
  const result = { id, outcome: 'done', text: { ru: 'Готово', en: 'Done' }, details: { front: 'ok' } }
  for (const [kind, body] of [
    ['command_result', result],
    ['log_part', { id, part: 0, parts: 1, text: 'line' }],
  ] as const) {
    const parsed = message(body, { kind })
    if (parsed.kind === 'hello') throw new Error('not a hello')
    const { message: accepted } = acceptEnvelope(parsed, arrival)
    expect(accepted).toMatchObject({ kind, epoch: 5, seq: 3, items: [], event: null, answer: { kind, body } })
  }
})
