import type { AgentCommand } from '@tillwatch/shared'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR, MINUTE, NoiseFleet, QUEUE } from '../noise/testing/noise-fleet.ts'
import type { EvidenceTask } from './evidence.ts'
import type { EvidenceFile } from './evidence-file.ts'

let fleet: NoiseFleet
const evidence = () => fleet.part.evidence
const DESKS = { files: ['desk'], items: ['desk'] }
const file = (sort: string): EvidenceFile => ({
  name: `${sort}.x`,
  type: 'text/plain',
  bytes: Buffer.from(sort),
  language: 'ru',
})

beforeEach(() => {
  fleet = new NoiseFleet()
  fleet.site('s')
  fleet.till('a1')
})
afterEach(() => fleet.close())

async function queueStands(agentId = 'a1'): Promise<void> {
  await fleet.say(agentId, QUEUE)
  await fleet.pass(HOUR)
}
async function next<Do extends EvidenceTask['do']>(what: Do): Promise<Extract<EvidenceTask, { do: Do }>> {
  const task = await evidence().next(fleet.now)
  expect(task).toMatchObject({ do: what })
  return task as Extract<EvidenceTask, { do: Do }>
}
/** A command for the log as the courier writes it down, and what the agent says of it. */
function command(id: string, asked: AgentCommand, answer?: { outcome: string; log?: string }): void {
  const insert = fleet.database.prepare(
    `INSERT INTO agent_commands (id, tenant_id, agent_id, command_json, issued_by, issued_at, expires_at, outcome, text_json)
     VALUES (?, 'main', 'a1', ?, 'tillwatch', ?, ?, ?, ?)`,
  )
  const text = JSON.stringify({ ru: 'журнал выключен', en: 'the log is off' })
  insert.run(id, JSON.stringify(asked), fleet.now, fleet.now + HOUR, answer?.outcome ?? null, answer ? text : null)
  if (answer?.log === undefined) return
  const part = `INSERT INTO agent_log_parts (command_id, tenant_id, part, parts, text) VALUES (?, 'main', 0, 1, ?)`
  fleet.database.prepare(part).run(id, answer.log)
}
const comments = () =>
  fleet
    .rows<{ text: string }>(`SELECT payload_json ->> '$.text.ru' AS text FROM deliveries WHERE kind = 'comment'`)
    .map(({ text }) => text)
const kept = () => fleet.rows<{ name: string }>('SELECT name FROM attachments ORDER BY id').map(({ name }) => name)

