import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashSecret } from '@tillwatch/collector/broker/access'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { createFleet } from '@tillwatch/collector/store/sqlite/sqlite-fleet'
import { PACKET_BYTES_MAX } from '@tillwatch/shared'
import type { CommandView } from '@tillwatch/shared/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Child, runNode } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'
import { type PortalSession, signIn } from '../stack/portal-session.ts'
import { connectScripted } from '../stack/scripted-agent.ts'
import { TERMINAL } from '../stack/stack.ts'
import { createWorld, forbiddenCommands, type World } from './world.ts'

const { agent: AGENT } = TERMINAL
const SLOT = 'register-1'
const soon = (ms: number) => new Date(Date.now() + ms).toISOString()
const disable = (forMs = 3_600_000) => ({ do: 'disable', target: { slot: SLOT }, until: soon(forMs) })
const LOG = { do: 'collect_log', bytes_max: 262_144 }

let world: World
let portal: PortalSession
let collector: Child
let agent: Child | null = null

beforeAll(async () => {
  world = await createWorld()
  collector = await world.stack.startCollector()
  portal = await signIn(world.stack)
}, 60_000)
afterAll(() => world.end())

const commandOf = async (id: string): Promise<CommandView> => {
  const row = (await portal.commands(AGENT)).rows.find(each => each.id === id)
  if (!row) throw new Error(`command ${id} is gone`)
  return row
}
const answered = (id: string, timeoutMs = 40_000) =>
  eventually(
    `command ${id} has a result`,
    async () => {
      const row = await commandOf(id)
      return row.answeredAt === null ? null : row
    },
    timeoutMs,
  )
const agentLog = () => readFileSync(join(world.agentDir, 'agent.log'), 'utf8')
/** How often a command was begun, by the till's own log, over all its lives. */
const begun = (id: string) =>
  agentLog()
    .split('\n')
    .filter(line => line.includes(id) && line.includes('a command is carried out')).length
const restartAgent = async (env?: Record<string, string>): Promise<Child> => {
  await agent?.stop()
  agent = await world.stack.startAgent(env)
  await agent.line(/connected to the collector/)
  return agent
}
describe('a command goes to the till and its result comes back', () => {
  test('poll now: the register is polled out of turn and says so', async () => {
    await restartAgent()
    const { id } = await portal.command(AGENT, { do: 'poll_now', slot: SLOT })
    const { state, text } = await answered(id)
    expect([state, text?.en]).toEqual(['done', `${SLOT}: answered`])
    expect(begun(id)).toBe(1)
  })

  test('a switch: polling stops and the page says what is off, until when and by whom; after a restart too', async () => {
    const asked = disable()
    const { id } = await portal.command(AGENT, asked)
    expect((await answered(id)).state).toBe('done')
    const off = { target: { slot: SLOT }, until: asked.until, by: 'Анна' }
    await eventually('the page knows', async () => (await portal.commands(AGENT)).switchedOff.length > 0)
    expect((await portal.commands(AGENT)).switchedOff).toEqual([off])
    await restartAgent()
    await eventually('the register says why it is silent', async () => {
      const { items } = await portal.get<{ items: { facts: { name: string; reason?: string }[] }[] }>(
        `/api/terminals/${AGENT}`,
      )
      const facts = items.flatMap(item => item.facts)
      return facts.some(({ name, reason }) => name === 'fiscal.register.link' && reason?.includes('Анна'))
    })
    expect((await portal.commands(AGENT)).switchedOff).toEqual([off])
    const on = await portal.command(AGENT, { do: 'enable', target: { slot: SLOT } })
    await answered(on.id)
    await eventually('nothing is off', async () => (await portal.commands(AGENT)).switchedOff.length === 0)
  })

  test('the log comes back whole, without the agent’s secret', async () => {
    const { id } = await portal.command(AGENT, LOG)
    expect(await answered(id)).toMatchObject({ state: 'done', log: { complete: true } })
    const text = await portal.get<string>(`/api/agents/${AGENT}/commands/${id}/log`)
    expect(text).toContain('the agent runs')
    expect(text).not.toContain(world.identity().secret)
  })

  test('what the page offers to switch off is what the agent has', async () => {
    const { checks } = await portal.commands(AGENT)
    expect(checks).toContainEqual({ slot: SLOT })
    expect(checks).toContainEqual({ driver: 'shtrih-m' })
    expect(checks).toContainEqual({ question: 'shtrih-m:FF39' })
    expect(checks.some(target => 'probe' in target)).toBe(true)
  })

  test('a command for an agent that is away waits, and is carried out once when it is back', async () => {
    await agent?.stop()
    const { id } = await portal.command(AGENT, LOG)
    expect((await commandOf(id)).state).toBe('waiting')
    await restartAgent()
    expect((await answered(id)).state).toBe('done')
    await restartAgent()
    expect(begun(id)).toBe(1)
  })
})

