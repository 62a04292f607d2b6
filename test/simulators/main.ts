import { AppError } from '@tillwatch/shared'
import { Command, CommanderError } from 'commander'
import { addRegisterCommand, tell } from './register-command.ts'

const EXIT_FAILURE = 1
const EXIT_WRONG_USE = 2

const program = new Command('simulate').description('Simulated devices for tests and demonstrations.').exitOverride()
addRegisterCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_WRONG_USE
  else if (error instanceof AppError) {
    tell(error)
    process.exitCode = error.code === 'simulator.protocol' ? EXIT_WRONG_USE : EXIT_FAILURE
  } else throw error
}
