import type { Command } from 'commander'
import { createAccountStore } from '../accounts/account-store.ts'
import { createAccounts } from '../accounts/accounts.ts'
import { createPasswords } from '../accounts/password.ts'
import { loadConfig } from '../config.ts'
import { openDataDir } from '../data-dir.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { CONFIG_OPTION, type CommandContext } from './command-context.ts'

/** `tillwatch login-link`: whoever is on the machine may enter. */
export function registerLoginLinkCommand(program: Command, { clock, print }: CommandContext): void {
  program
    .command('login-link')
    .description('a one-time link for a new administrator, or for the named user')
    .option(...CONFIG_OPTION)
    .option('--user <name>', 'user who is let in again; without it a new administrator')
    .option('--json', 'JSON alone on standard output')
    .action(async (options: { config: string; user?: string; json?: boolean }) => {
      const config = loadConfig(options.config)
      const database = openDatabase(openDataDir(config.data_dir).state)
      try {
        migrate(database, STATE_MIGRATIONS)
        const { host, port } = config.http.listen
        const scheme = config.http.tls ? 'https' : 'http'
        const publicUrl = (config.http.public_url ?? `${scheme}://${host}:${port}`).replace(/\/$/, '')
        const store = createAccountStore(database)
        const accounts = createAccounts({ store, passwords: createPasswords(), publicUrl: () => publicUrl })
        const url = await accounts.loginLink(options.user ?? null, clock.now())
        print(options.json ? JSON.stringify({ url }) : url)
      } finally {
        database.close()
      }
    })
}
