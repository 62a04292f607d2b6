import { randomUUID } from 'node:crypto'
import { flushCompileCache } from 'node:module'
import type { Language } from '@tillwatch/shared/words'
import type { Command } from 'commander'
import { pino } from 'pino'
import { keepCompiled } from '../compile-cache.ts'
import { loadConfig } from '../config.ts'
import { crashPointsOf } from '../crash-point.ts'
import { CONFIG_OPTION, type CommandContext, languageOption } from './command-context.ts'

/** Time in which everything must have stopped; then the process ends anyway. */
const STOP_MS = 20_000

/** `tillwatch collector`: runs until it is told to stop. */
export function registerCollectorCommand(program: Command, context: CommandContext, version: string): void {
  program
    .command('collector')
    .description('run the collector')
    .option(...CONFIG_OPTION)
    .option('--print-login', 'print the first login link even where standard output is no terminal')
    .addOption(languageOption(context))
    .action(async (options: { config: string; printLogin?: boolean; lang: Language }) => {
      const config = loadConfig(options.config)
      const log = pino({ level: config.log.level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
      // Loading the code and opening the files takes seconds on a machine under load.
      log.info({ version, config: options.config, data: config.data_dir }, 'collector is starting')
      keepCompiled(config.data_dir)
      const { createCollector } = await import('../app.ts')
      const { showFirstLogin } = await import('../accounts/first-login.ts')
      const { clock, print } = context
      const crash = crashPointsOf(context.environment)
      const collector = createCollector({
        ...{ config, version, clock, crash, log, random: Math.random, randomText: randomUUID },
      })
      const asked = new Promise<string>(resolve => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
      })
      await collector.start()
      log.info({ portal: collector.httpAddress, broker: collector.brokerPort }, 'collector is ready')
      // A start after a power cut is to be as quick as one after a farewell.
      flushCompileCache()
      // A reload that fails is told by the log; the rules in force stay.
      process.on('SIGHUP', () => {
        collector
          .reloadRules()
          .catch((err: unknown) => log.error({ err }, 'rules, calendars or policies could not be read anew'))
      })
      const printLogin = options.printLogin ?? process.stdout.isTTY
      const { accounts, accountStore } = collector
      await showFirstLogin({ accounts, accountStore, clock, log, printLogin, print, language: options.lang })
      log.info({ signal: await asked }, 'stopping')
      const giveUp = clock.after(STOP_MS, () => process.exit(1))
      await collector.stop()
      giveUp()
      log.info({}, 'stopped')
    })
}
