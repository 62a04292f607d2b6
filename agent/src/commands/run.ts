import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { systemClock } from '@tillwatch/shared'
import type { Command } from 'commander'
import { createAgent } from '../app.ts'
import { loadConfig } from '../config.ts'
import { crashPointsOf } from '../crash-point.ts'
import { loadIdentity } from '../identity.ts'
import { createLogFile } from '../log-file.ts'
import { createLogger } from '../logger.ts'
import { failureText } from '../words.ts'
import { languageOption } from './language-option.ts'

/** All parts together end within this time; then the process ends anyway, and what is on the disk is on the disk. */
const STOP_MS_MAX = 5_000

/** Adds `run`: the agent, until SIGTERM or SIGINT. Exits 0 after a clean stop, 1 when it cannot work. */
export function registerRunCommand(program: Command): void {
  program
    .command('run')
    .description('watch the registers and this PC, and report to the collector until stopped')
    .requiredOption('--config <file>', 'the agent’s config file')
    .addOption(languageOption())
    .action(async ({ config, lang }: { readonly config: string; readonly lang: 'ru' | 'en' }) => {
      process.exitCode = await runAgent(config, lang)
    })
}

async function runAgent(configFile: string, language: 'ru' | 'en'): Promise<0 | 1> {
  try {
    const config = loadConfig(configFile)
    const identity = loadIdentity(config.identity)
    const logFile = createLogFile(join(config.data_dir, 'agent.log'))
    const logger = createLogger(config.log.level, process.stderr.isTTY === true, logFile)
    const agent = createAgent({
      config,
      identity,
      clock: systemClock,
      random: Math.random,
      newId: () => randomBytes(12).toString('base64url'),
      logger,
      logFile,
      crash: crashPointsOf(process.env),
    })
    const asked = stopAsked()
    await agent.start().catch(thrown => {
      asked.forget()
      throw thrown
    })
    logger.info({ signal: await asked.signal }, 'stopping')
    const giveUp = setTimeout(() => process.exit(1), STOP_MS_MAX)
    await agent.stop()
    clearTimeout(giveUp)
    return 0
  } catch (thrown) {
    process.stderr.write(`${failureText(thrown, language)}\n`)
    return 1
  }
}

/** The first signal to stop, from now on: a stop during the start is obeyed after it. Holds the process until then. */
function stopAsked(): { readonly signal: Promise<string>; forget(): void } {
  const asked = Promise.withResolvers<string>()
  const alive = setInterval(() => undefined, 60_000)
  const forget = () => {
    clearInterval(alive)
    process.off('SIGTERM', stop)
    process.off('SIGINT', stop)
  }
  const stop = (signal: string) => {
    forget()
    asked.resolve(signal)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  return { signal: asked.promise, forget }
}
