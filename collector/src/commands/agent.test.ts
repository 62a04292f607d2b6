import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identityFile } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashSecret } from '../broker/access.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { registerAgentCommand } from './agent.ts'

let folder: string
let out: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-agent-'))
  out = join(folder, 'identity.json')
  writeFileSync(join(folder, 'collector.yaml'), 'broker: { tls: { names: [tills.example.ru] } }\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the command and gives what it prints. */
async function agent(...words: string[]): Promise<string> {
  const printed: string[] = []
  const program = new Command().exitOverride()
  const print = (line: string) => void printed.push(line)
  registerAgentCommand(program, { clock: new ManualClock(), print, environment: { LANG: 'en_US.UTF-8' } })
  await program.parseAsync(['agent', ...words, '--config', join(folder, 'collector.yaml')], { from: 'user' })
  return printed.join('\n')
}

const identityIn = (file: string) => identityFile.parse(JSON.parse(readFileSync(file, 'utf8')))
function hashOf(id: string): string | undefined {
  const database = openDatabase(join(folder, 'data', 'state.db'))
  const row = database.prepare('SELECT secret_hash AS hash FROM agents WHERE id = ?').get(id)
  database.close()
  return row?.['hash'] as string | undefined
}

test('an identity is for its owner alone; the collector keeps only the hash of its secret, and nothing prints it', async () => {
  const printed = await agent('add', '--id', 'till-0001', '--out', out)
  const identity = identityIn(out)
  expect(identity).toMatchObject({ agent: 'till-0001', url: 'mqtts://tills.example.ru:8883' })
  expect(statSync(out).mode & 0o777).toBe(0o600)
  expect(hashOf('till-0001')).toBe(hashSecret(identity.secret))
  expect(printed).not.toContain(identity.secret)
})

test('a file that cannot be written changes nothing: the agent keeps the identity that it has', async () => {
  await agent('add', '--id', 'till-0001', '--out', out)
  const before = hashOf('till-0001')
  const nowhere = join(folder, 'no', 'such', 'folder.json')
  await expect(agent('rotate', 'till-0001', '--out', nowhere)).rejects.toMatchObject({ code: 'agent.out_unwritable' })
  await expect(agent('rotate', 'till-0001', '--out', out)).rejects.toMatchObject({ code: 'agent.out_exists' })
  await expect(agent('add', '--id', 'till-0002', '--out', nowhere)).rejects.toMatchObject({
    nextStep: expect.stringContaining('folder') as string,
  })
  expect([hashOf('till-0001'), hashOf('till-0002')]).toEqual([before, undefined])
})

test('an identity that did not take effect leaves no file behind', async () => {
  await expect(agent('add', '--site', 'nowhere', '--out', out)).rejects.toMatchObject({ code: 'site.unknown' })
  await expect(agent('rotate', 'nobody', '--out', out)).rejects.toMatchObject({ code: 'agent.unknown' })
  await expect(agent('add', '--id', 'Till 1', '--out', out)).rejects.toMatchObject({ code: 'agent.id' })
  expect(existsSync(out)).toBe(false)
})

test('an identity that only works on this machine says so', async () => {
  writeFileSync(join(folder, 'collector.yaml'), 'broker: { listen: "0.0.0.0:8883" }\n')
  expect(await agent('add', '--out', out)).toContain('broker.tls.names')
})

test('the list says what stands in it, in the language that it is asked for', async () => {
  await agent('add', '--id', 'till-0001', '--out', out)
  await agent('add', '--id', 'till-0002', '--out', join(folder, 'two.json'))
  await agent('revoke', 'till-0002')
  expect((await agent('list')).split('\n').map(line => line.split('\t'))).toEqual([
    ['agent', 'site', 'state', 'heard', 'version'],
    ['till-0001', '—', 'never started', 'never', '—'],
    ['till-0002', '—', 'revoked', 'never', '—'],
  ])
  expect(await agent('list', '--lang', 'ru')).toContain('агент\tобъект\tсостояние')
  expect(JSON.parse(await agent('list', '--json'))).toMatchObject([{ id: 'till-0001' }, { id: 'till-0002' }])
})

test('a command is written down for the running collector to carry; what is none is refused with an example', async () => {
  await agent('add', '--id', 'till-0001', '--out', out)
  expect(await agent('command', 'till-0001', '{"do":"poll_now"}')).toMatch(/^command [0-9a-f-]{36} is given/)
  const database = openDatabase(join(folder, 'data', 'state.db'))
  const rows = database.prepare('SELECT agent_id, command_json, issued_by FROM agent_commands').all()
  database.close()
  expect(rows).toEqual([{ agent_id: 'till-0001', command_json: '{"do":"poll_now"}', issued_by: 'console' }])
  for (const wrong of ['{"do":"shell"}', 'reboot']) {
    await expect(agent('command', 'till-0001', wrong)).rejects.toMatchObject({ code: 'command.unknown' })
  }
  await expect(agent('command', 'till-9999', '{"do":"poll_now"}')).rejects.toMatchObject({ code: 'agent.unknown' })
})
