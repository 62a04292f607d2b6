import { AppError } from '@tillwatch/shared'
import { z } from 'zod'
import { creatioConfig } from './creatio/config.ts'
import { emailConfig } from './email/config.ts'
import { itiliumConfig } from './itilium/config.ts'
import { mantisConfig } from './mantis/config.ts'
import { okdeskConfig } from './okdesk/config.ts'
import { redmineConfig } from './redmine/config.ts'
import { requestTrackerConfig } from './request-tracker/config.ts'
import { telegramConfig } from './telegram/config.ts'
import { webhookConfig } from './webhook/config.ts'

/** Settings of one desk, by its kind. */
const deskConfig = z.discriminatedUnion('kind', [
  creatioConfig,
  emailConfig,
  itiliumConfig,
  mantisConfig,
  okdeskConfig,
  redmineConfig,
  requestTrackerConfig,
  telegramConfig,
  webhookConfig,
])
export type DeskConfig = z.infer<typeof deskConfig>

/** The section `desks` of the configuration. */
const deskConfigs = z
  .array(deskConfig)
  .max(16)
  .refine(desks => new Set(desks.map(desk => desk.name)).size === desks.length, 'two desks have the same name')

/** Checks the section `desks`; relative paths of secrets are the caller's. Throws `config.invalid` naming every wrong key. */
export function parseDesks(value: unknown, file: string): readonly DeskConfig[] {
  const parsed = deskConfigs.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(issue => `desks.${issue.path.join('.')}: ${issue.message}`)
  throw new AppError('config.invalid', `${file}: ${problems.join('; ')}`, {
    nextStep: 'Correct the named keys; docs/connectors has a page for each kind of desk.',
    context: { file, problems },
  })
}
