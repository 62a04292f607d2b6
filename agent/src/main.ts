#!/usr/bin/env node
import { bearClosedPipes, messageOf } from '@tillwatch/shared'
import { Command, CommanderError } from 'commander'
import { AGENT_VERSION } from './version.ts'

/** Node 22 calls its SQLite experimental on standard error, where operators look for our own words. */
function hideSqliteNotice(): void {
  const printers = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', warning => {
    if (warning.name === 'ExperimentalWarning' && warning.message.startsWith('SQLite')) return
    for (const print of printers) print(warning)
  })
}

/** Exit codes: 0 done, 1 a failure, 2 wrong use. */
async function main(args: readonly string[]): Promise<void> {
  const program = new Command('tillwatch-agent')
    .description(
      'Watches fiscal registers and the PC they stand at, and tells the collector; sends only commands that read.',
    )
    .version(AGENT_VERSION)
    .exitOverride()
    .showHelpAfterError('Add --help to see how a command is used.')
  const { registerRunCommand } = await import('./commands/run.ts')
  const { registerPollCommand } = await import('./commands/poll.ts')
  const { registerDoctorCommand } = await import('./commands/doctor.ts')
  registerRunCommand(program)
  registerPollCommand(program)
  registerDoctorCommand(program)
  // Sub-commands report wrong use through the program, not by ending the process themselves.
  for (const command of program.commands) command.exitOverride()
  await program.parseAsync(args, { from: 'user' })
}

hideSqliteNotice()
bearClosedPipes(process.stdout, process.stderr)
main(process.argv.slice(2)).catch(thrown => {
  if (thrown instanceof CommanderError) {
    process.exitCode = thrown.exitCode === 0 ? 0 : 2
    return
  }
  process.stderr.write(`${messageOf(thrown)}\n`)
  process.exitCode = 1
})