describe('R29, R30, R32: what goes with a new incident', () => {
  it('is its chart first: the metric, levels of its rules, onset and opening hours in the time of the site', async () => {
    await queueStands()
    const { subject } = await next('chart')
    expect(subject).toMatchObject({
      fact: 'fiscal.ofd.unsent_documents',
      timezone: 'Europe/Moscow',
      place: 'Объект s · Модель a1-com1',
      to: fleet.now,
    })
    expect(subject?.marks.map(({ kind, text }) => [kind, text.ru])).toEqual([
      ['onset', 'начало'],
      ['level', '24 часа'],
    ])
    expect(subject?.open?.length).toBeGreaterThan(0)
  })

  it('a repeated step keeps and tells everything once', async () => {
    await queueStands()
    const { incidentId } = await next('chart')
    for (let n = 0; n < 2; n++) await evidence().charted(incidentId, [file('chart')], DESKS, fleet.now)
    expect(fleet.told('ofd')).toEqual(['open', 'attach', 'link'])
    expect(kept()).toEqual(['chart.x'])
    const item = fleet.rows(`SELECT payload_json ->> '$.item.serial' AS serial FROM deliveries WHERE kind = 'link'`)
    expect(item).toEqual([{ serial: 'a1-com1' }])
  })

  it('goes only to desks that take it', async () => {
    await queueStands()
    const { incidentId } = await next('chart')
    await evidence().charted(incidentId, [file('chart')], { files: ['elsewhere'], items: [] }, fleet.now)
    expect([fleet.told('ofd'), kept()]).toEqual([['open'], ['chart.x']])
  })

  it('then the agent is asked for its log, and what it brings is merged', async () => {
    await queueStands()
    const { incidentId } = await next('chart')
    await evidence().charted(incidentId, [], DESKS, fleet.now)
    const asked = await next('ask')
    expect(asked).toMatchObject({ agentId: 'a1', command: { do: 'collect_log' } })
    command('c1', asked.command)
    await evidence().asked(incidentId, 'c1', fleet.now)
    expect(await evidence().next(fleet.now + MINUTE)).toBeNull()
    fleet.database.exec(`UPDATE agent_commands SET outcome = 'done' WHERE id = 'c1'`)
    fleet.database.exec(
      `INSERT INTO agent_log_parts (command_id, tenant_id, part, parts, text) VALUES ('c1', 'main', 1, 2, 'b'), ('c1', 'main', 0, 2, 'a')`,
    )
    fleet.now += 2 * MINUTE
    const { sources, missing } = await next('log')
    expect([sources.agentLog, missing]).toEqual(['ab', null])
    expect(sources.changes.length).toBeGreaterThan(0)
    for (let n = 0; n < 2; n++) await evidence().logged(incidentId, [file('log')], missing, DESKS, fleet.now)
    expect(fleet.told('ofd').filter(kind => kind === 'attach')).toHaveLength(1)
    expect([comments(), await evidence().next(fleet.now + HOUR)]).toEqual([[], null])
  })

  it('an agent that does not answer is waited for five minutes, and the ticket says so', async () => {
    await queueStands()
    const { incidentId } = await next('chart')
    await evidence().charted(incidentId, [], DESKS, fleet.now)
    const asked = await next('ask')
    command('c1', asked.command)
    await evidence().asked(incidentId, 'c1', fleet.now)
    expect(await evidence().next(fleet.now + 5 * MINUTE - 1)).toBeNull()
    fleet.now += 5 * MINUTE + 5_000
    const { missing, sources } = await next('log')
    expect(sources.agentLog).toBeNull()
    await evidence().logged(incidentId, [], missing, DESKS, fleet.now)
    expect(comments()).toEqual([expect.stringContaining('не получен за 5 минут')])
  })

  it('an agent that refuses is quoted', async () => {
    await queueStands()
    const { incidentId } = await next('chart')
    await evidence().charted(incidentId, [], DESKS, fleet.now)
    const { command: wanted } = await next('ask')
    command('c1', wanted, { outcome: 'refused' })
    await evidence().asked(incidentId, 'c1', fleet.now)
    fleet.now += 5_000
    expect((await next('log')).missing?.ru).toContain('журнал выключен')
  })

  it('a log that was brought a moment ago is shared; no agent is asked more than three times an hour', async () => {
    const wanted: AgentCommand = { do: 'collect_log', bytes_max: 65_536 }
    await queueStands()
    const { incidentId } = await next('chart')
    await evidence().charted(incidentId, [], DESKS, fleet.now)
    command('c1', wanted, { outcome: 'done', log: 'shared' })
    expect((await next('log')).sources.agentLog).toBe('shared')
    fleet.database.exec(
      `UPDATE evidence_work SET step = 'ask', command_id = NULL; UPDATE agent_commands SET issued_at = issued_at - ${20 * MINUTE}`,
    )
    await next('ask')
    for (const id of ['c2', 'c3']) command(id, wanted, { outcome: 'failed' })
    const { missing } = await next('log')
    expect(missing?.ru).toContain('журнал выключен')
  })

  it('is that of its own register, whatever else stands beside it', async () => {
    for (const slot of ['com1', 'com2']) await fleet.say('a1', { ...QUEUE, 'fiscal.ofd.unsent_documents': 1 }, { slot })
    await fleet.say('a1', QUEUE, { slot: 'com2' })
    await fleet.pass(HOUR)
    const numbers = new Map(
      fleet
        .rows<{ id: string; item_id: string }>('SELECT id, item_id FROM incidents')
        .map(row => [row.id, row.item_id]),
    )
    expect(new Set(numbers.values())).toEqual(new Set(['register:main:a1-com1', 'register:main:a1-com2']))
    for (let n = 0; n < 2; n++) {
      const { incidentId, subject } = await next('chart')
      expect(subject?.itemId).toBe(numbers.get(incidentId))
      expect(subject?.place).toContain(subject?.itemId.split(':').at(-1))
      await evidence().charted(incidentId, [], DESKS, fleet.now)
      fleet.database.prepare('DELETE FROM evidence_work WHERE incident_id = ?').run(incidentId)
    }
  })

  it('has nothing of another tenant, to whom the PC belonged before', async () => {
    await queueStands()
    const { incidentId } = await next('chart')
    await evidence().charted(incidentId, [], DESKS, fleet.now)
    command('c1', { do: 'collect_log', bytes_max: 65_536 }, { outcome: 'done', log: 'of others' })
    fleet.database.exec(`
      UPDATE agent_commands SET tenant_id = 'other';
      INSERT INTO changes (tenant_id, item_id, fact, value_json, source, at, received_at)
        VALUES ('other', 'pc:a1', 'host.name', '"of others"', 'agent', ${fleet.now}, ${fleet.now});
      INSERT INTO agent_events (tenant_id, agent_id, at, name, details)
        VALUES ('other', 'a1', ${fleet.now}, 'of others', '{}');`)
    await next('ask')
    await evidence().asked(incidentId, null, fleet.now)
    fleet.now += 5_000
    const { sources } = await next('log')
    expect(JSON.stringify(sources)).not.toContain('of others')
  })

  it('a silent till is not asked', async () => {
    fleet.connection('a1', 'offline')
    await fleet.say('a1', { 'host.name': 'till' }, { kind: 'pc' })
    await fleet.pass(3 * HOUR)
    expect(fleet.incidents()).toContain('agent open')
    const { incidentId } = await next('chart')
    await evidence().charted(incidentId, [], DESKS, fleet.now)
    expect((await next('log')).missing).toBeNull()
  })

  it('is not gathered for what was closed meanwhile, nor for ever', async () => {
    await queueStands()
    expect(await evidence().next(fleet.now + 25 * HOUR)).toBeNull()
    expect(fleet.rows('SELECT * FROM evidence_work')).toEqual([])
  })

  it('is deleted when it is old', async () => {
    await queueStands()
    const { incidentId } = await next('chart')
    await evidence().charted(incidentId, [file('chart')], DESKS, fleet.now)
    await evidence().thinAttachments(fleet.now)
    expect(kept()).toEqual(['chart.x'])
    await evidence().thinAttachments(fleet.now + 1)
    expect(kept()).toEqual([])
  })
})
