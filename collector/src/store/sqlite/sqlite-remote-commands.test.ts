import type { AgentCommand } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import type { AcceptedMessage } from '../../ingest/batch.ts'
import { inTransaction, openDatabase } from './database.ts'
import { advanceMarks } from './marks.ts'
import { migrate } from './migrate.ts'
import { createFleet } from './sqlite-fleet.ts'
import { createRemoteCommands } from './sqlite-remote-commands.ts'
import { STATE_MIGRATIONS } from './state-schema.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')
const POLL: AgentCommand = { do: 'poll_now', slot: 'front' }
const LOG: AgentCommand = { do: 'collect_log', bytes_max: 65_536 }
const ANNA = { tenantId: 'main', name: 'Анна' }

async function world() {
  const database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  database.exec("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'Other', 0)")
  const fleet = createFleet(database)
  for (const [id, tenantId] of [
    ['till-0001', 'main'],
    ['till-0002', 'main'],
    ['till-0003', 'other'],
  ] as const)
    await fleet.addAgent({ id, tenantId, site: null, secretHash: 'x' }, 1)
  let ids = 0
  const commands = createRemoteCommands(database, () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`)
  let seq = 0
  const say = (agentId: string, tenantId: string, answer: NonNullable<AcceptedMessage['answer']>, at = NOW + 5_000) =>
    inTransaction(database, () =>
      advanceMarks(database, [
        {
          ...{ agentId, tenantId, kind: answer.kind, epoch: 1, seq: ++seq, lost: 0, receivedAt: at },
          ...{ items: [], event: null, refusal: null, answer },
        },
      ]),
    )
  const result = (id: string, outcome: 'done' | 'failed' = 'done') => ({
    kind: 'command_result' as const,
    body: { id, outcome, text: { ru: 'Готово', en: 'Done' }, details: {} },
  })
  const part = (id: string, number: number, text: string, parts = 3) => ({
    kind: 'log_part' as const,
    body: { id, part: number, parts, text },
  })
  const rows = () => database.prepare('SELECT id, outcome, answered_at FROM agent_commands ORDER BY id').all()
  const parts = () => database.prepare('SELECT part, text FROM agent_log_parts ORDER BY part').all()
  return { database, fleet, commands, say, result, part, rows, parts }
}

test('a command waits until it has a result, or has expired, and is written into the change log of the PC', async () => {
  const { commands, say, result, database } = await world()
  const id = await commands.issue(ANNA, 'till-0001', POLL, NOW)
  const waiting = (now: number) => commands.waitingFor(['till-0002', 'till-0001'], now)
  expect(await waiting(NOW)).toMatchObject([{ id, agentId: 'till-0001', command: POLL, issuedBy: 'Анна' }])
  expect(await commands.waitingAgents(NOW)).toEqual(['till-0001'])
  expect([await waiting(NOW + 600_000), await commands.waitingAgents(NOW + 600_000)]).toEqual([[], []])
  await say('till-0001', 'main', result(id))
  expect([await waiting(NOW), await commands.waitingAgents(NOW)]).toEqual([[], []])
  expect(database.prepare('SELECT tenant_id, item_id, fact, value_json, source FROM changes').all()).toEqual([
    {
      ...{ tenant_id: 'main', item_id: 'pc:till-0001', fact: 'agent.command', source: 'collector' },
      value_json: '["poll_now","slot:front","","Анна"]',
    },
  ])
})

test('an agent of another tenant, one that is not there and one that is revoked are not asked for anything', async () => {
  const { commands, fleet, rows } = await world()
  await expect(commands.issue(ANNA, 'till-0003', POLL, NOW)).rejects.toMatchObject({ code: 'agent.unknown' })
  await expect(commands.issue(ANNA, 'till-9999', POLL, NOW)).rejects.toMatchObject({ code: 'agent.unknown' })
  await fleet.revokeAgent('main', 'till-0001', NOW)
  await expect(commands.issue(ANNA, 'till-0001', POLL, NOW)).rejects.toMatchObject({ code: 'agent.revoked' })
  expect(rows()).toEqual([])
})

test('the rules of asking hold, and a refusal writes nothing', async () => {
  const { commands, rows } = await world()
  await commands.issue(ANNA, 'till-0001', POLL, NOW)
  await expect(commands.issue(ANNA, 'till-0001', POLL, NOW + 1)).rejects.toMatchObject({ code: 'command.waiting' })
  await expect(commands.issue(ANNA, 'till-0001', { do: 'poll_now' }, NOW + 1)).rejects.toMatchObject({
    code: 'command.too_soon',
  })
  await commands.issue(ANNA, 'till-0002', POLL, NOW + 1)
  expect(rows()).toHaveLength(2)
})

test('the first result stands, also when it comes after its time', async () => {
  const { commands, say, result, rows } = await world()
  const id = await commands.issue(ANNA, 'till-0001', POLL, NOW)
  await say('till-0001', 'main', result(id), NOW + 86_400_000)
  await say('till-0001', 'main', result(id, 'failed'), NOW + 86_500_000)
  expect(rows()).toEqual([{ id, outcome: 'done', answered_at: NOW + 86_400_000 }])
})

test('nobody answers for another: not an agent of the same tenant, not one of another, not for an id that was never given', async () => {
  const { commands, say, result, part, rows, parts } = await world()
  const id = await commands.issue(ANNA, 'till-0001', LOG, NOW)
  for (const [agentId, tenantId] of [
    ['till-0002', 'main'],
    ['till-0003', 'other'],
  ] as const) {
    await say(agentId, tenantId, result(id))
    await say(agentId, tenantId, part(id, 0, 'forged'))
  }
  await say('till-0001', 'main', result('00000000-0000-4000-8000-999999999999'))
  expect(rows()).toEqual([{ id, outcome: null, answered_at: null }])
  expect(parts()).toEqual([])
})

test('a log is taken from the agent that was asked for one, once a piece, before the result, and no more than was meant', async () => {
  const { commands, say, result, part, parts } = await world()
  const id = await commands.issue(ANNA, 'till-0001', LOG, NOW)
  const poll = await commands.issue(ANNA, 'till-0001', POLL, NOW)
  await say('till-0001', 'main', part(id, 0, 'one\n'))
  await say('till-0001', 'main', part(id, 0, 'other\n'))
  await say('till-0001', 'main', part(poll, 0, 'nobody asked\n'))
  for (let number = 1; number < 10; number++) await say('till-0001', 'main', part(id, number, 'x'.repeat(60_000), 10))
  await say('till-0001', 'main', result(id))
  await say('till-0001', 'main', part(id, 2, 'late\n'))
  const kept = parts() as { part: number; text: string }[]
  expect(kept[0]).toEqual({ part: 0, text: 'one\n' })
  expect(kept.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(262_144)
  expect(kept.some(({ text }) => /late|nobody|other/.test(text))).toBe(false)
})

test('of one agent only the newest logs stay, and what was said of the others', async () => {
  const { commands, say, part, result, parts, rows } = await world()
  for (let n = 0; n < 30; n++) {
    const at = NOW + n * 60_000
    const id = await commands.issue(ANNA, 'till-0001', LOG, at)
    await say('till-0001', 'main', part(id, n, `log ${n}`, 64), at)
    await say('till-0001', 'main', result(id), at)
  }
  expect(rows()).toHaveLength(30)
  const kept = parts().map(({ part: number }) => number)
  expect(kept).toEqual(Array.from({ length: 20 }, (_, n) => n + 10))
})

test('old commands go with their logs, in steps; of one agent only the newest stay', async () => {
  const { commands, say, part, parts, rows, database } = await world()
  const id = await commands.issue(ANNA, 'till-0001', LOG, NOW)
  await say('till-0001', 'main', part(id, 0, 'one\n'))
  expect(await commands.thinCommands(NOW)).toBe(false)
  expect(parts()).toHaveLength(1)
  await commands.thinCommands(NOW + 1)
  expect([rows(), parts()]).toEqual([[], []])
  for (let n = 1; n <= 520; n++) await commands.issue(ANNA, 'till-0001', POLL, NOW + n * 700_000)
  expect(database.prepare('SELECT count(*) AS n FROM agent_commands').get()).toEqual({ n: 500 })
})
