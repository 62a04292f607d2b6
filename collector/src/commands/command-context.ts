import { type Clock, LANGUAGES, languageOf } from '@tillwatch/shared'
import { Option } from 'commander'

/** What commands need from the process. */
export interface CommandContext {
  readonly clock: Clock
  /** One line on standard output. */
  readonly print: (line: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** `--config FILE`, the same in every command. */
export const CONFIG_OPTION = ['--config <file>', 'configuration file', './collector.yaml'] as const

/** `--lang`, the same in every command; without it the locale decides. */
export const languageOption = ({ environment }: Pick<CommandContext, 'environment'>): Option =>
  new Option('--lang <language>', 'language of the answer (default: that of the locale)')
    .choices(LANGUAGES)
    .default(languageOf(environment))