describe('kill -9 between any two steps from a command to its result', () => {
  test.each(['command-noted', 'command-done', 'command-answered'] as const)(
    'of the agent at %s: carried out once, and there is a result',
    async point => {
      await restartAgent({ TILLWATCH_CRASH_AT: point })
      const { id } = await portal.command(AGENT, LOG)
      expect(await agent?.ended).toBe('SIGKILL')
      await restartAgent()
      const { state } = await answered(id)
      expect(begun(id)).toBe(1)
      // What was begun and not answered is not begun again: whether it was done, nobody knows.
      expect(state).toBe(point === 'command-answered' ? 'done' : 'failed')
    },
  )

  test('of the agent with a switch: it is off, and told', async () => {
    await restartAgent({ TILLWATCH_CRASH_AT: 'command-noted' })
    const { id } = await portal.command(AGENT, disable())
    expect(await agent?.ended).toBe('SIGKILL')
    await restartAgent()
    expect((await answered(id)).state).toBe('done')
    expect(begun(id)).toBe(1)
    await eventually('the page knows', async () => (await portal.commands(AGENT)).switchedOff.length === 1)
    await answered((await portal.command(AGENT, { do: 'enable', target: { slot: SLOT } })).id)
  })

  test.each(['command-stored', 'command-said'] as const)(
    'of the collector at %s: carried out once, and there is a result',
    async point => {
      await collector.stop()
      collector = await world.stack.startCollector({ TILLWATCH_CRASH_AT: point })
      await restartAgent()
      const before = (await portal.commands(AGENT)).rows.map(({ id }) => id)
      await portal.command(AGENT, LOG).catch(() => undefined)
      expect(await collector.ended).toBe('SIGKILL')
      collector = await world.stack.startCollector()
      const id = (await portal.commands(AGENT)).rows.map(row => row.id).find(each => !before.includes(each))
      expect(id, 'what was accepted is not forgotten').toBeDefined()
      expect((await answered(id ?? '')).state).toBe('done')
      expect(begun(id ?? '')).toBe(1)
    },
  )
})

