import type { Clock } from '@tillwatch/shared'

/** What commands need from the process. */
export interface CommandContext {
  readonly clock: Clock
  /** One line on standard output. */
  readonly print: (line: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** `--config FILE`, the same in every command. */
export const CONFIG_OPTION = ['--config <file>', 'configuration file', './collector.yaml'] as const
