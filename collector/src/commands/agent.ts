import { randomBytes, randomUUID } from 'node:crypto'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { AppError, type IdentityFile, isAgentId } from '@tillwatch/shared'
import type { Command } from 'commander'
import { hashSecret } from '../broker/access.ts'
import { openAuthority } from '../broker/authority.ts'
import type { CollectorConfig } from '../config.ts'
import type { DataDir } from '../data-dir.ts'
import { CONFIG_OPTION, type CommandContext } from './command-context.ts'
import { TENANT, withFleet } from './offline-stores.ts'

/** `tillwatch agent add|list|revoke|rotate`: identities of agents. They take effect within seconds while the collector runs. */
export function registerAgentCommand(program: Command, { clock, print }: CommandContext): void {
  const agent = program.command('agent').description('identities of agents')
  agent
    .command('add')
    .description('make an identity file for one agent')
    .option(...CONFIG_OPTION)
    .option('--site <code>', 'site where the agent will stand')
    .option('--id <id>', 'id of the agent; by default from the site and a random part')
    .requiredOption('--out <file>', 'identity file to write')
    .action(async (options: { config: string; site?: string; id?: string; out: string }) => {
      await withFleet(options.config, async ({ config, dir, fleet }) => {
        refuseExisting(options.out)
        const id = checkedId(options.id ?? newId(options.site))
        const secret = newSecret()
        const identity = await identityOf(config, dir, id, secret)
        const place = { tenantId: TENANT, site: options.site ?? null }
        await fleet.addAgent({ id, ...place, secretHash: hashSecret(secret) }, clock.now())
        writeIdentity(options.out, identity)
        print(`agent ${id}: ${options.out} is its identity; bring it to the till and keep no copy`)
      })
    })
  agent
    .command('list')
    .description('all agents')
    .option(...CONFIG_OPTION)
    .option('--json', 'JSON alone on standard output')
    .action(async (options: { config: string; json?: boolean }) => {
      await withFleet(options.config, async ({ fleet }) => {
        const rows = await fleet.listAgents(TENANT)
        if (options.json) return print(JSON.stringify(rows))
        for (const row of rows) {
          const heard = row.lastHeardAt === null ? 'never heard' : `heard ${new Date(row.lastHeardAt).toISOString()}`
          const state = row.revokedAt === null ? row.state : 'revoked'
          print([row.id, row.site ?? 'no site', state, heard, row.version ?? ''].join('\t').trimEnd())
        }
      })
    })
  agent
    .command('revoke <id>')
    .description('end an identity; a live connection is cut within seconds')
    .option(...CONFIG_OPTION)
    .action(async (id: string, options: { config: string }) => {
      await withFleet(options.config, ({ fleet }) => fleet.revokeAgent(TENANT, id, clock.now()))
      print(`agent ${id} is revoked`)
    })
  agent
    .command('rotate <id>')
    .description('a new secret for an agent; the old one ends within seconds')
    .option(...CONFIG_OPTION)
    .requiredOption('--out <file>', 'identity file to write')
    .action(async (id: string, options: { config: string; out: string }) => {
      await withFleet(options.config, async ({ config, dir, fleet }) => {
        refuseExisting(options.out)
        const secret = newSecret()
        const identity = await identityOf(config, dir, id, secret)
        await fleet.rotateAgent(TENANT, id, hashSecret(secret), clock.now())
        writeIdentity(options.out, identity)
        print(`agent ${id}: ${options.out} is its new identity; the old one is refused from now on`)
      })
    })
}

/** 256 random bits. */
const newSecret = (): string => randomBytes(32).toString('base64url')

function newId(site: string | undefined): string {
  const place = (site ?? 'till')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  return `${place || 'till'}-${randomBytes(3).toString('hex')}`
}

function checkedId(id: string): string {
  if (isAgentId(id)) return id
  throw new AppError('agent.id', `${id} cannot be the id of an agent`, {
    nextStep: 'Use 3 to 63 lower case letters, digits and hyphens, beginning with a letter or digit.',
  })
}

function refuseExisting(file: string): void {
  if (!existsSync(file)) return
  throw new AppError('agent.out_exists', `${file} is there already`, {
    nextStep: 'Give another name with --out: an identity is never overwritten.',
  })
}

async function identityOf(config: CollectorConfig, dir: DataDir, agent: string, secret: string): Promise<IdentityFile> {
  const { names } = config.broker.tls
  const { ca } = await openAuthority(dir.tls, names, randomUUID)
  const host = names[0] ?? (config.broker.listen.host === '0.0.0.0' ? 'localhost' : config.broker.listen.host)
  const url =
    config.broker.public_url ?? `mqtts://${host.includes(':') ? `[${host}]` : host}:${config.broker.listen.port}`
  return { version: 1, url, agent, secret, ca }
}

function writeIdentity(file: string, identity: IdentityFile): void {
  writeFileSync(file, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  chmodSync(file, 0o600)
}
