import type { Clock } from '@tillwatch/shared'
import type { Connector } from './connector.ts'
import type { DeskConfig } from './desk-config.ts'
import { createEmailConnector } from './email/connector.ts'
import { createHttpClient } from './http-client.ts'
import { createRedmineConnector } from './redmine/connector.ts'
import { createWebhookConnector } from './webhook/connector.ts'

/** A connector with what the runner needs to know of it. */
export interface Desk {
  readonly connector: Connector
  readonly ratePerSecond: number
}

/** The desks of the configuration. A new kind of desk is one folder, one line here and one in `desk-config.ts`. */
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
