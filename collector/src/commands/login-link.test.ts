import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@tillwatch/shared/testing'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAccountStore } from '../accounts/account-store.ts'
import { hashToken } from '../accounts/token.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { registerLoginLinkCommand } from './login-link.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-link-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the command and gives what it prints. */
async function loginLink(...words: string[]): Promise<string> {
  const file = join(folder, 'collector.yaml')
  writeFileSync(file, 'data_dir: ./data\nhttp: { public_url: "https://till.example/" }\n')
  const printed: string[] = []
  const program = new Command().exitOverride()
  registerLoginLinkCommand(program, {
    clock: new ManualClock(NOW),
    print: (line: string) => void printed.push(line),
    environment: {},
  })
  await program.parseAsync(['login-link', '--config', file, ...words], { from: 'user' })
  return printed.join('')
}

it('makes a link before the first start, good for an hour, for a new administrator', async () => {
  const link = new URL(await loginLink())
  expect(link.origin + link.pathname).toBe('https://till.example/invitation')
  const database = openDatabase(join(folder, 'data', 'state.db'))
  const store = createAccountStore(database)
  const tokenHash = hashToken(link.hash.replace('#token=', ''))
  expect(await store.invitation(tokenHash, NOW)).toMatchObject({ name: null, role: 'administrator' })
  expect(await store.invitation(tokenHash, NOW + 3_600_000)).toBeNull()
  database.close()
})

it('refuses a name that nobody has, with the next step', async () => {
  await expect(loginLink('--user', 'nobody')).rejects.toMatchObject({
    code: 'account.unknown',
    nextStep: expect.stringContaining('Leave the name out'),
  })
})
