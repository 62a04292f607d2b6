import { itemIdOf } from '@tillwatch/collector/fleet/item-id'
import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let viewer: Browser
let support: Browser
beforeEach(async () => {
  world = await createHttpWorld({ registers: 2 })
  viewer = await world.signIn('vera', 'viewer')
  support = await world.signIn('boris', 'support')
})
afterEach(() => world.stop())

const { agentId } = seededIds('main', 0)
const foreign = seededIds('other', 0)
const address = (id = agentId) => `/api/agents/${id}/commands`
const until = () => new Date(world.clock.now() + 3_600_000).toISOString()
const disable = () => ({ do: 'disable', target: { slot: '1' }, until: until() })

/** What an agent would have said, written as the ingest writes it. */
function write(sql: string, ...values: (string | number)[]): void {
  const database = openDatabase(world.databasePath)
  database.prepare(sql).run(...values)
  database.close()
}

describe('asking', () => {
  it('writes the command down with who asked, and shows it as waiting', async () => {
    const answer = await support.send('POST', address(), disable())
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ command: disable(), by: 'boris', state: 'waiting', text: null, log: null })
    expect((await viewer.get(address())).json()).toMatchObject({ rows: [{ id: answer.json().id }], switchedOff: [] })
    const { changes } = (await viewer.get(`/api/terminals/${agentId}`)).json()
    expect(changes).toContainEqual(
      expect.objectContaining({ fact: 'agent.command', value: ['disable', 'slot:1', until(), 'boris'] }),
    )
  })

  it('is for those who work with incidents; looking is for everybody, except at a log', async () => {
    expect((await viewer.send('POST', address(), { do: 'poll_now' })).statusCode).toBe(403)
    expect((await viewer.get(address())).json().rows).toEqual([])
    expect((await viewer.get(`${address()}/00000000-0000-4000-8000-000000000001/log`)).statusCode).toBe(403)
  })

  it('takes nothing that is not in the closed set', async () => {
    for (const body of [
      { do: 'shell', run: 'reboot' },
      { do: 'poll_now', slot: '1', bytes: '02 05 FF' },
      { do: 'disable', target: { slot: '1', driver: 'shtrih-m' }, until: until() },
      { do: 'disable', target: { path: '/etc' }, until: until() },
      { do: 'collect_log', bytes_max: 99_999_999 },
      { id: '00000000-0000-4000-8000-000000000001', do: 'poll_now' },
      [],
      {},
    ]) {
      expect((await support.send('POST', address(), body)).statusCode, JSON.stringify(body)).toBe(400)
    }
    expect((await viewer.get(address())).json().rows).toEqual([])
  })

  it('says what is wrong and what to do: too soon, twice, for too long, too many', async () => {
    const ask = async (body: object) => (await support.send('POST', address(), body)).json().code ?? 'given'
    expect(await ask({ do: 'poll_now', slot: '1' })).toBe('given')
    expect(await ask({ do: 'poll_now', slot: '1' })).toBe('command.waiting')
    expect(await ask({ do: 'poll_now' })).toBe('command.too_soon')
    expect(await ask({ ...disable(), until: new Date(world.clock.now() + 40 * 86_400_000).toISOString() })).toBe(
      'command.until',
    )
    for (let n = 2; n <= 16; n++) expect(await ask({ do: 'poll_now', slot: `slot ${n}` })).toBe('given')
    const full = await support.send('POST', address(), { do: 'enable', target: { slot: '1' } })
    expect(full.statusCode).toBe(409)
    expect(full.json()).toMatchObject({ code: 'command.too_many', nextStep: expect.any(String) as string })
  })
})

