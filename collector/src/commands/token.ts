import { rmSync } from 'node:fs'
import { SpokenError } from '@tillwatch/shared'
import { newMachineToken, TOKEN_SCOPES } from '@tillwatch/shared/api'
import type { Language } from '@tillwatch/shared/words'
import { type Command, Option } from 'commander'
import { createRowId, createToken } from '../accounts/token.ts'
import { createTokenStore } from '../inbound/token-store.ts'
import { CONFIG_OPTION, type CommandContext, languageOption } from './command-context.ts'
import { TENANT, withState } from './offline-stores.ts'
import { writeSecretFile } from './secret-file.ts'

/** `tillwatch token add|list|revoke`: keys of other programs. All take effect at once while the collector runs. */
export function registerTokenCommand(program: Command, context: CommandContext): void {
  const { clock, print } = context
  const token = program.command('token').description('keys of programs that bring alerts or tickets')
  token
    .command('add')
    .description('make a key for one program')
    .option(...CONFIG_OPTION)
    .requiredOption('--name <name>', 'what the program is called in the audit trail')
    .addOption(new Option('--scope <scope>', 'what it may bring').choices(TOKEN_SCOPES).makeOptionMandatory())
    .requiredOption('--out <file>', 'file to write the key to')
    .addOption(languageOption(context))
    .action(async (options: { config: string; name: string; scope: string; out: string; lang: Language }) => {
      const wanted = newMachineToken.safeParse(options)
      if (!wanted.success) {
        throw new SpokenError(
          'token.name',
          { ru: 'Так программу не назвать', en: 'this cannot be the name of a program' },
          { ru: 'В --name от 1 до 100 знаков.', en: 'Use 1 to 100 characters for --name.' },
        )
      }
      await withState(options.config, async ({ database }) => {
        const { secret, hash } = createToken()
        writeSecretFile(options.out, `${secret}\n`, { exists: 'token.out', unwritable: 'token.out' })
        const id = createRowId()
        const added = { ...wanted.data, id, tenantId: TENANT, hash, createdBy: 'console' }
        try {
          await createTokenStore(database).addToken(added, clock.now())
        } catch (thrown) {
          rmSync(options.out, { force: true })
          throw thrown
        }
        print(WORDS[options.lang].added(id, wanted.data.scope, options.out))
      })
    })
  token
    .command('list')
    .description('all keys, without their secrets')
    .option(...CONFIG_OPTION)
    .option('--json', 'JSON alone on standard output')
    .addOption(languageOption(context))
    .action(async (options: { config: string; json?: boolean; lang: Language }) => {
      await withState(options.config, async ({ database }) => {
        const rows = await createTokenStore(database).tokens(TENANT)
        if (options.json) return print(JSON.stringify(rows))
        const words = WORDS[options.lang]
        print(words.columns.join('\t'))
        for (const row of rows)
          print([row.id, row.scope, row.name, row.usedAt ?? words.never, row.revokedAt ?? '—'].join('\t'))
      })
    })
  token
    .command('revoke <id>')
    .description('end a key at once')
    .option(...CONFIG_OPTION)
    .addOption(languageOption(context))
    .action(async (id: string, options: { config: string; lang: Language }) => {
      await withState(options.config, ({ database }) => createTokenStore(database).revokeToken(TENANT, id, clock.now()))
      print(WORDS[options.lang].revoked(id))
    })
}

const WORDS = {
  ru: {
    added: (id: string, scope: string, file: string) =>
      `ключ ${id} (${scope}) лежит в ${file}; больше он нигде не показан`,
    revoked: (id: string) => `ключ ${id} отозван`,
    columns: ['ключ', 'что приносит', 'программа', 'использован', 'отозван'],
    never: 'никогда',
  },
  en: {
    added: (id: string, scope: string, file: string) =>
      `token ${id} for ${scope}: ${file} holds its key; it is shown nowhere else`,
    revoked: (id: string) => `token ${id} is revoked`,
    columns: ['token', 'scope', 'program', 'used', 'revoked'],
    never: 'never',
  },
} as const
