import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@tillwatch/shared/testing'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hashToken } from '../accounts/token.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { registerTokenCommand } from './token.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-token-'))
  writeFileSync(join(folder, 'collector.yaml'), 'data_dir: ./data\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the command and gives what it prints. */
async function token(...words: string[]): Promise<string> {
  const printed: string[] = []
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  registerTokenCommand(program, {
    clock: new ManualClock(NOW),
    print: (line: string) => void printed.push(line),
    environment: {},
  })
  await program.parseAsync(['token', ...words, '--config', join(folder, 'collector.yaml')], { from: 'user' })
  return printed.join('\n')
}

it('makes a key that only its file holds, for its owner alone', async () => {
  const out = join(folder, 'zabbix.key')
  const printed = await token('add', '--name', 'Zabbix', '--scope', 'monitor', '--out', out)
  const secret = readFileSync(out, 'utf8').trim()
  expect(statSync(out).mode & 0o777).toBe(0o600)
  expect(printed).not.toContain(secret)
  const database = openDatabase(join(folder, 'data', 'state.db'))
  const rows = database.prepare('SELECT name, scope, token_hash FROM machine_tokens').all()
  expect(rows).toEqual([{ name: 'Zabbix', scope: 'monitor', token_hash: hashToken(secret) }])
  database.close()
})

it('lists and revokes by id; a key is never overwritten', async () => {
  const out = join(folder, 'mail.key')
  await token('add', '--name', 'Почта', '--scope', 'tickets', '--out', out)
  const again = token('add', '--name', 'Почта', '--scope', 'tickets', '--out', out)
  await expect(again).rejects.toMatchObject({ code: 'token.out' })
  const [row] = JSON.parse(await token('list', '--json'))
  expect(await token('revoke', row.id)).toContain(row.id)
  const [columns = '', line = ''] = (await token('list', '--lang', 'en')).split('\n')
  expect(columns.split('\t')).toEqual(['token', 'scope', 'program', 'used', 'revoked'])
  expect(line.split('\t').slice(1)).toEqual(['tickets', 'Почта', 'never', expect.stringContaining('2026-11-22')])
  await expect(token('revoke', 'nobody')).rejects.toMatchObject({ code: 'token.unknown' })
})