describe('another tenant', () => {
  it('does not exist: its agents are neither asked nor looked at, its logs are not there', async () => {
    const theirs = await world.signIn('olga', 'administrator', 'other')
    const log = { do: 'collect_log', bytes_max: 65_536 }
    const { id } = (await theirs.send('POST', address(foreign.agentId), log)).json()
    write(
      "INSERT INTO agent_log_parts (command_id, tenant_id, part, parts, text) VALUES (?, 'other', 0, 1, 'theirs')",
      id,
    )
    expect((await theirs.get(`${address(foreign.agentId)}/${id}/log`)).body).toBe('theirs')
    const answers = await Promise.all([
      support.get(address(foreign.agentId)),
      support.send('POST', address(foreign.agentId), { do: 'poll_now' }),
      support.get(`${address(foreign.agentId)}/${id}/log`),
      support.get(`${address()}/${id}/log`),
    ])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404])
    expect(answers.map(({ body }) => body).join('')).not.toContain('theirs')
  })
})

describe('what came of it', () => {
  it('is told in both languages; a command that nobody answered says so', async () => {
    const { id } = (await support.send('POST', address(), { do: 'poll_now' })).json()
    const stateOf = async () => (await viewer.get(address())).json().rows[0].state
    write('UPDATE agent_commands SET sent_at = 1 WHERE id = ?', id)
    expect(await stateOf()).toBe('said')
    await world.clock.advance(11 * 60_000)
    expect(await stateOf()).toBe('unanswered')
    write(
      `UPDATE agent_commands SET outcome = 'done', answered_at = 2, text_json = '{"ru":"1: ответила","en":"1: answered"}' WHERE id = ?`,
      id,
    )
    expect((await viewer.get(address())).json().rows[0]).toMatchObject({
      ...{ state: 'done', text: { ru: '1: ответила', en: '1: answered' } },
    })
  })

  it('a log comes as a file, in order, and says whether it is all there', async () => {
    const { id } = (await support.send('POST', address(), { do: 'collect_log', bytes_max: 65_536 })).json()
    expect((await support.get(`${address()}/${id}/log`)).json()).toMatchObject({ code: 'command.no_log' })
    const part = (number: number, text: string) =>
      write(
        "INSERT INTO agent_log_parts (command_id, tenant_id, part, parts, text) VALUES (?, 'main', ?, 2, ?)",
        ...[id, number, text],
      )
    part(1, '{"msg":"два"}\n')
    expect((await viewer.get(address())).json().rows[0].log).toMatchObject({ complete: false })
    part(0, '{"msg":"one"}\n')
    expect((await viewer.get(address())).json().rows[0].log).toEqual({ bytes: 31, complete: true })
    const file = await support.get(`${address()}/${id}/log`)
    expect(file.body).toBe('{"msg":"one"}\n{"msg":"два"}\n')
    expect(file.headers['content-disposition']).toContain('attachment')
    expect(file.headers['content-type']).toContain('application/x-ndjson')
  })

  it('what the agent says is off is shown with its end and its author; what nobody here gave is shown as well', async () => {
    const { id } = (await support.send('POST', address(), disable())).json()
    write(
      'UPDATE agent_commands SET outcome = \'done\', answered_at = 1, text_json = \'{"ru":"x","en":"x"}\' WHERE id = ?',
      id,
    )
    const fact = (value: string[]) => ({ value, at: 1, receivedAt: 1, source: 'agent' })
    write(
      'UPDATE items SET state_json = ? WHERE id = ?',
      JSON.stringify({
        facts: {
          'agent.switched_off': fact(['slot:1', 'question:shtrih-m:FF39', 'nonsense']),
          'agent.checks': fact(['slot:1', 'driver:shtrih-m', 'probe:clock']),
        },
      }),
      itemIdOf('main', agentId, { kind: 'pc', slot: 'pc', id: null }),
    )
    expect((await viewer.get(address())).json()).toMatchObject({
      switchedOff: [
        { target: { slot: '1' }, until: until(), by: 'boris' },
        { target: { question: 'shtrih-m:FF39' }, until: null, by: null },
      ],
      checks: [{ slot: '1' }, { driver: 'shtrih-m' }, { probe: 'clock' }],
    })
  })
})
