#!/usr/bin/env node
import { AppError, messageOf, systemClock } from '@tillwatch/shared'
import { Command, CommanderError } from 'commander'
import packageFile from '../package.json' with { type: 'json' }
import { registerAgentCommand } from './commands/agent.ts'
import { registerBackupCommands } from './commands/backup.ts'
import { registerCollectorCommand } from './commands/collector.ts'
import type { CommandContext } from './commands/command-context.ts'
import { registerImportCommand } from './commands/import.ts'
import { registerLoginLinkCommand } from './commands/login-link.ts'
import { registerRulesCommand } from './commands/rules.ts'

const context: CommandContext = {
  clock: systemClock,
  print: line => void process.stdout.write(`${line}\n`),
  environment: process.env,
}

const program = new Command('tillwatch')
  .description('The collector of Tillwatch: takes readings of cash registers, judges them, opens incidents')
  .version(packageFile.version)
  .exitOverride()
registerCollectorCommand(program, context, packageFile.version)
registerAgentCommand(program, context)
registerImportCommand(program, context)
registerBackupCommands(program, context)
registerLoginLinkCommand(program, context)
registerRulesCommand(program)

/** 0 on success, 1 on a failure, 2 on wrong use. */
try {
  await program.parseAsync()
} catch (thrown) {
  if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode === 0 ? 0 : 2
  else {
    const nextStep = thrown instanceof AppError ? thrown.nextStep : undefined
    process.stderr.write(`${messageOf(thrown)}\n${nextStep === undefined ? '' : `${nextStep}\n`}`)
    process.exitCode = 1
  }
}
