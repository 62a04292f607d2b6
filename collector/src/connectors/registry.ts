import { AppError, type Clock } from '@tillwatch/shared'
import { z } from 'zod'
import type { Connector } from './connector.ts'
import { emailConfig } from './email/config.ts'
import { createEmailConnector } from './email/connector.ts'
import { createHttpClient } from './http-client.ts'
import { redmineConfig } from './redmine/config.ts'
import { createRedmineConnector } from './redmine/connector.ts'
import { webhookConfig } from './webhook/config.ts'
import { createWebhookConnector } from './webhook/connector.ts'

/** Settings of one desk, by its kind. */
export const deskConfig = z.discriminatedUnion('kind', [redmineConfig, webhookConfig, emailConfig])
export type DeskConfig = z.infer<typeof deskConfig>

/** The section `desks` of the configuration. */
export const deskConfigs = z
  .array(deskConfig)
  .max(16)
  .refine(desks => new Set(desks.map(desk => desk.name)).size === desks.length, 'two desks have the same name')

/** A connector with what the runner needs to know of it. */
export interface Desk {
  readonly connector: Connector
  readonly ratePerSecond: number
}

/** The desks of the configuration. A new kind of desk is one folder and one line here. */
export function createDesks(configs: readonly DeskConfig[], clock: Clock): readonly Desk[] {
  return configs.map(config => ({ connector: connectorOf(config, clock), ratePerSecond: config.rate_per_s }))
}

function connectorOf(config: DeskConfig, clock: Clock): Connector {
  const http = createHttpClient(clock)
  switch (config.kind) {
    case 'redmine':
      return createRedmineConnector(config, http)
    case 'webhook':
      return createWebhookConnector(config, http, clock)
    case 'email':
      return createEmailConnector(config)
  }
}

/** Checks the section `desks`; relative paths of secrets are the caller's. Throws `config.invalid` naming every wrong key. */
export function parseDesks(value: unknown, file: string): readonly DeskConfig[] {
  const parsed = deskConfigs.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(issue => `desks.${issue.path.join('.')}: ${issue.message}`)
  throw new AppError('config.invalid', `${file}: ${problems.join('; ')}`, {
    nextStep: 'Correct the named keys; the README of the desk’s connector lists what is allowed.',
    context: { file, problems },
  })
}
