import { randomBytes, randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { type AgentCommand, agentCommand, type IdentityFile, isAgentId, SpokenError } from '@tillwatch/shared'
import type { Language } from '@tillwatch/shared/words'
import type { Command } from 'commander'
import { hashSecret } from '../broker/access.ts'
import { certificateNames, isWildcard, openAuthority } from '../broker/authority.ts'
import type { CollectorConfig } from '../config.ts'
import type { DataDir } from '../data-dir.ts'
import { createAgentStore } from '../store/sqlite/sqlite-agents.ts'
import { createRemoteCommands } from '../store/sqlite/sqlite-remote-commands.ts'
import { CONFIG_OPTION, type CommandContext, languageOption } from './command-context.ts'
import { TENANT, withState } from './offline-stores.ts'
import { writeSecretFile } from './secret-file.ts'

/** `tillwatch agent add|list|revoke|rotate|command`: identities of agents, and what is asked of them. All take effect within seconds while the collector runs. */
export function registerAgentCommand(program: Command, context: CommandContext): void {
  const { clock, print } = context
  const agent = program.command('agent').description('identities of agents')
  agent
    .command('add')
    .description('make an identity file for one agent')
    .option(...CONFIG_OPTION)
    .option('--site <code>', 'site where the agent will stand')
    .option('--id <id>', 'id of the agent; by default from the site and a random part')
    .requiredOption('--out <file>', 'identity file to write')
    .addOption(languageOption(context))
    .action(async (options: { config: string; site?: string; id?: string; out: string; lang: Language }) => {
      const id = checkedId(options.id ?? newId(options.site))
      await withState(options.config, async ({ config, dir, database }) => {
        const identity = await newIdentity(config, dir, id)
        const place = { tenantId: TENANT, site: options.site ?? null }
        const agent = { id, ...place, secretHash: hashSecret(identity.secret) }
        await handOut(options.out, identity, () => createAgentStore(database).addAgent(agent, clock.now()))
        print(WORDS[options.lang].added(id, options.out))
        if (isLocal(identity.url)) print(WORDS[options.lang].local)
      })
    })
  agent
    .command('list')
    .description('all agents')
    .option(...CONFIG_OPTION)
    .option('--json', 'JSON alone on standard output')
    .addOption(languageOption(context))
    .action(async (options: { config: string; json?: boolean; lang: Language }) => {
      await withState(options.config, async ({ database }) => {
        const rows = await createAgentStore(database).listAgents(TENANT)
        if (options.json) return print(JSON.stringify(rows))
        const words = WORDS[options.lang]
        print(words.columns.join('\t'))
        for (const row of rows) {
          const heard = row.lastHeardAt === null ? words.never : new Date(row.lastHeardAt).toISOString()
          const state = words.states[row.revokedAt === null ? row.state : 'revoked']
          print([row.id, row.site ?? '—', state, heard, row.version ?? '—'].join('\t'))
        }
      })
    })
  agent
    .command('revoke <id>')
    .description('end an identity; a live connection is cut within seconds')
    .option(...CONFIG_OPTION)
    .addOption(languageOption(context))
    .action(async (id: string, options: { config: string; lang: Language }) => {
      await withState(options.config, ({ database }) => createAgentStore(database).revokeAgent(TENANT, id, clock.now()))
      print(WORDS[options.lang].revoked(id))
    })
  agent
    .command('rotate <id>')
    .description('a new secret for an agent; the old one ends within seconds')
    .option(...CONFIG_OPTION)
    .requiredOption('--out <file>', 'identity file to write')
    .addOption(languageOption(context))
    .action(async (id: string, options: { config: string; out: string; lang: Language }) => {
      await withState(options.config, async ({ config, dir, database }) => {
        const identity = await newIdentity(config, dir, id)
        const secretHash = hashSecret(identity.secret)
        const rotate = () => createAgentStore(database).rotateAgent(TENANT, id, secretHash, clock.now())
        await handOut(options.out, identity, rotate)
        print(WORDS[options.lang].rotated(id, options.out))
        if (isLocal(identity.url)) print(WORDS[options.lang].local)
      })
    })
  agent
    .command('command <id> <json>')
    .description(
      `ask an agent for one of a closed set of things, e.g. '{"do":"poll_now"}'; all of them stand at /api/docs`,
    )
    .option(...CONFIG_OPTION)
    .addOption(languageOption(context))
    .action(async (id: string, json: string, options: { config: string; lang: Language }) => {
      const command = parsedCommand(json)
      await withState(options.config, async ({ database }) => {
        const commands = createRemoteCommands(database, randomUUID)
        const given = await commands.issue({ tenantId: TENANT, name: 'console' }, id, command, clock.now())
        print(WORDS[options.lang].given(given))
      })
    })
}

const EXAMPLE = `'{"do":"disable","target":{"slot":"front"},"until":"2027-01-01T06:00:00Z"}'`

function parsedCommand(json: string): AgentCommand {
  try {
    return agentCommand.parse(JSON.parse(json))
  } catch (cause) {
    throw new SpokenError(
      'command.unknown',
      { ru: 'Такой команды у агентов нет', en: 'this is no command that an agent can be asked for' },
      { ru: `Например, ${EXAMPLE}.`, en: `For example ${EXAMPLE}.` },
      { cause },
    )
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
  throw new SpokenError(
    'agent.id',
    { ru: `Агента нельзя назвать ${id}`, en: `${id} cannot be the id of an agent` },
    {
      ru: 'Строчные латинские буквы, цифры и дефисы, от 3 до 63 знаков; первой стоит буква или цифра.',
      en: 'Use 3 to 63 lower case letters, digits and hyphens, beginning with a letter or digit.',
    },
  )
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
  writeSecretFile(file, `${JSON.stringify(identity, null, 2)}\n`, {
    exists: 'agent.out_exists',
    unwritable: 'agent.out_unwritable',
  })
  try {
    await takeEffect()
  } catch (thrown) {
    rmSync(file, { force: true })
    throw thrown
  }
}

const WORDS = {
  ru: {
    added: (id: string, file: string) => `агент ${id}: его файл — ${file}; отнесите его на кассу, копии не оставляйте`,
    rotated: (id: string, file: string) => `агент ${id}: новый файл — ${file}; старый больше не подходит`,
    revoked: (id: string) => `агент ${id} отозван`,
    given: (command: string) => `команда ${command} отдана; что из неё вышло, видно на странице терминала`,
    local:
      'В файле указан этот самый компьютер: для кассы в другом месте задайте broker.listen и broker.tls.names и сделайте файл снова.',
    columns: ['агент', 'объект', 'состояние', 'слышен', 'версия'],
    states: { never: 'не запускался', online: 'на связи', offline: 'не на связи', revoked: 'отозван' },
    never: 'никогда',
  },
  en: {
    added: (id: string, file: string) => `agent ${id}: ${file} is its identity; bring it to the till and keep no copy`,
    rotated: (id: string, file: string) =>
      `agent ${id}: ${file} is its new identity; the old one is refused from now on`,
    revoked: (id: string) => `agent ${id} is revoked`,
    given: (command: string) => `command ${command} is given; what comes of it stands on the page of the terminal`,
    local: 'It names this very machine: for a till elsewhere set broker.listen and broker.tls.names and make it again.',
    columns: ['agent', 'site', 'state', 'heard', 'version'],
    states: { never: 'never started', online: 'online', offline: 'offline', revoked: 'revoked' },
    never: 'never',
  },
} as const

const isLocal = (url: string): boolean => /^mqtts:\/\/(?:localhost|127\.|\[::1\])/.test(url)
