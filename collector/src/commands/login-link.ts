import type { Command } from 'commander'
import { createAccountStore } from '../accounts/account-store.ts'
import { createAccounts } from '../accounts/accounts.ts'
import { createPasswords } from '../accounts/password.ts'
import { CONFIG_OPTION, type CommandContext, languageOption } from './command-context.ts'
import { withState } from './offline-stores.ts'

/** `tillwatch login-link`: whoever is on the machine may enter. */
export function registerLoginLinkCommand(program: Command, context: CommandContext): void {
  const { clock, print } = context
  program
    .command('login-link')
    .description('a one-time link for a new administrator, or for the named user')
    .option(...CONFIG_OPTION)
    .option('--user <name>', 'user who is let in again; without it a new administrator')
    .option('--json', 'JSON alone on standard output')
    .addOption(languageOption(context))
    .action(async (options: { config: string; user?: string; json?: boolean }) => {
      const url = await withState(options.config, ({ config, database }) => {
        const { host, port } = config.http.listen
        const scheme = config.http.tls ? 'https' : 'http'
        const publicUrl = (config.http.public_url ?? `${scheme}://${host}:${port}`).replace(/\/$/, '')
        const store = createAccountStore(database)
        const accounts = createAccounts({ store, passwords: createPasswords(), publicUrl: () => publicUrl })
        return accounts.loginLink(options.user ?? null, clock.now())
      })
      print(options.json ? JSON.stringify({ url }) : url)
    })
}
