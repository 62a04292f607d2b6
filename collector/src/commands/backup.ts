import type { Language } from '@tillwatch/shared/words'
import type { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { dataDirAt } from '../data-dir.ts'
import { makeBackup, restoreBackup } from '../store/backup.ts'
import { CONFIG_OPTION, type CommandContext, languageOption } from './command-context.ts'

/** `tillwatch backup` and `tillwatch restore`. */
export function registerBackupCommands(program: Command, context: CommandContext): void {
  const { clock, print } = context
  program
    .command('backup <folder>')
    .description('copy all data into a new folder while the collector goes on')
    .option(...CONFIG_OPTION)
    .addOption(languageOption(context))
    .action(async (folder: string, options: { config: string; lang: Language }) => {
      const about = { program: program.version() ?? '', createdAt: new Date(clock.now()) }
      const manifest = await makeBackup(dataDirAt(loadConfig(options.config).data_dir), folder, about)
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
      print(WORDS[options.lang].made(folder, manifest.files.length, bytes))
    })
  program
    .command('restore <folder>')
    .description('put a backup into an empty data folder')
    .option(...CONFIG_OPTION)
    .addOption(languageOption(context))
    .action(async (folder: string, options: { config: string; lang: Language }) => {
      const { data_dir: dataDir } = loadConfig(options.config)
      const manifest = await restoreBackup(folder, dataDir)
      print(WORDS[options.lang].restored(dataDir, manifest.created_at))
    })
}

const WORDS = {
  ru: {
    made: (folder: string, files: number, bytes: number) =>
      `${folder}: файлов ${files}, байт ${bytes}, проверено. В копии секреты: храните её так же, как их.`,
    restored: (dataDir: string, at: string) =>
      `${dataDir} теперь как был ${at}. Что пришло потом, агенты пришлют снова, пока оно у них есть.`,
  },
  en: {
    made: (folder: string, files: number, bytes: number) =>
      `${folder}: ${files} files, ${bytes} bytes, checked. It holds secrets: keep it as safe as they are.`,
    restored: (dataDir: string, at: string) =>
      `${dataDir} is as it was at ${at}. Agents send again what came after, as far as they keep it.`,
  },
} as const
