#!/usr/bin/env node
import { bearClosedPipes, languageOf, systemClock } from '@tillwatch/shared'
import { Command, CommanderError } from 'commander'
import packageFile from '../package.json' with { type: 'json' }
import type { CommandContext } from './commands/command-context.ts'
import { failureLines } from './commands/failure-words.ts'

const context: CommandContext = {
  clock: systemClock,
  print: line => void process.stdout.write(`${line}\n`),
  environment: process.env,
}

const program = new Command('tillwatch')
  .description('The collector of Tillwatch: takes readings of cash registers, judges them, opens incidents')
  .version(packageFile.version)
  .exitOverride()
  .showHelpAfterError('Add --help to see how a command is used.')
let language = languageOf(process.env)
program.hook('preAction', (_program, command) => {
  language = command.opts<{ lang: typeof language }>().lang
})

/** Loads and registers each command; in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  collector: async () =>
    (await import('./commands/collector.ts')).registerCollectorCommand(program, context, packageFile.version),
  agent: async () => (await import('./commands/agent.ts')).registerAgentCommand(program, context),
  import: async () => (await import('./commands/import.ts')).registerImportCommand(program, context),
  backup: async () => (await import('./commands/backup.ts')).registerBackupCommands(program, context),
  'login-link': async () => (await import('./commands/login-link.ts')).registerLoginLinkCommand(program, context),
  token: async () => (await import('./commands/token.ts')).registerTokenCommand(program, context),
  rules: async () => (await import('./commands/rules.ts')).registerRulesCommand(program),
}

/** A command waits for its own code alone; help and wrong names see all of them. */
async function registerCommands(name: string): Promise<void> {
  const wanted = name === 'restore' ? 'backup' : name
  const named = Object.hasOwn(COMMANDS, wanted) ? COMMANDS[wanted] : undefined
  for (const register of named ? [named] : Object.values(COMMANDS)) await register()
}

// Databases, keys and identities are for this account alone, whatever the folder they lie in.
process.umask(0o077)
bearClosedPipes(process.stdout, process.stderr)

/** 0 on success, 1 on a failure, 2 on wrong use. */
try {
  await registerCommands(process.argv[2] ?? '')
  await program.parseAsync()
} catch (thrown) {
  if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode === 0 ? 0 : 2
  else {
    process.stderr.write(`${failureLines(thrown, language).join('\n')}\n`)
    process.exitCode = 1
  }
}