describe('attacks', () => {
  /** An identity of another tenant, or of another agent of this one, on the same broker. */
  const stranger = async (id: string, tenantId: string) => {
    const secret = id.padEnd(43, 'x').slice(0, 43)
    const database = openDatabase(join(world.collectorDir, 'state.db'))
    database.prepare("INSERT OR IGNORE INTO tenants (id, name, created_at) VALUES (?, 'x', 0)").run(tenantId)
    await createFleet(database).addAgent({ id, tenantId, site: null, secretHash: hashSecret(secret) }, Date.now())
    database.close()
    const connected = await connectScripted({ ...world.identity(), agent: id, secret }, 1)
    await connected.hello({ base: 1, next: 1 })
    await connected.stored(0)
    return connected
  }
  const result = (id: string, text = 'forged') => ({ id, outcome: 'done', text: { ru: text, en: text }, details: {} })

  test('another agent, of this tenant or another, cannot answer, bring a log, or hear what is asked', async () => {
    await agent?.stop()
    const log = await portal.command(AGENT, LOG)
    for (const [id, tenantId] of [
      ['till-evil', 'main'],
      ['till-other', 'other'],
    ] as const) {
      const evil = await stranger(id, tenantId)
      await evil.say(1, 'log_part', { id: log.id, part: 0, parts: 1, text: 'forged' })
      await evil.say(2, 'command_result', result(log.id))
      await evil.stored(2)
      expect(evil.heard.filter(({ kind }) => kind === 'command')).toEqual([])
      await evil.close()
    }
    expect(await commandOf(log.id)).toMatchObject({ state: 'waiting', answeredAt: null, log: null })
    await restartAgent()
    expect(await answered(log.id)).toMatchObject({ state: 'done' })
    expect(await portal.get<string>(`/api/agents/${AGENT}/commands/${log.id}/log`)).not.toContain('forged')
  })

  test('a stranger cannot publish a command to an agent: the broker cuts it', async () => {
    const evil = await stranger('till-forger', 'other')
    await evil.forge(AGENT, {
      ...{ v: 1, kind: 'command', id: '00000000-0000-4000-8000-000000000666', issued_by: 'evil' },
      ...{ issued_at: soon(0), sent_at: soon(0), expires_at: soon(60_000), command: disable() },
    })
    expect(evil.isOpen()).toBe(false)
    expect(agentLog()).not.toContain('000000000666')
  })

  test('answers to ids that were never given, twice, or oversized change nothing and stop nothing', async () => {
    const odd = await stranger('till-odd', 'main')
    await odd.say(1, 'command_result', result('00000000-0000-4000-8000-000000000001'))
    await odd.say(2, 'command_result', { ...result('00000000-0000-4000-8000-000000000001'), outcome: 'rooted' })
    await odd.say(3, 'command_result', result('00000000-0000-4000-8000-000000000001', 'x'.repeat(10_000)))
    await odd.say(4, 'log_part', {
      ...{ id: '00000000-0000-4000-8000-000000000001', part: 5_000, parts: 9_999 },
      text: 'x'.repeat(PACKET_BYTES_MAX - 2_000),
    })
    await odd.say(5, 'shell_result', {})
    await odd.event(6, { name: 'still_here', at: soon(0), details: {} })
    await odd.stored(6)
    await odd.close()
    expect((await fetch(`${world.stack.url}/health`)).status).toBe(200)
  })

  test('the register was never asked for anything that does not read', () => {
    expect(forbiddenCommands(world.stack)).toEqual([])
  })
})

describe('a book that went back in time', () => {
  const copyOf = (name: string) => join(world.stack.folder, name)

  test('a restored collector asks again; the till does not do it again, and its answer is all there', async () => {
    const { stack, collectorDir } = world
    const program = (...words: string[]) => runNode(['collector/src/main.ts', ...words])
    await agent?.stop()
    const { id } = await portal.command(AGENT, LOG)
    await program('backup', '--config', stack.collectorConfig, copyOf('backup'))
    await restartAgent()
    await answered(id)
    await agent?.stop()
    await collector.stop()
    renameSync(collectorDir, copyOf('collector-lost'))
    await program('restore', '--config', stack.collectorConfig, copyOf('backup'))
    collector = await stack.startCollector()
    expect((await commandOf(id)).state).toBe('waiting')
    await restartAgent()
    expect(await answered(id)).toMatchObject({ state: 'done', log: { complete: true } })
    expect(begun(id)).toBe(1)
  })

  test('a restored disk of the till has its checks on again, and the page says so', async () => {
    await agent?.stop()
    cpSync(world.agentDir, copyOf('image'), { recursive: true })
    await restartAgent()
    await answered((await portal.command(AGENT, disable())).id)
    await eventually('the page knows', async () => (await portal.commands(AGENT)).switchedOff.length === 1)
    await agent?.stop()
    rmSync(world.agentDir, { recursive: true })
    renameSync(copyOf('image'), world.agentDir)
    await restartAgent()
    await eventually('nothing is off', async () => (await portal.commands(AGENT)).switchedOff.length === 0)
  })
})

test('a damaged record of commands costs neither the agent nor its readings', async () => {
  await agent?.stop()
  writeFileSync(join(world.agentDir, 'remote.json'), '{"version":1,')
  await restartAgent()
  expect((await answered((await portal.command(AGENT, LOG)).id)).state).toBe('done')
})
