import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { type AgentCommand, AppError, agentCommand, type IdentityFile, isAgentId, messageOf } from '@tillwatch/shared'
import type { Command } from 'commander'
import { hashSecret } from '../broker/access.ts'
import { certificateNames, isWildcard, openAuthority } from '../broker/authority.ts'
import type { CollectorConfig } from '../config.ts'
import type { DataDir } from '../data-dir.ts'
import { createAgentStore } from '../store/sqlite/sqlite-agents.ts'
import { createRemoteCommands } from '../store/sqlite/sqlite-remote-commands.ts'
import { CONFIG_OPTION, type CommandContext } from './command-context.ts'
import { TENANT, withState } from './offline-stores.ts'

/** `tillwatch agent add|list|revoke|rotate|command`: identities of agents, and what is asked of them. All take effect within seconds while the collector runs. */
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
      const id = checkedId(options.id ?? newId(options.site))
      await withState(options.config, async ({ config, dir, database }) => {
        const identity = await newIdentity(config, dir, id)
        const place = { tenantId: TENANT, site: options.site ?? null }
        const agent = { id, ...place, secretHash: hashSecret(identity.secret) }
        await handOut(options.out, identity, () => createAgentStore(database).addAgent(agent, clock.now()))
        print(`agent ${id}: ${options.out} is its identity; bring it to the till and keep no copy`)
        if (isLocal(identity.url)) print(LOCAL_HINT)
      })
    })
  agent
    .command('list')
    .description('all agents')
    .option(...CONFIG_OPTION)
    .option('--json', 'JSON alone on standard output')
    .action(async (options: { config: string; json?: boolean }) => {
      await withState(options.config, async ({ database }) => {
        const rows = await createAgentStore(database).listAgents(TENANT)
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
      await withState(options.config, ({ database }) => createAgentStore(database).revokeAgent(TENANT, id, clock.now()))
      print(`agent ${id} is revoked`)
    })
  agent
    .command('rotate <id>')
    .description('a new secret for an agent; the old one ends within seconds')
    .option(...CONFIG_OPTION)
    .requiredOption('--out <file>', 'identity file to write')
    .action(async (id: string, options: { config: string; out: string }) => {
      await withState(options.config, async ({ config, dir, database }) => {
        const identity = await newIdentity(config, dir, id)
        const secretHash = hashSecret(identity.secret)
        const rotate = () => createAgentStore(database).rotateAgent(TENANT, id, secretHash, clock.now())
        await handOut(options.out, identity, rotate)
        print(`agent ${id}: ${options.out} is its new identity; the old one is refused from now on`)
        if (isLocal(identity.url)) print(LOCAL_HINT)
      })
    })
  agent
    .command('command <id> <json>')
    .description(
      `ask an agent for one of a closed set of things, e.g. '{"do":"poll_now"}'; all of them stand at /api/docs`,
    )
    .option(...CONFIG_OPTION)
    .action(async (id: string, json: string, options: { config: string }) => {
      const command = parsedCommand(json)
      await withState(options.config, async ({ database }) => {
        const commands = createRemoteCommands(database, randomUUID)
        const given = await commands.issue({ tenantId: TENANT, name: 'console' }, id, command, clock.now())
        print(`command ${given} is given; what comes of it stands on the page of the terminal`)
      })
    })
}

function parsedCommand(json: string): AgentCommand {
  try {
    return agentCommand.parse(JSON.parse(json))
  } catch (cause) {
    throw new AppError('command.unknown', 'this is no command that an agent can be asked for', {
      nextStep: `For example '{"do":"disable","target":{"slot":"front"},"until":"2027-01-01T06:00:00Z"}'.`,
      cause,
    })
  }
}

/** 256 random bits. */
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

/** A new secret of 256 bits, with everything else that the agent needs to know. */
async function newIdentity(config: CollectorConfig, dir: DataDir, agent: string): Promise<IdentityFile> {
  const { public_url: publicUrl, listen, tls } = config.broker
  const { ca } = await openAuthority(dir.tls, certificateNames(config.broker), randomUUID)
  const host = tls.names[0] ?? (isWildcard(listen.host) ? 'localhost' : listen.host)
  const url = publicUrl ?? `mqtts://${host.includes(':') ? `[${host}]` : host}:${listen.port}`
  return { version: 1, url, agent, secret: randomBytes(32).toString('base64url'), ca }
}

/**
 * Writes the file first and then `takeEffect`: an identity that no file holds would be lost, and with it the agent that it replaced. A
 * file that did not take effect is removed.
 */
async function handOut(file: string, identity: IdentityFile, takeEffect: () => Promise<void>): Promise<void> {
  writeIdentity(file, identity)
  try {
    await takeEffect()
  } catch (thrown) {
    rmSync(file, { force: true })
    throw thrown
  }
}

function writeIdentity(file: string, identity: IdentityFile): void {
  try {
    writeFileSync(file, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    if (existsSync(file)) {
      throw new AppError('agent.out_exists', `${file} is there already`, {
        nextStep: 'Give another name with --out: an identity is never overwritten.',
      })
    }
    throw new AppError('agent.out_unwritable', `cannot write ${file}: ${messageOf(cause)}`, {
      nextStep: 'Check that its folder is there and may be written to. Nothing was changed.',
      cause,
    })
  }
}

const LOCAL_HINT =
  'It names this very machine: for a till elsewhere set broker.listen and broker.tls.names and make it again.'

const isLocal = (url: string): boolean => /^mqtts:\/\/(?:localhost|127\.|\[::1\])/.test(url)
