import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { AppError, messageOf } from '@tillwatch/shared'
import { newMachineToken, TOKEN_SCOPES } from '@tillwatch/shared/api'
import { type Command, Option } from 'commander'
import { createRowId, createToken } from '../accounts/token.ts'
import { createTokenStore } from '../inbound/token-store.ts'
import { CONFIG_OPTION, type CommandContext } from './command-context.ts'
import { TENANT, withState } from './offline-stores.ts'

/** `tillwatch token add|list|revoke`: keys of other programs. All take effect at once while the collector runs. */
export function registerTokenCommand(program: Command, { clock, print }: CommandContext): void {
  const token = program.command('token').description('keys of programs that bring alerts or tickets')
  token
    .command('add')
    .description('make a key for one program')
    .option(...CONFIG_OPTION)
    .requiredOption('--name <name>', 'what the program is called in the audit trail')
    .addOption(new Option('--scope <scope>', 'what it may bring').choices(TOKEN_SCOPES).makeOptionMandatory())
    .requiredOption('--out <file>', 'file to write the key to')
    .action(async (options: { config: string; name: string; scope: string; out: string }) => {
      const wanted = newMachineToken.safeParse(options)
      if (!wanted.success) {
        throw new AppError('token.name', 'this cannot be the name of a program', {
          nextStep: 'Use 1 to 100 characters for --name.',
        })
      }
      await withState(options.config, async ({ database }) => {
        const { secret, hash } = createToken()
        writeKey(options.out, secret)
        const id = createRowId()
        const added = { ...wanted.data, id, tenantId: TENANT, hash, createdBy: 'console' }
        try {
          await createTokenStore(database).addToken(added, clock.now())
        } catch (thrown) {
          rmSync(options.out, { force: true })
          throw thrown
        }
        print(`token ${id} for ${wanted.data.scope}: ${options.out} holds its key; it is shown nowhere else`)
      })
    })
  token
    .command('list')
    .description('all keys, without their secrets')
    .option(...CONFIG_OPTION)
    .option('--json', 'JSON alone on standard output')
    .action(async (options: { config: string; json?: boolean }) => {
      await withState(options.config, async ({ database }) => {
        const rows = await createTokenStore(database).tokens(TENANT)
        if (options.json) return print(JSON.stringify(rows))
        for (const row of rows) {
          const state = row.revokedAt === null ? `used ${row.usedAt ?? 'never'}` : `revoked ${row.revokedAt}`
          print([row.id, row.scope, row.name, state].join('\t'))
        }
      })
    })
  token
    .command('revoke <id>')
    .description('end a key at once')
    .option(...CONFIG_OPTION)
    .action(async (id: string, options: { config: string }) => {
      await withState(options.config, ({ database }) => createTokenStore(database).revokeToken(TENANT, id, clock.now()))
      print(`token ${id} is revoked`)
    })
}

function writeKey(file: string, secret: string): void {
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const isThere = existsSync(file)
    throw new AppError(
      'token.out',
      isThere ? `${file} is there already` : `cannot write ${file}: ${messageOf(cause)}`,
      {
        nextStep: isThere
          ? 'Give another name with --out: a key is never overwritten.'
          : 'Check that its folder may be written to. Nothing was changed.',
        cause,
      },
    )
  }
}
