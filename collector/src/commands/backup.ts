import type { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { dataDirAt } from '../data-dir.ts'
import { makeBackup, restoreBackup } from '../store/backup.ts'
import { CONFIG_OPTION, type CommandContext } from './command-context.ts'

/** `tillwatch backup` and `tillwatch restore`. */
export function registerBackupCommands(program: Command, { clock, print }: CommandContext): void {
  program
    .command('backup <folder>')
    .description('copy all data into a new folder while the collector goes on')
    .option(...CONFIG_OPTION)
    .action(async (folder: string, options: { config: string }) => {
      const about = { program: program.version() ?? '', createdAt: new Date(clock.now()) }
      const manifest = await makeBackup(dataDirAt(loadConfig(options.config).data_dir), folder, about)
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
      print(
        `${folder}: ${manifest.files.length} files, ${bytes} bytes, checked. It holds secrets: keep it as safe as they are.`,
      )
    })
  program
    .command('restore <folder>')
    .description('put a backup into an empty data folder')
    .option(...CONFIG_OPTION)
    .action(async (folder: string, options: { config: string }) => {
      const { data_dir: dataDir } = loadConfig(options.config)
      const manifest = await restoreBackup(folder, dataDir)
      print(
        `${dataDir} is as it was at ${manifest.created_at}. Agents send again what came after, as far as they keep it.`,
      )
    })
}
